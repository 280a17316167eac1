-- People who are limited to some clients get their lists by client, and the audit is read by what
-- was done, by whom and by when: each in the order of an index, however long the history is.

-- The clients whose records a proposal touches, ids in order with commas between them; absent where
-- one is unknown or the write belongs to none, and then nobody sees it who is limited to some.
ALTER TABLE proposals ADD COLUMN clients TEXT;

UPDATE proposals
SET clients = organization_id
WHERE warnings NOT LIKE '%other_organization%';

CREATE INDEX proposals_waiting_of_clients
ON proposals (clients, status, care DESC, expires_at, number)
WHERE status = 'pending';
-- One column of two, so that no statistics lead to the index of a status in all clients.
ALTER TABLE proposals
ADD COLUMN clients_and_status TEXT GENERATED ALWAYS AS (clients || ' ' || status) VIRTUAL;

CREATE INDEX proposals_of_clients_by_status
ON proposals (clients_and_status, updated_at DESC, number DESC);
CREATE INDEX proposals_of_clients ON proposals (clients, number DESC);

-- Which clients were ever touched together: few, and each is found by its first.
CREATE TABLE clients_together (
    key TEXT PRIMARY KEY,
    first TEXT NOT NULL
) STRICT;

CREATE INDEX clients_together_by_first ON clients_together (first);

CREATE INDEX audit_of_action ON audit (action, number);
CREATE INDEX audit_of_actor ON audit (actor_id, number) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at);
