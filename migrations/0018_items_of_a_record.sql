-- What else was proposed about a record: asked before the end of a write is told to its repeat.
CREATE INDEX items_of_record ON items (record_id, resource, connection_id)
WHERE record_id IS NOT NULL;

-- The value of a password that was proposed over REST is not asked for again there; who looks its
-- proposal up is told.
UPDATE proposals
SET told_at = created_at
WHERE write_digest IS NOT NULL AND told_at IS NULL AND operation = 'read_secret';
