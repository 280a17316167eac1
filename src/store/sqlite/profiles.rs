//! Access profiles.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::rows::{from_json, named, time, to_json};
use super::{Store, audit};
use crate::domain::{AgentId, AgentRef, AuditEvent, ProfileId, UserId};
use crate::store::{NewProfile, ProfileContent, ProfileDetails, ProfileEditor, StoreError};

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

    /// The profile of this id.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn profile(&self, id: ProfileId) -> Result<Option<ProfileDetails>, StoreError> {
        sqlx::query_as!(
            ProfileRow,
            "SELECT id AS \"id: Uuid\", name, preset, rules, version, updated_at
            FROM profiles
            WHERE id = $1",
            id.0,
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

    /// The agents that use a profile, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn agents_of_profile(&self, id: ProfileId) -> Result<Vec<AgentRef>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id AS \"id: Uuid\", name, owner_id AS \"owner_id: Uuid\"
            FROM agents
            WHERE profile_id = $1
            ORDER BY name
            LIMIT 1000",
            id.0,
        )
        .fetch_all(&self.readers)
        .await?;
        let agents = rows.into_iter().map(|row| AgentRef {
            id: AgentId(row.id),
            name: row.name,
            owner: row.owner_id.map(UserId),
        });
        Ok(agents.collect())
    }

    /// Who changed each of these profiles last. Profiles of which the audit says nothing are left
    /// out.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn profile_editors(
        &self,
        ids: &[ProfileId],
    ) -> Result<BTreeMap<ProfileId, ProfileEditor>, StoreError> {
        let subjects = to_json(&ids);
        let rows = sqlx::query!(
            "SELECT a.subject_id AS \"subject_id!\", u.name AS \"name?\"
            FROM json_each($1) AS wanted
            JOIN audit AS a
                ON a.number = (
                    SELECT number
                    FROM audit
                    WHERE subject = 'profile' AND subject_id = wanted.value
                        AND action IN ('profile.created', 'profile.changed')
                    ORDER BY number DESC
                    LIMIT 1
                )
            LEFT JOIN users AS u ON u.id = a.actor_id",
            subjects,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let id = named("audit", &row.subject_id, &row.subject_id)?;
                let editor = row
                    .name
                    .map_or(ProfileEditor::Operator, ProfileEditor::Person);
                Ok((id, editor))
            })
            .collect()
    }

    /// Changes what a profile is and says, if it is still the version the caller saw.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if somebody else has changed it meanwhile, [`StoreError::NameTaken`]
    /// if there is another one of this name.
    pub async fn change_profile(
        &self,
        id: ProfileId,
        version: i64,
        change: &ProfileContent,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let preset = change.preset.as_str();
        let rules = to_json(&change.rules);
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE profiles
            SET name = $3, preset = $4, rules = $5, version = version + 1, updated_at = $6
            WHERE id = $1 AND version = $2",
            id.0,
            version,
            change.name,
            preset,
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

    /// Removes a profile that no agent uses.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if an agent uses it, or it is gone already.
    pub async fn remove_profile(
        &self,
        id: ProfileId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let removed = sqlx::query!(
            "DELETE FROM profiles
            WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM agents WHERE profile_id = $1)",
            id.0,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if removed == 0 {
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
