//! The same write again: what a client of the gateway sends to learn what became of the first.

use super::{Store, Tx};
use crate::domain::{AgentId, Proposal, ProposalId, ProposalStatus, Timestamp};
use crate::store::{StoreError, WriteDigest};

impl Store {
    /// The agent's proposal that this write repeats: the open one, else, for clients that repeat a
    /// write to learn its end, one that has ended and that the agent was not told of. `None` if it is
    /// another write.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn repeated_write(
        &self,
        agent: AgentId,
        write: &WriteDigest,
    ) -> Result<Option<Proposal>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let number = first_of_write(&mut tx, agent, write).await?;
        tx.commit().await?;
        match number {
            Some(number) => self.proposal_by_number(number).await,
            None => Ok(None),
        }
    }

    /// Notes that the gateway has told the agent how this ended: the same write again is another one.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn mark_told(&self, id: ProposalId, at: Timestamp) -> Result<(), StoreError> {
        let at = at.as_millis();
        sqlx::query!(
            "UPDATE proposals SET told_at = $2
            WHERE id = $1 AND write_digest IS NOT NULL AND told_at IS NULL",
            id.0,
            at,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// The number of the proposal that this write repeats.
pub(super) async fn first_of_write(
    tx: &mut Tx,
    agent: AgentId,
    write: &WriteDigest,
) -> Result<Option<i64>, StoreError> {
    let open = open_write(tx, agent, &write.digest).await?;
    match (open, write.repeats_since) {
        (Some(number), _) => Ok(Some(number)),
        (None, Some(since)) => untold_write(tx, agent, &write.digest, since).await,
        (None, None) => Ok(None),
    }
}

/// The open one. A revision can make several ask for one value: then one that is approved.
async fn open_write(tx: &mut Tx, agent: AgentId, digest: &str) -> Result<Option<i64>, StoreError> {
    let open = sqlx::query!(
        "SELECT number, status
        FROM proposals
        WHERE agent_id = $1 AND write_digest = $2
            AND status IN (
                'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
            )",
        agent.0,
        digest,
    )
    .fetch_all(&mut **tx)
    .await?;
    let newest = open
        .into_iter()
        .max_by_key(|row| (row.status == ProposalStatus::Queued.as_str(), row.number));
    Ok(newest.map(|row| row.number))
}

/// The newest that has ended since then and was not told. One that was carried out is past telling
/// once a later proposal for one of its records was made by the agent after it, or by anybody and has
/// reached IT Glue: then the write is meant anew. A create is, once its record is to be deleted.
async fn untold_write(
    tx: &mut Tx,
    agent: AgentId,
    digest: &str,
    since: Timestamp,
) -> Result<Option<i64>, StoreError> {
    let since = since.as_millis();
    Ok(sqlx::query_scalar!(
        "SELECT p.number
        FROM proposals AS p
        WHERE p.agent_id = $1 AND p.write_digest = $2 AND p.told_at IS NULL
            AND p.status IN (
                'applied', 'failed', 'partly_applied', 'closed_unknown', 'rejected', 'expired'
            )
            AND p.updated_at >= $3
            AND NOT (
                p.status = 'applied'
                AND EXISTS (
                    SELECT 1
                    FROM items AS ours
                    JOIN items AS theirs
                        ON theirs.connection_id = ours.connection_id
                        AND theirs.resource = ours.resource
                        AND theirs.record_id = ours.resource_id
                    JOIN proposals AS later ON later.id = theirs.proposal_id
                    WHERE ours.proposal_id = p.id AND theirs.class <> 'secret'
                        AND later.number > p.number
                        AND (ours.record_id IS NOT NULL OR theirs.operation = 'delete')
                        AND (
                            (
                                later.agent_id = p.agent_id AND later.proposed_by IS NULL
                                AND later.created_at > p.updated_at
                            )
                            OR later.status IN (
                                'applying', 'checking', 'needs_attention', 'applied',
                                'partly_applied', 'closed_unknown'
                            )
                        )
                )
            )
        ORDER BY p.number DESC
        LIMIT 1",
        agent.0,
        digest,
        since,
    )
    .fetch_optional(&mut **tx)
    .await?)
}
