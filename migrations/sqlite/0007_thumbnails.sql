-- Small pictures of blobs that are pictures (docs/adr/0015): those that are wanted, and those that were made.

CREATE TABLE thumbnails (
    blob_id TEXT PRIMARY KEY REFERENCES blobs (id) ON DELETE CASCADE,
    state   SMALLINT NOT NULL DEFAULT 0,        -- 0 wanted, 1 made, 2 there can be none
    tries   BIGINT NOT NULL DEFAULT 0,          -- begun and not ended
    due_at  BIGINT NOT NULL,                    -- when somebody may make it; while somebody does, when the next one may
    mime    TEXT,
    bytes   BLOB                                -- at most 32 KiB
);
CREATE INDEX thumbnails_due ON thumbnails (due_at) WHERE state = 0;

-- Beside the blob for lists, which read that row anyway.
ALTER TABLE blobs ADD COLUMN thumbnail SMALLINT NOT NULL DEFAULT 0;

INSERT INTO thumbnails (blob_id, due_at)
SELECT DISTINCT blob_id, 0 FROM nodes
WHERE blob_id IS NOT NULL AND size BETWEEN 1 AND 67108864
AND mime IN ('image/jpeg', 'image/png', 'image/webp', 'image/gif');
