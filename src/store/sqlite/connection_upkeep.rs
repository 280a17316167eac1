//! What becomes of a connection after it was added: another key, notes, its end.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, ConnectionId, Timestamp};
use crate::store::{Removal, StoreError, Uses};

impl Store {
    /// Puts a new key in the place of the old one. A pause because the old one was refused ends.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the connection was removed meanwhile.
    pub async fn rotate_key(
        &self,
        id: ConnectionId,
        sealed_key: &[u8],
        key_last_four: &str,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE connections
            SET api_key = $2, api_key_last_four = $3, tested_at = NULL, password_access = NULL
            WHERE id = $1 AND removed_at IS NULL",
            id.0,
            sealed_key,
            key_last_four,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        sqlx::query!(
            "UPDATE connections
            SET pause = NULL, pause_detail = NULL, paused_at = NULL, paused_until = NULL,
                paused_by = NULL
            WHERE id = $1 AND pause = 'key_refused'",
            id.0,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes a test that went well, and what it found.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn note_test(
        &self,
        id: ConnectionId,
        at: Timestamp,
        password_access: Option<bool>,
    ) -> Result<(), StoreError> {
        let at = at.as_millis();
        sqlx::query!(
            "UPDATE connections
            SET tested_at = $2, last_success_at = $2,
                password_access = coalesce($3, password_access)
            WHERE id = $1",
            id.0,
            at,
            password_access,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Notes that IT Glue answered as it should.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn note_success(&self, id: ConnectionId, at: Timestamp) -> Result<(), StoreError> {
        let at = at.as_millis();
        sqlx::query!(
            "UPDATE connections SET last_success_at = $2 WHERE id = $1",
            id.0,
            at,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// What still needs each connection. One that is not named is needed by nothing.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn connection_uses(&self) -> Result<HashMap<ConnectionId, Uses>, StoreError> {
        let rows = sqlx::query!(
            "SELECT c.id AS \"id!: Uuid\",
                (
                    SELECT count(*) FROM agents AS a
                    WHERE a.connection_id = c.id AND a.removed_at IS NULL
                ) AS \"agents!: i64\",
                (
                    SELECT count(*) FROM proposals AS p
                    WHERE p.connection_id = c.id AND p.status IN (
                        'pending', 'sent_back', 'held', 'queued', 'applying', 'checking',
                        'needs_attention'
                    )
                ) AS \"waiting!: i64\"
            FROM connections AS c
            WHERE c.removed_at IS NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        let uses = rows.into_iter().map(|row| {
            let uses = Uses {
                waiting: small(row.waiting),
                agents: small(row.agents),
            };
            (ConnectionId(row.id), uses)
        });
        Ok(uses.collect())
    }

    /// Removes a connection that nothing needs any more, and erases its key. Where something was
    /// done over it, it stays behind that under another name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn remove_connection(
        &self,
        id: ConnectionId,
        event: &AuditEvent,
    ) -> Result<Removal, StoreError> {
        let mut tx = self.begin().await?;
        let uses = uses_of(&mut tx, id).await?;
        if uses != Uses::default() {
            return Ok(Removal::InUse(uses));
        }
        let at = event.at.as_millis();
        sqlx::query!(
            "DELETE FROM connections
            WHERE id = $1
                AND NOT EXISTS (SELECT 1 FROM agents WHERE connection_id = $1)
                AND NOT EXISTS (SELECT 1 FROM proposals WHERE connection_id = $1)
                AND NOT EXISTS (SELECT 1 FROM items WHERE connection_id = $1)",
            id.0,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE connections
            SET name = name || ' (removed ' || lower(substr(hex(id), 25)) || ')',
                api_key = x'', api_key_last_four = '', removed_at = $2
            WHERE id = $1 AND removed_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(Removal::Done)
    }
}

async fn uses_of(tx: &mut Tx, id: ConnectionId) -> Result<Uses, StoreError> {
    let row = sqlx::query!(
        "SELECT
            (
                SELECT count(*) FROM agents
                WHERE connection_id = $1 AND removed_at IS NULL
            ) AS \"agents!: i64\",
            (
                SELECT count(*) FROM proposals
                WHERE connection_id = $1 AND status IN (
                    'pending', 'sent_back', 'held', 'queued', 'applying', 'checking',
                    'needs_attention'
                )
            ) AS \"waiting!: i64\"",
        id.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Uses {
        waiting: small(row.waiting),
        agents: small(row.agents),
    })
}

/// A count, as people read it.
pub(super) fn small(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
