//! People.

use uuid::Uuid;

use super::rows::{named, scope_from_json, scope_to_json, time, when};
use super::{Store, Tx, audit, guesses, links, sessions};
use crate::domain::{AuditEvent, Clients, Role, Timestamp, UserId};
use crate::store::{KeepAdministrator, NewUser, RenewedSession, StoreError, UserDetails};

impl Store {
    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if the e-mail address is known already.
    pub async fn create_user(&self, user: &NewUser, event: &AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert(&mut tx, user, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The person with this e-mail address.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserDetails>, StoreError> {
        sqlx::query_as!(
            UserRow,
            "SELECT id AS \"id: Uuid\", email, name, role, password_hash, created_at, disabled_at,
                last_seen_at, organizations, factor_since
            FROM users
            WHERE email = $1",
            email,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(UserDetails::try_from)
        .transpose()
    }

    /// The person with this id.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn user(&self, id: UserId) -> Result<Option<UserDetails>, StoreError> {
        sqlx::query_as!(
            UserRow,
            "SELECT id AS \"id: Uuid\", email, name, role, password_hash, created_at, disabled_at,
                last_seen_at, organizations, factor_since
            FROM users
            WHERE id = $1",
            id.0,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(UserDetails::try_from)
        .transpose()
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn users(&self) -> Result<Vec<UserDetails>, StoreError> {
        sqlx::query_as!(
            UserRow,
            "SELECT id AS \"id: Uuid\", email, name, role, password_hash, created_at, disabled_at,
                last_seen_at, organizations, factor_since
            FROM users
            ORDER BY name, email
            LIMIT 1000",
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(UserDetails::try_from)
        .collect()
    }

    /// Whether anybody but this person may decide now on what touches these clients.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn has_other_decider(
        &self,
        than: UserId,
        clients: &Clients,
    ) -> Result<bool, StoreError> {
        let limits = sqlx::query_scalar!(
            "SELECT DISTINCT organizations
            FROM users
            WHERE role IN ('technician', 'administrator') AND disabled_at IS NULL AND id <> $1",
            than.0,
        )
        .fetch_all(&self.readers)
        .await?;
        for limit in limits {
            if clients.are_within(&scope_from_json("users", "of another", limit)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sets a new password: sessions end, links are void, a closed account opens.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn reset_password(
        &self,
        id: UserId,
        hash: &str,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE users SET password_hash = $2 WHERE id = $1",
            id.0,
            hash,
        )
        .execute(&mut *tx)
        .await?;
        links::void(&mut tx, id).await?;
        guesses::forget_of_user(&mut tx, id).await?;
        sessions::end_others(&mut tx, id, None, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a password in the place of the one that was just verified. The session goes on under its
    /// new cookie; every other one of the person ends, and links are void.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the password or the session is another one by now.
    pub async fn change_password(
        &self,
        id: UserId,
        verified: &str,
        hash: &str,
        session: RenewedSession,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            id.0,
            verified,
            hash,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        links::void(&mut tx, id).await?;
        sessions::end_others(&mut tx, id, Some(session.id), event.at).await?;
        sessions::renew(&mut tx, session, None).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts a better hash of the same password in the place of the one that was just verified. A
    /// password that was changed meanwhile stays.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn raise_password_hash(
        &self,
        id: UserId,
        verified: &str,
        hash: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
            id.0,
            verified,
            hash,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Sets name, role and clients of a person as they stand here. Sessions end if the role is another
    /// one.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`] if one has to remain and none would; `Changed` if the role is
    /// not the one that was read.
    pub async fn change_user(
        &self,
        user: &UserDetails,
        role: Role,
        keep: KeepAdministrator,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let (before, after) = (user.role.as_str(), role.as_str());
        let organizations = scope_to_json(&user.organizations);
        let mut tx = self.begin().await?;
        if !role.may_administer() {
            keep.check(&mut tx, user.id).await?;
        }
        let changed = sqlx::query!(
            "UPDATE users
            SET name = $3, role = $4, organizations = $5
            WHERE id = $1 AND role = $2",
            user.id.0,
            before,
            user.name,
            after,
            organizations,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        if role != user.role {
            sessions::end_others(&mut tx, user.id, None, event.at).await?;
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the name of a person.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn rename_user(
        &self,
        id: UserId,
        name: &str,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("UPDATE users SET name = $2 WHERE id = $1", id.0, name)
            .execute(&mut *tx)
            .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Switches a person off, which ends their sessions, tokens and links at once.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`] if one has to remain and none would.
    pub async fn disable_user(
        &self,
        id: UserId,
        keep: KeepAdministrator,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        keep.check(&mut tx, id).await?;
        sqlx::query!(
            "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        links::void(&mut tx, id).await?;
        sessions::end_others(&mut tx, id, None, event.at).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Switches a person on again and opens their account. Their tokens stay revoked.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn enable_user(&self, id: UserId, event: &AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("UPDATE users SET disabled_at = NULL WHERE id = $1", id.0)
            .execute(&mut *tx)
            .await?;
        guesses::forget_of_user(&mut tx, id).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Adds a person, inside the transaction of what brings them.
pub(super) async fn insert(tx: &mut Tx, user: &NewUser, at: Timestamp) -> Result<(), StoreError> {
    let role = user.role.as_str();
    let organizations = scope_to_json(&user.organizations);
    let created_at = at.as_millis();
    sqlx::query!(
        "INSERT INTO users (id, email, name, role, password_hash, created_at, organizations)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        user.id.0,
        user.email,
        user.name,
        role,
        user.password_hash,
        created_at,
        organizations,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

impl KeepAdministrator {
    /// Whether somebody would be left who can administrate, if this person no longer could. Looked at
    /// inside the transaction, so that two who remove each other do not both succeed.
    async fn check(self, tx: &mut Tx, without: UserId) -> Result<(), StoreError> {
        match self {
            Self::No => return Ok(()),
            Self::Yes => {}
        }
        let row = sqlx::query!(
            "SELECT
                EXISTS (SELECT 1 FROM users
                    WHERE role = 'administrator' AND disabled_at IS NULL
                        AND password_hash IS NOT NULL AND id = $1) AS \"is_one!: bool\",
                EXISTS (SELECT 1 FROM users
                    WHERE role = 'administrator' AND disabled_at IS NULL
                        AND password_hash IS NOT NULL AND id <> $1) AS \"has_other!: bool\"",
            without.0,
        )
        .fetch_one(&mut **tx)
        .await?;
        if row.is_one && !row.has_other {
            return Err(StoreError::LastAdministrator);
        }
        Ok(())
    }
}

pub(super) struct UserRow {
    pub(super) id: Uuid,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) password_hash: Option<String>,
    pub(super) created_at: i64,
    pub(super) disabled_at: Option<i64>,
    pub(super) last_seen_at: Option<i64>,
    pub(super) organizations: Option<String>,
    pub(super) factor_since: Option<i64>,
}

impl TryFrom<UserRow> for UserDetails {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: UserId(row.id),
            role: named("users", row.id, &row.role)?,
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            created_at: time(row.created_at),
            disabled_at: when(row.disabled_at),
            last_seen_at: row.last_seen_at.map(Timestamp::from_millis),
            organizations: scope_from_json("users", row.id, row.organizations)?,
            factor_since: when(row.factor_since),
        })
    }
}
