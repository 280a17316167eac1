//! Sign-ins.

use uuid::Uuid;

use super::rows::{time, when};
use super::users::UserRow;
use super::{Store, audit};
use crate::domain::{AuditEvent, SessionId, Timestamp};
use crate::store::{NewSession, Session, StoreError};

impl Store {
    /// Keeps a new sign-in.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn create_session(
        &self,
        session: &NewSession,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let secret_hash = session.secret_hash.as_slice();
        let created_at = session.created_at.as_millis();
        let expires_at = session.expires_at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO sessions (id, secret_hash, user_id, created_at, last_seen_at, expires_at,
                address, browser)
            VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
            session.id.0,
            secret_hash,
            session.user_id.0,
            created_at,
            expires_at,
            session.address,
            session.browser,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE users SET last_seen_at = $2 WHERE id = $1",
            session.user_id.0,
            created_at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The sign-in whose cookie has this hash, ended ones included.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn session(&self, secret_hash: [u8; 32]) -> Result<Option<Session>, StoreError> {
        let secret_hash = secret_hash.as_slice();
        let row = sqlx::query!(
            "SELECT s.id AS \"session_id: Uuid\", s.created_at AS session_created_at,
                s.last_seen_at AS session_seen_at, s.expires_at, s.step_up_at, s.ended_at,
                u.id AS \"user_id: Uuid\", u.email, u.name, u.role, u.password_hash, u.created_at,
                u.disabled_at, u.last_seen_at, u.organizations, u.factor_since
            FROM sessions AS s
            JOIN users AS u ON u.id = s.user_id
            WHERE s.secret_hash = $1",
            secret_hash,
        )
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let user = UserRow {
            id: row.user_id,
            email: row.email,
            name: row.name,
            role: row.role,
            password_hash: row.password_hash,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            last_seen_at: row.last_seen_at,
            organizations: row.organizations,
            factor_since: row.factor_since,
        };
        Ok(Some(Session {
            id: SessionId(row.session_id),
            user: user.try_into()?,
            created_at: time(row.session_created_at),
            last_seen_at: time(row.session_seen_at),
            expires_at: time(row.expires_at),
            step_up_at: when(row.step_up_at),
            ended_at: when(row.ended_at),
        }))
    }

    /// Notes that a sign-in is still in use.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn touch_session(&self, id: SessionId, at: Timestamp) -> Result<(), StoreError> {
        let at = at.as_millis();
        sqlx::query!(
            "UPDATE sessions SET last_seen_at = $2 WHERE id = $1",
            id.0,
            at
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Notes that the person has proved again who they are; the cookie gets a new value.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the session has ended meanwhile.
    pub async fn step_up_session(
        &self,
        id: SessionId,
        new_secret_hash: [u8; 32],
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let secret_hash = new_secret_hash.as_slice();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE sessions
            SET step_up_at = $2, secret_hash = $3
            WHERE id = $1 AND ended_at IS NULL",
            id.0,
            at,
            secret_hash,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a sign-in.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_session(&self, id: SessionId, event: &AuditEvent) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
