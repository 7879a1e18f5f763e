-- Shares: links that open some nodes of a drive to people without an account.

CREATE TABLE shares (
    id            TEXT PRIMARY KEY,             -- what its owner calls it by; opens nothing
    token         TEXT NOT NULL CONSTRAINT shares_token UNIQUE,  -- what its link ends with
    owner_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title         TEXT NOT NULL,                -- name of the first item when it was shared
    kind          SMALLINT NOT NULL,            -- of the first item: 0 folder, 1 file
    code          TEXT,                         -- as it was given, for its owner to copy (docs/adr/0013); NULL: public
    proof         TEXT NOT NULL,                -- what the cookie of those holds who gave the code; new with every code
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT,                       -- NULL: never
    cancelled_at  BIGINT,
    max_downloads BIGINT,                       -- NULL: no limit
    downloads     BIGINT NOT NULL DEFAULT 0,
    visits        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX shares_owner ON shares (owner_id, created_at, id);

CREATE TABLE share_items (
    share_id TEXT NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    node_id  TEXT NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    PRIMARY KEY (share_id, node_id)
);
CREATE INDEX share_items_node ON share_items (node_id);

CREATE TABLE share_downloads (
    share_id   TEXT NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    blob_id    TEXT NOT NULL,
    address    TEXT NOT NULL,                   -- network of who downloads
    bytes      BIGINT NOT NULL,                 -- that may still be fetched in continuation of what was counted
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (share_id, blob_id, address)
);
CREATE INDEX share_downloads_expiry ON share_downloads (expires_at);
