-- Whoever waits for a proposal looked at it anew whenever anything was committed, and nothing durable
-- said in which order an agent's proposals had changed. Each change of a status is a row here, written
-- with the change itself, whichever statement or process makes it: its number is what an event stream
-- resumes from. A row without a proposal says that the agent's right to listen may have changed.
-- It names no table that every change of a proposal would have to look back from.
CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    agent_id BLOB NOT NULL,
    proposal_id BLOB,
    status TEXT,
    -- The status stayed: what was written has been read back.
    is_read_back INTEGER NOT NULL DEFAULT 0 CHECK (is_read_back IN (0, 1)),
    CHECK ((proposal_id IS NULL) = (status IS NULL))
) STRICT;

CREATE INDEX changes_of_agent ON changes (agent_id, number)
WHERE proposal_id IS NOT NULL;

CREATE TRIGGER changes_begin_with_the_proposal AFTER INSERT ON proposals
BEGIN
    INSERT INTO changes (at, agent_id, proposal_id, status)
    VALUES (new.updated_at, new.agent_id, new.id, new.status);
END;

CREATE TRIGGER changes_follow_the_status AFTER UPDATE OF status ON proposals
WHEN new.status <> old.status
BEGIN
    INSERT INTO changes (at, agent_id, proposal_id, status)
    VALUES (new.updated_at, new.agent_id, new.id, new.status);
END;

-- The times below say no more than how long the row is kept.
CREATE TRIGGER changes_follow_tokens AFTER UPDATE OF revoked_at, expires_at ON tokens
WHEN new.agent_id IS NOT NULL
BEGIN
    INSERT INTO changes (at, agent_id)
    VALUES (CAST (unixepoch('subsec') * 1000 AS INTEGER), new.agent_id);
END;

CREATE TRIGGER changes_follow_agents AFTER UPDATE OF paused_at, profile_id, removed_at ON agents
BEGIN
    INSERT INTO changes (at, agent_id)
    VALUES (CAST (unixepoch('subsec') * 1000 AS INTEGER), new.id);
END;

CREATE TRIGGER changes_follow_paused_profiles AFTER INSERT ON pauses
WHEN new.scope = 'profile'
BEGIN
    INSERT INTO changes (at, agent_id)
    SELECT CAST (unixepoch('subsec') * 1000 AS INTEGER), id
    FROM agents
    WHERE profile_id = new.subject_id;
END;
