-- The gate as a whole: who may come in, what was proposed, decided and sent, and the chain that
-- proves it. Times are UTC milliseconds, ids 16-byte UUIDs; ids of IT Glue records are text, since
-- they may have more digits than a signed integer holds.

CREATE TABLE instance (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    id BLOB NOT NULL,
    -- Lets a wrong master key be noticed at start instead of at the first decryption.
    key_check TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('auditor', 'technician', 'administrator')),
    password_hash TEXT,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    last_seen_at INTEGER
) STRICT;

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    step_up_at INTEGER,
    address TEXT,
    browser TEXT,
    ended_at INTEGER
) STRICT;

CREATE INDEX sessions_of_user ON sessions (user_id) WHERE ended_at IS NULL;

CREATE TABLE connections (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL CHECK (region IN ('us', 'eu', 'au')),
    base_url TEXT,
    api_key BLOB NOT NULL,
    api_key_last_four TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Why nothing is sent over it for now, and until when if that is known.
    pause TEXT CHECK (pause IN ('operator', 'key_refused', 'rate_limited', 'breaker')),
    pause_detail TEXT,
    paused_at INTEGER,
    paused_until INTEGER
) STRICT;

CREATE TABLE profiles (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    preset TEXT NOT NULL CHECK (preset IN ('read-only', 'documentation', 'full-access')),
    rules TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agents (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    profile_id BLOB NOT NULL REFERENCES profiles (id),
    connection_id BLOB NOT NULL REFERENCES connections (id),
    owner_id BLOB REFERENCES users (id),
    -- JSON array of organization ids; absent: every organization.
    organizations TEXT,
    created_at INTEGER NOT NULL,
    paused_at INTEGER
) STRICT;

-- Tokens of agents and of people. Exactly one of the two owners is there.
CREATE TABLE tokens (
    id BLOB PRIMARY KEY,
    public_id TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    agent_id BLOB REFERENCES agents (id),
    user_id BLOB REFERENCES users (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER,
    last_address TEXT,
    CHECK ((agent_id IS NULL) <> (user_id IS NULL))
) STRICT;

CREATE TABLE proposals (
    id BLOB PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    agent_id BLOB NOT NULL REFERENCES agents (id),
    token_id BLOB NOT NULL REFERENCES tokens (id),
    connection_id BLOB NOT NULL REFERENCES connections (id),
    revision INTEGER NOT NULL,
    round INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN (
            'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention',
            'applied', 'failed', 'partly_applied', 'closed_unknown', 'rejected', 'withdrawn',
            'expired'
        )
    ),
    tier TEXT NOT NULL CHECK (tier IN ('routine', 'elevated', 'critical')),
    -- The tier as a number, for ordering: 0 routine, 1 elevated, 2 critical.
    care INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    is_stale INTEGER NOT NULL DEFAULT 0,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    -- As shown: secrets hidden.
    body TEXT,
    -- What was asked for, exactly, encrypted: from it the content is put together anew.
    asked BLOB,
    traits TEXT NOT NULL CHECK (traits IN ('replace', 'merge')),
    operation TEXT NOT NULL,
    permission_group TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('refused', 'needs_approval', 'allowed')),
    rule TEXT NOT NULL,
    explanation TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT,
    resource_name TEXT,
    organization_id TEXT,
    organization_name TEXT,
    summary TEXT NOT NULL,
    reason TEXT,
    ticket_id TEXT,
    ticket_url TEXT,
    warnings TEXT NOT NULL,
    idempotency_key TEXT,
    idempotency_hash BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    decided_at INTEGER,
    hold_until INTEGER,
    updated_at INTEGER NOT NULL,
    UNIQUE (token_id, idempotency_key)
) STRICT;

-- The lanes of the queue, the agent's own list, the sweepers: each reads an index in its order.
-- Partial ones begin with the status all the same, or the planner prefers the index of all statuses.
CREATE INDEX proposals_waiting ON proposals (status, care DESC, expires_at, number)
WHERE status = 'pending';
CREATE INDEX proposals_by_status ON proposals (status, updated_at DESC, number DESC);
CREATE INDEX proposals_expiring ON proposals (status, expires_at)
WHERE status IN ('pending', 'sent_back');
CREATE INDEX proposals_held ON proposals (status, hold_until)
WHERE status = 'held';
CREATE INDEX proposals_of_agent ON proposals (agent_id, number DESC);
CREATE INDEX proposals_of_agent_by_status ON proposals (agent_id, status, number DESC);
CREATE INDEX proposals_of_agent_by_group ON proposals (agent_id, permission_group, number DESC);
CREATE INDEX proposals_of_agent_by_organization
ON proposals (agent_id, organization_id, number DESC);
CREATE INDEX proposals_of_agent_by_ticket ON proposals (agent_id, ticket_id, number DESC)
WHERE ticket_id IS NOT NULL;
CREATE INDEX proposals_applied_of_agent ON proposals (agent_id, permission_group)
WHERE status = 'applied';
CREATE INDEX proposals_of_token_waiting ON proposals (token_id)
WHERE status IN ('pending', 'sent_back');

CREATE TABLE items (
    id BLOB PRIMARY KEY,
    proposal_id BLOB NOT NULL REFERENCES proposals (id),
    position INTEGER NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    query TEXT NOT NULL,
    -- As shown: secrets hidden. The exact body stands in sealed_body where it holds any.
    body TEXT,
    sealed_body BLOB,
    secret_pointers TEXT NOT NULL,
    resource TEXT NOT NULL,
    operation TEXT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('set', 'remove', 'once', 'secret')),
    record_id TEXT,
    parent_resource TEXT,
    parent_id TEXT,
    target TEXT NOT NULL,
    target_key TEXT NOT NULL,
    watched TEXT NOT NULL,
    pre_image TEXT NOT NULL,
    pre_read_at INTEGER NOT NULL,
    -- As it was when the agent proposed, where it has moved since.
    base_image TEXT,
    state TEXT NOT NULL CHECK (
        state IN (
            'none', 'queued', 'preparing', 'sending', 'uncertain', 'unresolved', 'applied',
            'failed', 'skipped', 'given_up'
        )
    ),
    unresolved TEXT CHECK (
        unresolved IN (
            'drift', 'conflict', 'secret_unreadable', 'not_found', 'ambiguous', 'no_search'
        )
    ),
    hold_reason TEXT,
    permits INTEGER NOT NULL CHECK (permits IN (0, 1)),
    sends INTEGER NOT NULL CHECK (sends >= 0),
    returns INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    not_before INTEGER,
    approved_at INTEGER,
    sent_at INTEGER,
    settle_until INTEGER,
    reads INTEGER NOT NULL DEFAULT 0,
    next_read_at INTEGER,
    result TEXT,
    http_status INTEGER,
    response TEXT,
    post_image TEXT,
    verified INTEGER,
    differences TEXT NOT NULL DEFAULT '[]',
    resource_id TEXT,
    ended_at INTEGER,
    UNIQUE (proposal_id, position)
) STRICT;

-- I4 of the replay protocol: at most one item is in flight per target key.
CREATE UNIQUE INDEX items_in_flight ON items (target_key)
WHERE state IN ('preparing', 'sending', 'uncertain', 'unresolved');
CREATE INDEX items_queued ON items (approved_at, proposal_id, position)
WHERE state = 'queued';
-- Who is next on a record.
CREATE INDEX items_queued_on_target ON items (target_key, approved_at, proposal_id, position)
WHERE state = 'queued';
CREATE INDEX items_uncertain ON items (next_read_at)
WHERE state = 'uncertain';
CREATE INDEX items_unread ON items (ended_at)
WHERE state = 'applied' AND verified IS NULL;
CREATE INDEX items_waiting_on_target ON items (target_key)
WHERE state = 'none';
-- Secrets of ended proposals are erased by this.
CREATE INDEX items_with_secrets ON items (ended_at)
WHERE sealed_body IS NOT NULL;

-- What an agent had proposed before it changed its mind.
CREATE TABLE revisions (
    proposal_id BLOB NOT NULL REFERENCES proposals (id),
    revision INTEGER NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT,
    summary TEXT NOT NULL,
    reason TEXT,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (proposal_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    proposal_id BLOB NOT NULL REFERENCES proposals (id),
    round INTEGER NOT NULL,
    -- The person; the zero id where the policy decided.
    person BLOB NOT NULL,
    decided_by TEXT NOT NULL CHECK (decided_by IN ('person', 'policy')),
    name TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (
        verdict IN ('approved', 'approved_with_edits', 'sent_back', 'rejected')
    ),
    -- What the decision is bound to, and what was shown: not the same after an edit.
    fingerprint BLOB NOT NULL,
    shown BLOB NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL,
    step_up_at INTEGER,
    undone_at INTEGER,
    PRIMARY KEY (proposal_id, round, person)
) STRICT, WITHOUT ROWID;

-- An item is only deleted while nothing of it has had an effect; its attempts go with it.
CREATE TABLE attempts (
    item_id BLOB NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    census TEXT,
    request_hash BLOB NOT NULL,
    preflight_at INTEGER NOT NULL,
    intent_at INTEGER NOT NULL,
    first_byte_at INTEGER,
    ended_at INTEGER,
    window_ms INTEGER,
    ending TEXT,
    http_status INTEGER,
    response TEXT,
    date_offset INTEGER,
    PRIMARY KEY (item_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES items (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('read', 'log', 'person')),
    finding TEXT NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX evidence_of_item ON evidence (item_id, id);

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_id BLOB,
    credential BLOB,
    address TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    subject_id TEXT,
    details TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE INDEX audit_of_subject ON audit (subject, subject_id, number);

-- `INSERT OR REPLACE` deletes without asking the triggers below; here it is stopped before.
CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)
BEGIN
    SELECT RAISE (ABORT, 'audit rows are only added at the end');
END;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit rows are never changed');
END;

CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE (ABORT, 'audit rows are never deleted');
END;
