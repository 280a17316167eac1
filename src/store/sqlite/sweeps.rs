//! What time alone does: holds end, proposals expire, secrets of ended ones are erased.

use serde_json::json;
use uuid::Uuid;

use super::{Store, audit};
use crate::domain::{Actor, AuditAction, AuditEvent, ProposalId, Timestamp};
use crate::store::StoreError;

/// How many rows one sweep touches; what is left is done by the next.
const BATCH: i64 = 100;

impl Store {
    /// Lets go of approved proposals whose time to be undone is over. Says how many.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn release_held(&self, now: Timestamp) -> Result<usize, StoreError> {
        let at = now.as_millis();
        let mut tx = self.begin().await?;
        let released = sqlx::query_scalar!(
            "UPDATE proposals
            SET status = 'queued', hold_until = NULL, updated_at = $1
            WHERE status = 'held' AND hold_until <= $1
            RETURNING id AS \"id: Uuid\"",
            at,
        )
        .fetch_all(&mut *tx)
        .await?;
        if released.is_empty() {
            return Ok(0);
        }
        for id in &released {
            let event = AuditEvent::new(now, Actor::Policy, AuditAction::HoldEnded)
                .on("proposal", ProposalId(*id));
            audit::append(&mut tx, &event).await?;
        }
        self.commit(tx).await?;
        Ok(released.len())
    }

    /// Ends proposals that nobody decided in time. Says how many.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn expire_proposals(&self, now: Timestamp) -> Result<usize, StoreError> {
        let at = now.as_millis();
        let mut tx = self.begin().await?;
        let expired = sqlx::query_scalar!(
            "UPDATE proposals
            SET status = 'expired', updated_at = $1
            WHERE id IN (
                SELECT id FROM proposals
                WHERE status IN ('pending', 'sent_back') AND expires_at <= $1
                LIMIT $2
            )
            RETURNING id AS \"id: Uuid\"",
            at,
            BATCH,
        )
        .fetch_all(&mut *tx)
        .await?;
        for id in &expired {
            sqlx::query!(
                "UPDATE items SET ended_at = $2 WHERE proposal_id = $1",
                id,
                at
            )
            .execute(&mut *tx)
            .await?;
            let event =
                AuditEvent::new(now, Actor::Worker, AuditAction::Expired).on("proposal", id);
            audit::append(&mut tx, &event).await?;
        }
        self.commit(tx).await?;
        Ok(expired.len())
    }

    /// Erases the secrets of proposals that ended before this moment. Says how many items had any.
    /// While an item of a proposal may still be sent, the others are needed to check the approval.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn erase_secrets(
        &self,
        ended_before: Timestamp,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let before = ended_before.as_millis();
        let mut tx = self.begin().await?;
        let erased = sqlx::query_scalar!(
            "UPDATE items
            SET sealed_body = NULL
            WHERE id IN (
                SELECT i.id FROM items AS i
                CROSS JOIN proposals AS p
                WHERE p.id = i.proposal_id AND i.sealed_body IS NOT NULL AND i.ended_at <= $1
                    AND p.updated_at <= $1
                    AND p.status IN (
                        'applied', 'failed', 'partly_applied', 'closed_unknown', 'rejected',
                        'withdrawn', 'expired'
                    )
                LIMIT $2
            )
            RETURNING proposal_id AS \"proposal_id: Uuid\"",
            before,
            BATCH,
        )
        .fetch_all(&mut *tx)
        .await?;
        for id in &erased {
            sqlx::query!("UPDATE proposals SET asked = NULL WHERE id = $1", id)
                .execute(&mut *tx)
                .await?;
        }
        if !erased.is_empty() {
            let event = AuditEvent::new(now, Actor::Worker, AuditAction::SecretsErased)
                .with(json!({ "proposals": erased }));
            audit::append(&mut tx, &event).await?;
        }
        self.commit(tx).await?;
        Ok(erased.len())
    }
}
