//! The first set-up: open while there is no administrator, to whoever has the code.

use super::{Store, Tx, audit, guesses, sessions, users};
use crate::domain::{AuditEvent, Timestamp};
use crate::store::{GuessCount, GuessKey, NewSession, NewUser, StoreError};

impl Store {
    /// Whether there is an administrator, also one who is switched off or only invited.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn has_administrator(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'administrator') AS \"found!: bool\""
        )
        .fetch_one(&self.readers)
        .await?)
    }

    /// Keeps the hash of a new code in the place of the last one. Says whether the set-up is open.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn set_setup_code(
        &self,
        hash: [u8; 32],
        expires_at: Timestamp,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let (hash, expires_at) = (hash.as_slice(), expires_at.as_millis());
        let mut tx = self.begin().await?;
        if is_closed(&mut tx).await? {
            return Ok(false);
        }
        sqlx::query!(
            "INSERT INTO setup (singleton, code_hash, expires_at)
            VALUES (1, $1, $2)
            ON CONFLICT (singleton) DO UPDATE
            SET code_hash = excluded.code_hash, expires_at = excluded.expires_at",
            hash,
            expires_at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Whether this is the hash of the code. If the rule says no, nobody looks at it; if it is wrong,
    /// that is counted before the answer.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the set-up is closed.
    pub async fn try_setup_code<E: Send>(
        &self,
        hash: [u8; 32],
        key: &GuessKey,
        rule: impl Fn(&GuessKey, Option<GuessCount>) -> Result<GuessCount, E> + Send + Sync,
        failure: &AuditEvent,
    ) -> Result<Result<bool, E>, StoreError> {
        let (hash, at) = (hash.as_slice(), failure.at.as_millis());
        let mut tx = self.begin().await?;
        if is_closed(&mut tx).await? {
            return Err(StoreError::Changed);
        }
        let before = guesses::count_of(&mut tx, key).await?;
        let now = match rule(key, before) {
            Ok(now) => now,
            Err(error) => return Ok(Err(error)),
        };
        let is_right = sqlx::query_scalar!(
            "SELECT EXISTS (SELECT 1 FROM setup WHERE code_hash = $1 AND expires_at > $2)
                AS \"found!: bool\"",
            hash,
            at,
        )
        .fetch_one(&mut *tx)
        .await?;
        if !is_right {
            let failed_at = Some(failure.at);
            guesses::write(&mut tx, key, GuessCount { failed_at, ..now }).await?;
            guesses::forget_old(&mut tx, failure.at).await?;
            audit::append(&mut tx, failure).await?;
            tx.commit().await?;
        }
        Ok(Ok(is_right))
    }

    /// Makes the first administrator and starts their session. The code is used up.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if there is an administrator by now or the code is no longer valid,
    /// [`StoreError::NameTaken`] if somebody else has the e-mail address.
    pub async fn found(
        &self,
        code_hash: [u8; 32],
        user: &NewUser,
        session: &NewSession,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let (code_hash, at) = (code_hash.as_slice(), event.at.as_millis());
        let mut tx = self.begin().await?;
        let spent = sqlx::query!(
            "DELETE FROM setup WHERE code_hash = $1 AND expires_at > $2",
            code_hash,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if spent == 0 || is_closed(&mut tx).await? {
            return Err(StoreError::Changed);
        }
        users::insert(&mut tx, user, event.at).await?;
        sessions::insert(&mut tx, session).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn is_closed(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'administrator') AS \"found!: bool\""
    )
    .fetch_one(&mut **tx)
    .await?)
}
