-- What waits was ordered by the time left alone, so one agent with many proposals, or with short
-- times, pushed those of all others back (security requirement T4). It is ordered by turn now:
-- the time it expires, later by ten minutes for each proposal of the same token that waited then.
ALTER TABLE proposals ADD COLUMN turn_at INTEGER NOT NULL DEFAULT 0;

UPDATE proposals SET turn_at = expires_at;

DROP INDEX proposals_waiting;

CREATE INDEX proposals_waiting ON proposals (status, care DESC, turn_at, number)
WHERE status = 'pending';

DROP INDEX proposals_waiting_of_clients;

CREATE INDEX proposals_waiting_of_clients
ON proposals (clients, status, care DESC, turn_at, number)
WHERE status = 'pending';
