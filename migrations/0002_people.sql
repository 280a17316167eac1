-- People as an administrator keeps them: the clients they are limited to, their second factor, how
-- far a sign-in has come, who guesses how often, links that invite or reset, the code of the first
-- set-up.

-- JSON array of organization ids; absent: every organization.
ALTER TABLE users ADD COLUMN organizations TEXT;
-- The seed of the second factor, sealed; from when on it is asked for; the last time step used.
ALTER TABLE users ADD COLUMN factor_seed BLOB;
ALTER TABLE users ADD COLUMN factor_since INTEGER;
ALTER TABLE users ADD COLUMN factor_step INTEGER;
-- A seed that was shown and not confirmed yet.
ALTER TABLE users ADD COLUMN factor_offered BLOB;

-- 'code': the password was right and a code is due. 'enrolment': a second factor has to be set up
-- first. Neither opens anything else.
ALTER TABLE sessions ADD COLUMN stage TEXT NOT NULL DEFAULT 'complete'
CHECK (stage IN ('complete', 'code', 'enrolment'));

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Failed tries by who is guessed (an account, an address, a browser), so that a restart forgets none.
CREATE TABLE guesses (
    kind TEXT NOT NULL CHECK (kind IN ('account', 'browser', 'address')),
    -- A hash: what people type does not belong here.
    key BLOB NOT NULL,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX guesses_by_age ON guesses (last_at);

CREATE TABLE links (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    secret_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE INDEX links_of_user ON links (user_id) WHERE used_at IS NULL;

-- The code that opens the first set-up; gone with the first administrator.
CREATE TABLE setup (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    code_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
