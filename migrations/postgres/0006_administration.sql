-- What administrators decide: settings, invitations, the end of accounts. And indexes for what they look at.

-- A setting without a row is as the option at the start says.
CREATE TABLE site_settings (
    name       TEXT COLLATE "C" PRIMARY KEY,
    value      TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT COLLATE "C"                             -- a user; they may be gone
);

CREATE TABLE invitations (
    id         TEXT COLLATE "C" PRIMARY KEY,                -- what administrators call it by; opens nothing
    code       TEXT COLLATE "C" NOT NULL CONSTRAINT invitations_code UNIQUE,  -- readable, for administrators to copy the link
    note       TEXT COLLATE "C" NOT NULL,
    email_key  TEXT COLLATE "C",                            -- the one address that may use it; NULL: any
    max_uses   BIGINT NOT NULL,
    uses       BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C",                            -- a user; they may be gone
    expires_at BIGINT,                          -- NULL: never
    revoked_at BIGINT
);
CREATE INDEX invitations_created ON invitations (created_at, id);

ALTER TABLE users ADD COLUMN deleted_at BIGINT;    -- since when the account and all of its files are being deleted
ALTER TABLE users ADD COLUMN deleted_used BIGINT;  -- bytes it used then, to tell how far that is
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX users_name ON users (LOWER(username), id);
CREATE INDEX users_used ON users (used, id);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX nodes_owner ON nodes (owner_id, kind);

-- Names of accounts that are gone, for as long as the log speaks of them.
CREATE TABLE former_users (
    id       TEXT COLLATE "C" PRIMARY KEY,
    username TEXT COLLATE "C" NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX former_users_time ON former_users (ended_at);

ALTER TABLE audit ADD COLUMN note TEXT COLLATE "C";         -- what it was before and is now
