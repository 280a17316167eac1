-- A client of the gateway learns what became of its write by repeating it. Once the first had ended, the
-- repeat was another write: nobody was ever told, and a create could be made twice. Now the repeat that
-- follows the end is told, once, and the write after that is another one.

-- When the gateway told the agent how it ended; of writes with a digest only.
ALTER TABLE proposals ADD COLUMN told_at INTEGER;

-- Nobody waits to be told of what ended before this.
UPDATE proposals
SET told_at = updated_at
WHERE write_digest IS NOT NULL
    AND status IN (
        'applied', 'failed', 'partly_applied', 'closed_unknown', 'rejected', 'withdrawn', 'expired'
    );

-- What an agent takes back itself, it need not be told.
CREATE INDEX proposals_untold_by_write ON proposals (agent_id, write_digest, number)
WHERE write_digest IS NOT NULL AND told_at IS NULL
    AND status IN (
        'applied', 'failed', 'partly_applied', 'closed_unknown', 'rejected', 'expired'
    );
