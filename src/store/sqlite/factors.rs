//! Second factors and recovery codes.

use super::sessions::{end_others, renew};
use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, Timestamp, UserId};
use crate::store::{NewFactor, RenewedSession, StoreError, StoredFactor, UsedCode};

impl Store {
    /// What a person's second factor is made of.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn factor(&self, user: UserId) -> Result<StoredFactor, StoreError> {
        let row = sqlx::query!(
            "SELECT factor_seed, factor_offered FROM users WHERE id = $1",
            user.0,
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map_or_else(StoredFactor::default, |row| StoredFactor {
            seed: row.factor_seed,
            offered: row.factor_offered,
        }))
    }

    /// Keeps a sealed seed as the offer, unless there is one already. Gives the one that counts.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if there is no such person.
    pub async fn offer_factor(&self, user: UserId, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        sqlx::query_scalar!(
            "UPDATE users
            SET factor_offered = coalesce(factor_offered, $2)
            WHERE id = $1
            RETURNING factor_offered AS \"offered!: Vec<u8>\"",
            user.0,
            sealed,
        )
        .fetch_optional(&self.writer)
        .await?
        .ok_or(StoreError::Changed)
    }

    /// Takes the offered seed as the second factor, with its recovery codes. The session goes on
    /// under its new cookie, complete and freshly proved; every other one of the person ends.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the offer is another one by now or the session has ended.
    pub async fn set_factor(
        &self,
        factor: &NewFactor<'_>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let since = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE users
            SET factor_seed = $3, factor_since = $4, factor_step = $5, factor_offered = NULL
            WHERE id = $1 AND factor_offered = $2 AND disabled_at IS NULL",
            factor.user_id.0,
            factor.offered,
            factor.seed,
            since,
            factor.step,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        write_codes(&mut tx, factor.user_id, factor.recovery_codes).await?;
        end_others(&mut tx, factor.user_id, Some(factor.session.id), event.at).await?;
        renew(&mut tx, factor.session, Some(event.at)).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes the second factor away. The session that is named goes on under its new cookie; every
    /// other one of the person ends.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the session has ended.
    pub async fn remove_factor(
        &self,
        user: UserId,
        session: Option<RenewedSession>,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE users
            SET factor_seed = NULL, factor_since = NULL, factor_step = NULL, factor_offered = NULL
            WHERE id = $1",
            user.0,
        )
        .execute(&mut *tx)
        .await?;
        write_codes(&mut tx, user, &[]).await?;
        end_others(&mut tx, user, session.map(|session| session.id), event.at).await?;
        if let Some(session) = session {
            renew(&mut tx, session, None).await?;
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts new recovery codes in the place of the old ones.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn set_recovery_codes(
        &self,
        user: UserId,
        hashes: &[[u8; 32]],
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        write_codes(&mut tx, user, hashes).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many recovery codes of a person are not used up.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn recovery_codes_left(&self, user: UserId) -> Result<u32, StoreError> {
        let left = sqlx::query_scalar!(
            "SELECT count(*) AS \"count!: i64\"
            FROM recovery_codes
            WHERE user_id = $1 AND used_at IS NULL",
            user.0,
        )
        .fetch_one(&self.readers)
        .await?;
        u32::try_from(left).map_err(|error| StoreError::inconsistent("recovery_codes", user, error))
    }
}

/// Uses a code up, inside the transaction of what it opens: of two who come with the same one, the
/// second finds it used.
pub(super) async fn use_up(
    tx: &mut Tx,
    user: UserId,
    code: UsedCode,
    at: Timestamp,
) -> Result<(), StoreError> {
    let changed = match code {
        UsedCode::Step(step) => {
            sqlx::query!(
                "UPDATE users
                SET factor_step = $2
                WHERE id = $1 AND factor_seed IS NOT NULL
                    AND (factor_step IS NULL OR factor_step < $2)",
                user.0,
                step,
            )
            .execute(&mut **tx)
            .await?
        }
        UsedCode::Recovery(hash) => {
            let (hash, at) = (hash.as_slice(), at.as_millis());
            sqlx::query!(
                "UPDATE recovery_codes
                SET used_at = $3
                WHERE user_id = $1 AND hash = $2 AND used_at IS NULL",
                user.0,
                hash,
                at,
            )
            .execute(&mut **tx)
            .await?
        }
    };
    if changed.rows_affected() == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

async fn write_codes(tx: &mut Tx, user: UserId, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM recovery_codes WHERE user_id = $1", user.0)
        .execute(&mut **tx)
        .await?;
    for hash in hashes {
        let hash = hash.as_slice();
        sqlx::query!(
            "INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)",
            user.0,
            hash,
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
