-- People who are limited to some clients get their lists by client, and the audit is read by what
-- was done, by whom and by when: each in the order of an index, however long the history is.

CREATE INDEX proposals_waiting_of_organization
ON proposals (organization_id, status, care DESC, expires_at, number)
WHERE status = 'pending';
CREATE INDEX proposals_of_organization_by_status
ON proposals (organization_id, status, updated_at DESC, number DESC);
CREATE INDEX proposals_of_organization ON proposals (organization_id, number DESC);

CREATE INDEX audit_of_action ON audit (action, number);
CREATE INDEX audit_of_actor ON audit (actor_id, number) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at);
