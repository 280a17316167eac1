//! People.

use uuid::Uuid;

use super::rows::{named, scope_from_json, scope_to_json, time, when};
use super::{Store, audit};
use crate::domain::{AuditEvent, Clients, Timestamp, UserId};
use crate::store::{NewUser, StoreError, UserDetails};

impl Store {
    /// Adds a person.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if the e-mail address is known already.
    pub async fn create_user(&self, user: &NewUser, event: &AuditEvent) -> Result<(), StoreError> {
        let role = user.role.as_str();
        let organizations = scope_to_json(&user.organizations);
        let created_at = event.at.as_millis();
        let mut tx = self.begin().await?;
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
        .execute(&mut *tx)
        .await?;
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

    /// Sets a password's hash, because it is new or because the parameters were raised.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn set_password_hash(
        &self,
        id: UserId,
        hash: &str,
        event: Option<&AuditEvent>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE users SET password_hash = $2 WHERE id = $1",
            id.0,
            hash
        )
        .execute(&mut *tx)
        .await?;
        if let Some(event) = event {
            let at = event.at.as_millis();
            sqlx::query!(
                "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL",
                id.0,
                at,
            )
            .execute(&mut *tx)
            .await?;
            audit::append(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Switches a person off, which ends their sessions and tokens at once.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn disable_user(&self, id: UserId, event: &AuditEvent) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL",
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
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
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
