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
-- Whether the browser had signed in as this person before: wrong codes are then counted apart from
-- those of strangers.
ALTER TABLE sessions ADD COLUMN is_known INTEGER NOT NULL DEFAULT 0;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Failed tries by what is guessed at or from where, so that a restart forgets none.
CREATE TABLE guesses (
    -- 'account': by strangers; 'browser': from browsers that know the account; 'address': from one
    -- address, at whatever account; 'setup': at the code of the first set-up, from one address.
    kind TEXT NOT NULL CHECK (kind IN ('account', 'browser', 'address', 'setup')),
    -- A hash: what people type does not belong here.
    key BLOB NOT NULL,
    -- Whose account it is, if there is one.
    user_id BLOB REFERENCES users (id),
    -- Within the window that began at since, and in all since the last success.
    failures INTEGER NOT NULL,
    total INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    -- When a try was last found wrong. One that is counted and not looked at yet makes nobody wait.
    failed_at INTEGER,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX guesses_by_age ON guesses (last_at);
CREATE INDEX guesses_of_user ON guesses (user_id) WHERE user_id IS NOT NULL;

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
