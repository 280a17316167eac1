//! Links that invite people or let them choose another password.

use uuid::Uuid;

use super::rows::{named, time};
use super::users::{UserRow, insert as insert_user};
use super::{Store, Tx, audit, guesses, sessions};
use crate::domain::{AuditEvent, Timestamp, UserId};
use crate::store::{LinkDetails, NewLink, NewSession, NewUser, StoreError};

impl Store {
    /// Adds a person who has no password yet, and the link by which they choose one.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if the e-mail address is known already.
    pub async fn invite_user(
        &self,
        user: &NewUser,
        link: &NewLink,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert_user(&mut tx, user, event.at).await?;
        insert(&mut tx, link, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a new link. Earlier ones of the same person that were not used are void.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn create_link(&self, link: &NewLink, event: &AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        void(&mut tx, link.user_id).await?;
        insert(&mut tx, link, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The unused link whose secret has this hash, if it is valid at this time and its person is not
    /// switched off.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn link(
        &self,
        secret_hash: [u8; 32],
        at: Timestamp,
    ) -> Result<Option<LinkDetails>, StoreError> {
        let (secret_hash, at) = (secret_hash.as_slice(), at.as_millis());
        let row = sqlx::query!(
            "SELECT l.id AS \"link_id: Uuid\", l.purpose, l.expires_at,
                u.id AS \"user_id: Uuid\", u.email, u.name, u.role, u.password_hash, u.created_at,
                u.disabled_at, u.last_seen_at, u.organizations, u.factor_since
            FROM links AS l
            JOIN users AS u ON u.id = l.user_id
            WHERE l.secret_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2
                AND u.disabled_at IS NULL",
            secret_hash,
            at,
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
        Ok(Some(LinkDetails {
            user: user.try_into()?,
            purpose: named("links", row.link_id, &row.purpose)?,
            expires_at: time(row.expires_at),
        }))
    }

    /// Uses a link: sets the password, ends the person's sessions, opens a closed account, and starts
    /// a session.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the link is no longer valid.
    pub async fn use_link(
        &self,
        secret_hash: [u8; 32],
        password_hash: &str,
        session: &NewSession,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let user = session.user_id;
        let (secret_hash, at) = (secret_hash.as_slice(), event.at.as_millis());
        let mut tx = self.begin().await?;
        let spent = sqlx::query!(
            "UPDATE links
            SET used_at = $3
            WHERE secret_hash = $1 AND user_id = $2 AND used_at IS NULL AND expires_at > $3",
            secret_hash,
            user.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        let set = sqlx::query!(
            "UPDATE users SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL",
            user.0,
            password_hash,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if spent == 0 || set == 0 {
            return Err(StoreError::Changed);
        }
        void(&mut tx, user).await?;
        guesses::forget_of_user(&mut tx, user).await?;
        sessions::end_others(&mut tx, user, None, event.at).await?;
        sessions::insert(&mut tx, session).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Until when the invitations of those are valid, or were, who have not used theirs.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn invitations(&self) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT user_id AS \"user_id: Uuid\", expires_at
            FROM links
            WHERE used_at IS NULL AND purpose = 'invitation'",
        )
        .fetch_all(&self.readers)
        .await?;
        let of_row = rows
            .into_iter()
            .map(|row| (UserId(row.user_id), time(row.expires_at)));
        Ok(of_row.collect())
    }
}

/// Makes the unused links of a person void.
pub(super) async fn void(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM links WHERE user_id = $1 AND used_at IS NULL",
        user.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, link: &NewLink, at: Timestamp) -> Result<(), StoreError> {
    let purpose = link.purpose.as_str();
    let secret_hash = link.secret_hash.as_slice();
    let (created_at, expires_at) = (at.as_millis(), link.expires_at.as_millis());
    sqlx::query!(
        "INSERT INTO links (id, user_id, purpose, secret_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)",
        link.id,
        link.user_id.0,
        purpose,
        secret_hash,
        created_at,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
