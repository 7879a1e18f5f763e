-- Times are unix milliseconds (BIGINT), flags are SMALLINT 0/1: sqlx::Any reads both engines alike (docs/adr/0002).
-- Identifiers are 26 characters of base32. Text is compared byte by byte ("C"), as
-- SQLite does. The other engine's file differs in BLOB/BYTEA and collation only.

CREATE TABLE users (
    id            TEXT COLLATE "C" PRIMARY KEY,
    username      TEXT COLLATE "C" NOT NULL,
    username_key  TEXT COLLATE "C" NOT NULL CONSTRAINT users_username_key UNIQUE,
    email         TEXT COLLATE "C" NOT NULL,
    email_key     TEXT COLLATE "C" NOT NULL CONSTRAINT users_email_key UNIQUE,
    password_hash TEXT COLLATE "C" NOT NULL,
    role          TEXT COLLATE "C" NOT NULL,
    root_id       TEXT COLLATE "C" NOT NULL,
    quota         BIGINT,                       -- bytes; NULL: no limit
    used          BIGINT NOT NULL DEFAULT 0,    -- bytes of nodes and versions, trash included
    reserved      BIGINT NOT NULL DEFAULT 0,    -- bytes promised to unfinished uploads
    locked_at     BIGINT,
    locked_reason TEXT COLLATE "C",
    created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
    id         TEXT COLLATE "C" PRIMARY KEY,                -- SHA-256 of the cookie's value: a stolen table opens nothing
    user_id    TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE,
    data       BYTEA NOT NULL,
    address    TEXT COLLATE "C",
    agent      TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    id           TEXT COLLATE "C" PRIMARY KEY,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT COLLATE "C" NOT NULL,
    secret_hash  TEXT COLLATE "C" NOT NULL CONSTRAINT tokens_secret_hash UNIQUE,
    created_at   BIGINT NOT NULL,
    used_at      BIGINT,
    expires_at   BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE blobs (
    id         TEXT COLLATE "C" PRIMARY KEY,
    size       BIGINT NOT NULL,
    blake3     TEXT COLLATE "C",                            -- hex; NULL until it is known
    refs       BIGINT NOT NULL DEFAULT 0,       -- nodes and versions that point here
    created_at BIGINT NOT NULL,
    unused_at  BIGINT                           -- since when refs is 0; the sweeper removes it some time later
);
CREATE INDEX blobs_unused ON blobs (unused_at);
CREATE INDEX blobs_unhashed ON blobs (created_at) WHERE blake3 IS NULL;

CREATE TABLE nodes (
    id          TEXT COLLATE "C" PRIMARY KEY,
    owner_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    parent_id   TEXT COLLATE "C" REFERENCES nodes (id),     -- NULL: a root
    kind        SMALLINT NOT NULL,              -- 0 folder, 1 file; folders sort first
    name        TEXT COLLATE "C" NOT NULL,
    name_key    TEXT COLLATE "C" NOT NULL,                  -- equal for names that may not be siblings
    sort_key    TEXT COLLATE "C" NOT NULL,                  -- compared byte by byte
    blob_id     TEXT COLLATE "C" REFERENCES blobs (id),
    size        BIGINT NOT NULL,
    mime        TEXT COLLATE "C",
    modified_at BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    trashed_at  BIGINT                          -- on the root of what was trashed only
);
CREATE UNIQUE INDEX nodes_sibling ON nodes (parent_id, name_key) WHERE trashed_at IS NULL;
CREATE INDEX nodes_by_name ON nodes (parent_id, kind, sort_key, id) WHERE trashed_at IS NULL;
CREATE INDEX nodes_by_size ON nodes (parent_id, kind, size, id) WHERE trashed_at IS NULL;
CREATE INDEX nodes_by_modified ON nodes (parent_id, kind, modified_at, id) WHERE trashed_at IS NULL;
CREATE INDEX nodes_trash ON nodes (owner_id, trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX nodes_parent ON nodes (parent_id);   -- of trashed ones too: the foreign key is checked at each deletion
CREATE INDEX nodes_blob ON nodes (blob_id);

CREATE TABLE versions (
    id          TEXT COLLATE "C" PRIMARY KEY,
    node_id     TEXT COLLATE "C" NOT NULL REFERENCES nodes (id),
    blob_id     TEXT COLLATE "C" NOT NULL REFERENCES blobs (id),
    size        BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX versions_node ON versions (node_id, created_at);
CREATE INDEX versions_blob ON versions (blob_id);

CREATE TABLE uploads (
    id           TEXT COLLATE "C" PRIMARY KEY,
    owner_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    kind         TEXT COLLATE "C" NOT NULL,                 -- whole, partial, final
    state        TEXT COLLATE "C" NOT NULL,                 -- uploading, sealing, concat, rename, done, failed, gone
    length       BIGINT,                        -- bytes; NULL: deferred
    received     BIGINT NOT NULL DEFAULT 0,     -- a hint; the truth is the store
    metadata     TEXT COLLATE "C" NOT NULL,                 -- the header as it came, to be given back by HEAD
    parsed       TEXT COLLATE "C" NOT NULL,                 -- domain::UploadMetadata as JSON
    part_group   TEXT COLLATE "C",              -- the client's name for the file that partial ones belong to
    reserved     BIGINT NOT NULL DEFAULT 0,     -- bytes of the owner's quota promised to it
    frontier     BYTEA,                          -- state of the BLAKE3 tree at a point at or before `received`
    final_id     TEXT COLLATE "C" REFERENCES uploads (id),  -- the final upload that took this partial one
    position     BIGINT,                        -- its place in that
    blob_id      TEXT COLLATE "C",                          -- the blob it becomes, chosen before the first step of publishing
    blake3       TEXT COLLATE "C",                          -- hex, of the whole file; NULL until sealed, or where it is not known
    node_id      TEXT COLLATE "C",                          -- the node it became
    failure      TEXT COLLATE "C",                          -- AppError as JSON, when state is failed
    epoch        BIGINT NOT NULL DEFAULT 0,     -- of the lease: whoever raised it last may write
    idle_epoch   BIGINT NOT NULL DEFAULT 0,     -- the last epoch whose holder has let go; below `epoch`: somebody holds it
    lease_until  BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX uploads_owner ON uploads (owner_id, state);
CREATE INDEX uploads_expiry ON uploads (expires_at);
CREATE INDEX uploads_state ON uploads (state, updated_at);
CREATE INDEX uploads_group ON uploads (owner_id, part_group) WHERE part_group IS NOT NULL;
CREATE INDEX uploads_final ON uploads (final_id, position);

CREATE TABLE segments (
    upload_id TEXT COLLATE "C" NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    path      TEXT COLLATE "C" NOT NULL,
    start     BIGINT NOT NULL,                  -- bytes of the upload before it
    length    BIGINT,                           -- bytes; NULL while it is open or its writer died
    kept      BIGINT NOT NULL DEFAULT 0,        -- bytes acknowledged before its last writer began: never fewer again
    state     TEXT COLLATE "C" NOT NULL,                    -- open, unverified (open, under a checksum), clean, adopted, void
    PRIMARY KEY (upload_id, position)
);

CREATE TABLE tries (
    login TEXT COLLATE "C" PRIMARY KEY,                     -- SHA-256 of what was typed, whether there is such an account or not
    count BIGINT NOT NULL,                      -- passwords tried since then that were not right
    since BIGINT NOT NULL
);
CREATE INDEX tries_time ON tries (since);

CREATE TABLE settings (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE audit (
    id       TEXT COLLATE "C" PRIMARY KEY,
    at       BIGINT NOT NULL,
    user_id  TEXT COLLATE "C",                              -- who did it, when known
    event    TEXT COLLATE "C" NOT NULL,
    subject  TEXT COLLATE "C",                              -- the id of what it was done to
    address  TEXT COLLATE "C",
    detail   TEXT COLLATE "C"
);
CREATE INDEX audit_time ON audit (at, id);
CREATE INDEX audit_user ON audit (user_id, at);
