//! Access profiles.

use uuid::Uuid;

use super::rows::{from_json, named, time, to_json};
use super::{Store, audit};
use crate::domain::{AuditEvent, GroupRules, ProfileId};
use crate::store::{NewProfile, ProfileDetails, StoreError};

impl Store {
    /// Adds a profile.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if there is one of this name.
    pub async fn create_profile(
        &self,
        profile: &NewProfile,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let preset = profile.preset.as_str();
        let rules = to_json(&profile.rules);
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO profiles (id, name, preset, rules, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, 1, $5, $5)",
            profile.id.0,
            profile.name,
            preset,
            rules,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn profile_by_name(&self, name: &str) -> Result<Option<ProfileDetails>, StoreError> {
        sqlx::query_as!(
            ProfileRow,
            "SELECT id AS \"id: Uuid\", name, preset, rules, version, updated_at
            FROM profiles
            WHERE name = $1",
            name,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(ProfileDetails::try_from)
        .transpose()
    }

    /// All profiles, by name.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn profiles(&self) -> Result<Vec<ProfileDetails>, StoreError> {
        sqlx::query_as!(
            ProfileRow,
            "SELECT id AS \"id: Uuid\", name, preset, rules, version, updated_at
            FROM profiles
            ORDER BY name
            LIMIT 1000",
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(ProfileDetails::try_from)
        .collect()
    }

    /// Changes what a profile says, if it is still the version the caller saw.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if somebody else has changed it meanwhile.
    pub async fn change_profile(
        &self,
        id: ProfileId,
        version: i64,
        rules: &GroupRules,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let rules = to_json(rules);
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE profiles
            SET rules = $3, version = version + 1, updated_at = $4
            WHERE id = $1 AND version = $2",
            id.0,
            version,
            rules,
            at,
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
}

pub(super) struct ProfileRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) preset: String,
    pub(super) rules: String,
    pub(super) version: i64,
    pub(super) updated_at: i64,
}

impl TryFrom<ProfileRow> for ProfileDetails {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ProfileId(row.id),
            preset: named("profiles", row.id, &row.preset)?,
            rules: from_json("profiles", row.id, &row.rules)?,
            name: row.name,
            version: row.version,
            updated_at: time(row.updated_at),
        })
    }
}
