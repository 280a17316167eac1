-- A person can take an applied write back. What puts the record back is a proposal like any other,
-- so it stands in the same table: with the person who proposed it, and the proposal it reverts. It
-- keeps the agent of that one, whose work it undoes, and the token only because the column has one.
-- While one is open there is no second.
--
-- A write that reads back otherwise than it was approved gets a lane of its own, and a person can
-- let the rest of a proposal go on past an item that did not end well.

ALTER TABLE proposals ADD COLUMN proposed_by BLOB REFERENCES users (id);
ALTER TABLE proposals ADD COLUMN reverts BLOB REFERENCES proposals (id);

CREATE INDEX proposals_reverting ON proposals (reverts, number DESC) WHERE reverts IS NOT NULL;
CREATE UNIQUE INDEX proposals_reverting_open ON proposals (reverts)
WHERE reverts IS NOT NULL AND status IN (
    'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
);

ALTER TABLE proposals
ADD COLUMN reads_back_differently INTEGER NOT NULL DEFAULT 0
CHECK (reads_back_differently IN (0, 1));

UPDATE proposals
SET reads_back_differently = 1
WHERE id IN (SELECT proposal_id FROM items WHERE state = 'applied' AND verified = 0);

CREATE INDEX proposals_reading_differently ON proposals (updated_at DESC, number DESC)
WHERE reads_back_differently = 1;
CREATE INDEX proposals_reading_differently_of_clients
ON proposals (clients, updated_at DESC, number DESC)
WHERE reads_back_differently = 1;

ALTER TABLE items ADD COLUMN passed_over_at INTEGER;

CREATE TABLE resolutions_with_resume (
    id INTEGER PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    person BLOB NOT NULL,
    name TEXT NOT NULL,
    resolution TEXT NOT NULL CHECK (
        resolution IN ('applied', 'not_applied', 'give_up', 'skip_rest', 'resume')
    ),
    follow_up TEXT CHECK (follow_up IN ('send_again', 'close')),
    resource_id TEXT,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    step_up_at INTEGER,
    CHECK ((resolution = 'not_applied') = (follow_up IS NOT NULL))
) STRICT;

INSERT INTO resolutions_with_resume (id, item_id, attempt, person, name, resolution, follow_up,
    resource_id, reason, at, step_up_at)
SELECT id, item_id, attempt, person, name, resolution, follow_up, resource_id, reason, at, step_up_at
FROM resolutions;

DROP TABLE resolutions;
ALTER TABLE resolutions_with_resume RENAME TO resolutions;
CREATE INDEX resolutions_of_item ON resolutions (item_id, id);
