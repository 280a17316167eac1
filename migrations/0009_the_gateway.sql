-- Clients of the gateway know nothing of proposals: they repeat a write that was not carried out, and
-- some of them wait for it. The same write of an agent while the first is open is the first.

-- A keyed digest of method, path and body, for writes that came through the gateway.
ALTER TABLE proposals ADD COLUMN write_digest TEXT;

-- Begins with the agent and the digest, so that finding the first reads one row.
CREATE INDEX proposals_open_by_write ON proposals (agent_id, write_digest)
WHERE write_digest IS NOT NULL
    AND status IN (
        'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
    );

-- How long the gateway lets a held write of this agent wait for its decision before it answers.
ALTER TABLE agents ADD COLUMN gateway_wait_seconds INTEGER NOT NULL DEFAULT 0
CHECK (gateway_wait_seconds BETWEEN 0 AND 60);

-- Approved reads of a password's value that nobody has collected yet.
CREATE INDEX items_secret_queued ON items (class, approved_at)
WHERE class = 'secret' AND state = 'queued';
