//! Sign-ins.

use uuid::Uuid;

use super::rows::{named, time, when};
use super::users::UserRow;
use super::{Store, Tx, audit, factors};
use crate::domain::{AuditEvent, SessionId, SignInStage, Timestamp, UserId};
use crate::store::{
    Lasting, NewSession, RenewedSession, Session, SessionDetails, StoreError, UsedCode, UserDetails,
};

impl Store {
    /// Keeps a new sign-in of a person whose password was just verified.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the person is switched off, or has another password, role or factor by
    /// now.
    pub async fn create_session(
        &self,
        session: &NewSession,
        verified: &UserDetails,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let role = verified.role.as_str();
        let factor_since = verified.factor_since.map(Timestamp::as_millis);
        let mut tx = self.begin().await?;
        let is_same = sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM users
                WHERE id = $1 AND password_hash = $2 AND role = $3 AND factor_since IS $4
                    AND disabled_at IS NULL)
                AS \"found!: bool\"",
            session.user_id.0,
            verified.password_hash,
            role,
            factor_since,
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_same {
            return Err(StoreError::Changed);
        }
        insert(&mut tx, session).await?;
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
                s.stage, s.is_known AS \"is_known: bool\",
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
            stage: named("sessions", row.session_id, &row.stage)?,
            is_known: row.is_known,
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

    /// The sessions of a person that are complete and of use, the last used first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn sessions_of(
        &self,
        user: UserId,
        lasting: Lasting,
    ) -> Result<Vec<SessionDetails>, StoreError> {
        let (at, seen_since) = (lasting.at.as_millis(), lasting.seen_since.as_millis());
        let rows = sqlx::query!(
            "SELECT id AS \"id: Uuid\", created_at, last_seen_at, address, browser
            FROM sessions
            WHERE user_id = $1 AND ended_at IS NULL AND stage = 'complete' AND expires_at > $2
                AND last_seen_at >= $3
            ORDER BY last_seen_at DESC, id
            LIMIT 200",
            user.0,
            at,
            seen_since,
        )
        .fetch_all(&self.readers)
        .await?;
        let details = rows.into_iter().map(|row| SessionDetails {
            id: SessionId(row.id),
            created_at: time(row.created_at),
            last_seen_at: time(row.last_seen_at),
            address: row.address,
            browser: row.browser,
        });
        Ok(details.collect())
    }

    /// How many sessions of use each person has, those without left out.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn session_counts(&self, lasting: Lasting) -> Result<Vec<(UserId, u32)>, StoreError> {
        let (at, seen_since) = (lasting.at.as_millis(), lasting.seen_since.as_millis());
        sqlx::query!(
            "SELECT user_id AS \"user_id: Uuid\", count(*) AS \"count!: i64\"
            FROM sessions
            WHERE ended_at IS NULL AND stage = 'complete' AND expires_at > $1 AND last_seen_at >= $2
            GROUP BY user_id",
            at,
            seen_since,
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(|row| {
            let count = u32::try_from(row.count)
                .map_err(|error| StoreError::inconsistent("sessions", row.user_id, error))?;
            Ok((UserId(row.user_id), count))
        })
        .collect()
    }

    /// Completes a sign-in with a code; the cookie gets a new value.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the code was used before, or the session has ended or was completed.
    pub async fn complete_session(
        &self,
        user: UserId,
        session: RenewedSession,
        code: UsedCode,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        factors::use_up(&mut tx, user, code, event.at).await?;
        let is_due = sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM sessions
                WHERE id = $1 AND user_id = $2 AND stage = 'code' AND ended_at IS NULL)
                AS \"found!: bool\"",
            session.id.0,
            user.0,
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_due {
            return Err(StoreError::Changed);
        }
        renew(&mut tx, session, None).await?;
        sqlx::query!(
            "UPDATE users SET last_seen_at = $2 WHERE id = $1",
            user.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes that the person has proved again who they are, with a code if they gave one; the cookie
    /// gets a new value.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the code was used before or the session has ended.
    pub async fn step_up_session(
        &self,
        user: UserId,
        session: RenewedSession,
        code: Option<UsedCode>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if let Some(code) = code {
            factors::use_up(&mut tx, user, code, event.at).await?;
        }
        renew(&mut tx, session, Some(event.at)).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a sign-in of a person. Says whether there was one to end.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_session(
        &self,
        user: UserId,
        id: SessionId,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let ended = sqlx::query!(
            "UPDATE sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
            id.0,
            user.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if ended == 0 {
            return Ok(false);
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends the sign-ins of a person, but for one. Says how many were open.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        event: &AuditEvent,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let ended = end_others(&mut tx, user, except, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

/// Adds a sign-in, inside the transaction of what starts it.
pub(super) async fn insert(tx: &mut Tx, session: &NewSession) -> Result<(), StoreError> {
    let secret_hash = session.secret_hash.as_slice();
    let created_at = session.created_at.as_millis();
    let expires_at = session.expires_at.as_millis();
    let step_up_at = session.step_up_at.map(Timestamp::as_millis);
    let stage = session.stage.as_str();
    sqlx::query!(
        "INSERT INTO sessions (id, secret_hash, user_id, created_at, last_seen_at, expires_at,
            address, browser, stage, is_known, step_up_at)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10)",
        session.id.0,
        secret_hash,
        session.user_id.0,
        created_at,
        expires_at,
        session.address,
        session.browser,
        stage,
        session.is_known,
        step_up_at,
    )
    .execute(&mut **tx)
    .await?;
    if session.stage == SignInStage::Complete {
        sqlx::query!(
            "UPDATE users SET last_seen_at = $2 WHERE id = $1",
            session.user_id.0,
            created_at,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Lets a session go on under another cookie, complete; with a fresh proof if there was one.
pub(super) async fn renew(
    tx: &mut Tx,
    session: RenewedSession,
    step_up_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let secret_hash = session.secret_hash.as_slice();
    let expires_at = session.expires_at.as_millis();
    let step_up_at = step_up_at.map(Timestamp::as_millis);
    let changed = sqlx::query!(
        "UPDATE sessions
        SET secret_hash = $2, expires_at = $3, stage = 'complete',
            step_up_at = coalesce($4, step_up_at)
        WHERE id = $1 AND ended_at IS NULL",
        session.id.0,
        secret_hash,
        expires_at,
        step_up_at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

/// Ends the sign-ins of a person, but for one, inside the transaction of what ends them. Says how
/// many were open.
pub(super) async fn end_others(
    tx: &mut Tx,
    user: UserId,
    except: Option<SessionId>,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let (at, except) = (at.as_millis(), except.map(|session| session.0));
    let ended = sqlx::query!(
        "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id IS NOT $2 AND ended_at IS NULL",
        user.0,
        except,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected())
}
