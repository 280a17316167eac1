-- Upkeep while the gate is in use: pauses that reach further than one agent or connection, settings
-- that change without a restart, tokens that work from some addresses only, and what a connection
-- has shown of itself lately.

-- What the last test found, and when IT Glue last answered as it should.
ALTER TABLE connections ADD COLUMN tested_at INTEGER;
ALTER TABLE connections ADD COLUMN password_access INTEGER CHECK (password_access IN (0, 1));
ALTER TABLE connections ADD COLUMN last_success_at INTEGER;
ALTER TABLE connections ADD COLUMN paused_by BLOB REFERENCES users (id);
-- Removed ones stay behind what was done over them, under another name and without their key.
ALTER TABLE connections ADD COLUMN removed_at INTEGER;

ALTER TABLE agents ADD COLUMN pause_reason TEXT;
ALTER TABLE agents ADD COLUMN paused_by BLOB REFERENCES users (id);
ALTER TABLE agents ADD COLUMN removed_at INTEGER;

-- JSON array of ranges; absent: every address.
ALTER TABLE tokens ADD COLUMN addresses TEXT;
-- When it was last presented from an address that it does not work from.
ALTER TABLE tokens ADD COLUMN refused_at INTEGER;

CREATE INDEX tokens_of_agent ON tokens (agent_id, created_at DESC) WHERE agent_id IS NOT NULL;
CREATE INDEX tokens_of_user ON tokens (user_id, created_at DESC) WHERE user_id IS NOT NULL;

-- Pauses of agents and connections stand with them; here is what reaches further.
CREATE TABLE pauses (
    scope TEXT NOT NULL CHECK (scope IN ('all', 'profile', 'organization')),
    -- The id of the profile, the digits of the organization's, or nothing for everything.
    subject_id BLOB NOT NULL,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    paused_by BLOB REFERENCES users (id),
    PRIMARY KEY (scope, subject_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER pauses_end_with_their_profile AFTER DELETE ON profiles
BEGIN
    DELETE FROM pauses WHERE scope = 'profile' AND subject_id = old.id;
END;

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by BLOB REFERENCES users (id)
) STRICT, WITHOUT ROWID;

-- What still needs its connection and its agent, for counting it.
CREATE INDEX proposals_open ON proposals (connection_id, agent_id)
WHERE status IN (
    'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
);
