-- Search by name, and lists over the whole drive (docs/adr/0014). Rows that were there before are entered by the program, right
-- after the migration: SQL can fold no names.

ALTER TABLE nodes ADD COLUMN category SMALLINT;                     -- of files: 0 image, 1 document, 2 video, 3 audio, 4 other
ALTER TABLE nodes ADD COLUMN arrived_at BIGINT NOT NULL DEFAULT 0;  -- when its content came into the drive
ALTER TABLE nodes ADD COLUMN name_line BIGINT;                      -- page * 256 + line in name_pages; 0 for a root; NULL: not entered yet
UPDATE nodes SET arrived_at = created_at;

-- The names of a drive as search reads them, some 2 kB to a page.
CREATE TABLE name_pages (
    owner_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    page     BIGINT NOT NULL,                   -- from 1
    names    TEXT COLLATE "C" NOT NULL,                   -- folded, a line for each; empty lines are free
    PRIMARY KEY (owner_id, page)
);

CREATE UNIQUE INDEX nodes_name_line ON nodes (owner_id, name_line) WHERE name_line > 0;
CREATE INDEX nodes_not_entered ON nodes (owner_id) WHERE name_line IS NULL;
CREATE INDEX nodes_recent ON nodes (owner_id, category, arrived_at, id) WHERE trashed_at IS NULL;
CREATE INDEX nodes_largest ON nodes (owner_id, category, size, id) WHERE trashed_at IS NULL;

-- A folder's list by kind; those of a kind by name.
CREATE INDEX nodes_by_kind ON nodes (parent_id, kind, category, sort_key, id) WHERE trashed_at IS NULL;
