//! Reverts: proposals of people that take another one back.

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::rows::named;
use super::{Store, Tx};
use crate::domain::{AgentId, OrganizationScope, Preset, ProposalId};
use crate::store::{Reverting, Standing, StoreError};

/// More reverts of one proposal nobody needs to see.
const MOST: i64 = 10;

impl Store {
    /// The proposals that revert this one, the newest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn reverts_of(&self, id: ProposalId) -> Result<Vec<Reverting>, StoreError> {
        sqlx::query!(
            "SELECT id AS \"id: Uuid\", number, status
            FROM proposals
            WHERE reverts = $1
            ORDER BY number DESC
            LIMIT $2",
            id.0,
            MOST,
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(|row| {
            Ok(Reverting {
                id: ProposalId(row.id),
                number: row.number,
                status: named("proposals", row.id, &row.status)?,
            })
        })
        .collect()
    }

    /// The number of the proposal that made anew what this one deleted, or may have.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn made_anew(&self, id: ProposalId) -> Result<Option<i64>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        made_anew(&mut connection, id).await
    }

    /// What a proposal is judged by at this moment: the profile and the scope of its agent. A
    /// proposal that a person made is not held to what the agent may write and where, which the
    /// person's own rights stand for; it always asks, and deletes are on only where the agent's
    /// profile has them on. `None`: the agent was removed, and it is the agent's own proposal.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn standing(
        &self,
        agent: AgentId,
        is_by_person: bool,
    ) -> Result<Option<Standing>, StoreError> {
        let details = self.agent(agent).await?.map(|account| account.details);
        if !is_by_person {
            return Ok(details.map(|details| Standing {
                rules: details.profile.rules,
                organizations: details.organizations,
            }));
        }
        let of_agent = details.map_or(Preset::ReadOnly.rules(), |details| details.profile.rules);
        Ok(Some(Standing {
            rules: of_agent.for_people(),
            organizations: OrganizationScope::All,
        }))
    }
}

/// The number of the proposal that made anew what this one deleted, or may have. There is one at
/// most: who asks again would get a second copy.
pub(super) async fn made_anew(
    connection: &mut SqliteConnection,
    id: ProposalId,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT number
        FROM proposals
        WHERE reverts = $1 AND reverts IS NOT NULL AND operation = 'create'
            AND status IN ('applied', 'partly_applied', 'closed_unknown')
        ORDER BY number DESC
        LIMIT 1",
        id.0,
    )
    .fetch_optional(connection)
    .await?)
}

/// The number of the open revert of a proposal, if there is one.
pub(super) async fn open_revert(tx: &mut Tx, id: ProposalId) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT number
        FROM proposals
        WHERE reverts = $1 AND reverts IS NOT NULL AND status IN (
            'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
        )",
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?)
}
