//! What becomes of an agent after it was added: changes, pauses, its end.

use std::collections::HashMap;

use uuid::Uuid;

use super::connection_upkeep::small;
use super::rows::{scope_to_json, when};
use super::{Store, audit};
use crate::domain::{AgentId, AuditEvent, GatewayWait, Timestamp};
use crate::store::{AgentEdit, Removal, StoreError, TokenUse, Uses};

impl Store {
    /// Changes an agent.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], or [`StoreError::Changed`] if it was removed meanwhile.
    pub async fn change_agent(
        &self,
        id: AgentId,
        edit: &AgentEdit,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let profile = edit.profile.map(|profile| profile.0);
        let connection = edit.connection.map(|connection| connection.0);
        let owner = edit.owner.map(|owner| owner.0);
        let is_limited_anew = edit.organizations.is_some();
        let organizations = edit.organizations.as_ref().and_then(scope_to_json);
        let gateway_wait = edit.gateway_wait.map(GatewayWait::seconds);
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE agents
            SET name = coalesce($2, name), profile_id = coalesce($3, profile_id),
                connection_id = coalesce($4, connection_id), owner_id = coalesce($5, owner_id),
                organizations = CASE WHEN $6 THEN $7 ELSE organizations END,
                gateway_wait_seconds = coalesce($8, gateway_wait_seconds)
            WHERE id = $1 AND removed_at IS NULL",
            id.0,
            edit.name,
            profile,
            connection,
            owner,
            is_limited_anew,
            organizations,
            gateway_wait,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Stops an agent: its tokens are refused, its approved writes wait. One that is stopped
    /// already stays as it is.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause_agent(
        &self,
        id: AgentId,
        reason: Option<&str>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let by = event.actor.person().map(|person| person.0);
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE agents
            SET paused_at = $2, pause_reason = $3, paused_by = $4
            WHERE id = $1 AND paused_at IS NULL",
            id.0,
            at,
            reason,
            by,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            audit::append(&mut tx, event).await?;
        }
        self.commit(tx).await?;
        Ok(())
    }

    /// Lets an agent go on.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn resume_agent(&self, id: AgentId, event: &AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE agents
            SET paused_at = NULL, pause_reason = NULL, paused_by = NULL
            WHERE id = $1 AND paused_at IS NOT NULL",
            id.0,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            audit::append(&mut tx, event).await?;
        }
        self.commit(tx).await?;
        Ok(())
    }

    /// How many proposals of each agent have not come to their end, without those that people made
    /// to take its writes back. One that is not named has none.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn open_proposals_by_agent(&self) -> Result<HashMap<AgentId, u32>, StoreError> {
        let rows = sqlx::query!(
            "SELECT agent_id AS \"agent_id!: Uuid\", count(*) AS \"waiting!: i64\"
            FROM proposals
            WHERE proposed_by IS NULL AND status IN (
                'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
            )
            GROUP BY agent_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let counts = rows
            .into_iter()
            .map(|row| (AgentId(row.agent_id), small(row.waiting)));
        Ok(counts.collect())
    }

    /// How the tokens of each agent are used. One that is not named never had any.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn token_use_by_agent(
        &self,
        now: Timestamp,
    ) -> Result<HashMap<AgentId, TokenUse>, StoreError> {
        let now = now.as_millis();
        let rows = sqlx::query!(
            "SELECT agent_id AS \"agent_id!: Uuid\", max(last_used_at) AS \"last_used_at: i64\",
                sum(revoked_at IS NULL AND expires_at > $1) AS \"working!: i64\",
                min(CASE WHEN revoked_at IS NULL AND expires_at > $1 THEN expires_at END)
                    AS \"next_expiry: i64\"
            FROM tokens
            WHERE agent_id IS NOT NULL
            GROUP BY agent_id",
            now,
        )
        .fetch_all(&self.readers)
        .await?;
        let uses = rows.into_iter().map(|row| {
            let token_use = TokenUse {
                last_used_at: when(row.last_used_at),
                working: small(row.working),
                next_expiry: when(row.next_expiry),
            };
            (AgentId(row.agent_id), token_use)
        });
        Ok(uses.collect())
    }

    /// Removes an agent of which nothing waits any more, and revokes its tokens. It stays behind
    /// what it has done, under another name. What people take back of it goes on without it.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it was removed already.
    pub async fn remove_agent(
        &self,
        id: AgentId,
        event: &AuditEvent,
    ) -> Result<Removal, StoreError> {
        let mut tx = self.begin().await?;
        let waiting = sqlx::query_scalar!(
            "SELECT count(*) AS \"waiting!: i64\"
            FROM proposals
            WHERE agent_id = $1 AND proposed_by IS NULL AND status IN (
                'pending', 'sent_back', 'held', 'queued', 'applying', 'checking', 'needs_attention'
            )",
            id.0,
        )
        .fetch_one(&mut *tx)
        .await?;
        if waiting > 0 {
            let waiting = small(waiting);
            return Ok(Removal::InUse(Uses { waiting, agents: 0 }));
        }
        let at = event.at.as_millis();
        let changed = sqlx::query!(
            "UPDATE agents
            SET name = name || ' (removed ' || lower(substr(hex(id), 25)) || ')', removed_at = $2
            WHERE id = $1 AND removed_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        sqlx::query!(
            "UPDATE tokens SET revoked_at = $2 WHERE agent_id = $1 AND revoked_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(Removal::Done)
    }
}
