-- Several technicians decide from one queue: they say what they are on, so that two do not look at
-- the same proposal, and tell each other what they know of it. Neither is ever shown to an agent, and
-- a claim keeps nobody from deciding. What was decided is read by time, and by who decided.

CREATE TABLE claims (
    proposal_id BLOB PRIMARY KEY REFERENCES proposals (id),
    person BLOB NOT NULL REFERENCES users (id),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A claim falls away by whatever ends the waiting, and with a new revision, in the same transaction.
CREATE TRIGGER claims_fall_away AFTER UPDATE OF status, revision ON proposals
WHEN new.status <> 'pending' OR new.revision <> old.revision
BEGIN
    DELETE FROM claims WHERE proposal_id = new.id;
END;

CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    proposal_id BLOB NOT NULL REFERENCES proposals (id),
    person BLOB NOT NULL REFERENCES users (id),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX comments_of_proposal ON comments (proposal_id, id);

-- The history is read by time, and by who decided. The proposal and the round make the order whole.
CREATE INDEX decisions_by_time ON decisions (at DESC, proposal_id DESC, round DESC);
CREATE INDEX decisions_of_person
ON decisions (person, at DESC, proposal_id DESC, round DESC);
