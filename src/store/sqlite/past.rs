//! What agents proposed in the past, as far as judging it again takes.

use uuid::Uuid;

use super::Store;
use super::rows::{from_json, named, named_or_none, to_json};
use crate::domain::{AgentId, ProfileId, Timestamp};
use crate::store::{PastProposal, StoreError};

impl Store {
    /// What the agents that use a profile now have proposed since then, newest first, at most this
    /// many.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn past_proposals(
        &self,
        profile: ProfileId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<PastProposal>, StoreError> {
        let since = since.as_millis();
        let mut tx = self.readers.begin().await?;
        let numbers = sqlx::query_scalar!(
            "SELECT p.number
            FROM agents AS a
            CROSS JOIN proposals AS p
            WHERE a.profile_id = $1 AND p.agent_id = a.id AND p.created_at >= $2
                AND p.proposed_by IS NULL
            ORDER BY p.number DESC
            LIMIT $3",
            profile.0,
            since,
            limit,
        )
        .fetch_all(&mut *tx)
        .await?;
        let list = to_json(&numbers);
        // Related items alone need groups that only their body names.
        let rows = sqlx::query_as!(
            PastRow,
            "SELECT p.number, p.agent_id AS \"agent_id: Uuid\", p.method, p.path,
                CASE WHEN p.path LIKE '%related_items%' THEN p.body END AS \"body: String\",
                p.rule, p.tier, p.warnings, p.organization_id, p.organization_name,
                EXISTS (
                    SELECT 1
                    FROM decisions AS d
                    WHERE d.proposal_id = p.id AND d.decided_by = 'person'
                        AND d.verdict IN ('sent_back', 'rejected') AND d.undone_at IS NULL
                ) AS \"was_refused!: bool\"
            FROM proposals AS p
            WHERE p.number IN (SELECT value FROM json_each($1))
            ORDER BY p.number DESC",
            list,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.into_iter().map(PastProposal::try_from).collect()
    }
}

struct PastRow {
    number: i64,
    agent_id: Uuid,
    method: String,
    path: String,
    body: Option<String>,
    rule: String,
    tier: String,
    warnings: String,
    organization_id: Option<String>,
    organization_name: Option<String>,
    was_refused: bool,
}

impl TryFrom<PastRow> for PastProposal {
    type Error = StoreError;

    fn try_from(row: PastRow) -> Result<Self, StoreError> {
        const TABLE: &str = "proposals";
        let number = row.number;
        let body = row.body.as_deref();
        Ok(Self {
            number,
            agent_id: AgentId(row.agent_id),
            method: named(TABLE, number, &row.method)?,
            path: row.path,
            body: body
                .map(|body| from_json(TABLE, number, body))
                .transpose()?,
            rule: row.rule,
            tier: named(TABLE, number, &row.tier)?,
            warnings: from_json(TABLE, number, &row.warnings)?,
            organization_id: named_or_none(TABLE, number, row.organization_id.as_deref())?,
            organization_name: row.organization_name,
            was_refused: row.was_refused,
        })
    }
}
