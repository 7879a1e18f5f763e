-- Accounts: passwords that must be changed, names that look alike, profiles, scopes of tokens, captchas.

ALTER TABLE users ADD COLUMN must_change SMALLINT NOT NULL DEFAULT 0;  -- 1: an administrator chose the password
ALTER TABLE users ADD COLUMN username_skeleton TEXT COLLATE "C";  -- equal for names that look alike (UTS #39); NULL until a start fills it in
CREATE UNIQUE INDEX users_username_skeleton ON users (username_skeleton);

ALTER TABLE users ADD COLUMN display_name TEXT COLLATE "C";
ALTER TABLE users ADD COLUMN phone TEXT COLLATE "C";
ALTER TABLE users ADD COLUMN gender TEXT COLLATE "C";             -- female, male, other; NULL: not said
ALTER TABLE users ADD COLUMN address TEXT COLLATE "C";
ALTER TABLE users ADD COLUMN about TEXT COLLATE "C";

ALTER TABLE users ADD COLUMN session_epoch BIGINT NOT NULL DEFAULT 0;    -- how often all sessions of the account were ended
ALTER TABLE sessions ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;         -- that of the account when its password was proved

CREATE TABLE avatars (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    version TEXT COLLATE "C" NOT NULL,                      -- part of its address, new with every picture
    image   BYTEA NOT NULL                      -- PNG, drawn anew by us; at most 64 kB
);

ALTER TABLE tokens ADD COLUMN writes SMALLINT NOT NULL DEFAULT 1;  -- 0: may only read

CREATE TABLE captchas (
    id         TEXT COLLATE "C" PRIMARY KEY,
    browser    TEXT COLLATE "C" NOT NULL,                   -- SHA-256 of the cookie of the browser that was asked
    answer     TEXT COLLATE "C" NOT NULL,                   -- what the picture says; kept for five minutes and used once
    network    TEXT COLLATE "C" NOT NULL,                   -- of who asked for it, to limit how many there are
    drawn      BIGINT NOT NULL DEFAULT 0,       -- how often picture or sound were asked for
    expires_at BIGINT NOT NULL
);
CREATE INDEX captchas_network ON captchas (network, expires_at);
CREATE INDEX captchas_expiry ON captchas (expires_at);
