-- The profile editor asks two more questions: who uses a profile, and what its agents proposed
-- lately. Both read an index in its order instead of a table; the second one holds all it is asked
-- for, so that counting back thirty days touches no proposal that is not judged again.

CREATE INDEX agents_of_profile ON agents (profile_id, name);
CREATE INDEX proposals_of_agent_by_age ON proposals (agent_id, created_at, number);
