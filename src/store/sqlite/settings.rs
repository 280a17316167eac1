//! Settings that administrators have changed.

use std::collections::BTreeMap;

use super::rows::{named, time};
use super::{Store, audit};
use crate::domain::{AuditEvent, FixedSettings, LiveSettings, SettingKey};
use crate::store::{StoreError, StoredSetting};

impl Store {
    /// What holds right now, whichever process changed it: a look at a table of a few rows.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn live_settings(&self, fixed: &FixedSettings) -> Result<LiveSettings, StoreError> {
        let rows = sqlx::query!("SELECT key, value FROM settings")
            .fetch_all(&self.readers)
            .await?;
        let stored = rows
            .into_iter()
            .map(|row| Ok((named("settings", &row.key, &row.key)?, row.value)))
            .collect::<Result<BTreeMap<SettingKey, String>, StoreError>>()?;
        Ok(LiveSettings::of(fixed, &stored))
    }

    /// What administrators have changed, when and by whom.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn stored_settings(&self) -> Result<Vec<StoredSetting>, StoreError> {
        let rows = sqlx::query!(
            "SELECT s.key, s.value, s.changed_at, u.name AS \"by?: String\"
            FROM settings AS s
            LEFT JOIN users AS u ON u.id = s.changed_by",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(StoredSetting {
                    key: named("settings", &row.key, &row.key)?,
                    value: row.value,
                    changed_at: time(row.changed_at),
                    changed_by: row.by.unwrap_or_else(|| "the operator".to_owned()),
                })
            })
            .collect()
    }

    /// Changes settings, all of these or none. One without a value goes back to its default.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn change_settings(
        &self,
        changes: &[(SettingKey, Option<String>)],
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let by = event.actor.person().map(|person| person.0);
        let mut tx = self.begin().await?;
        for (key, value) in changes {
            let key = key.as_str();
            sqlx::query!("DELETE FROM settings WHERE key = $1", key)
                .execute(&mut *tx)
                .await?;
            if let Some(value) = value {
                sqlx::query!(
                    "INSERT INTO settings (key, value, changed_at, changed_by)
                    VALUES ($1, $2, $3, $4)",
                    key,
                    value,
                    at,
                    by,
                )
                .execute(&mut *tx)
                .await?;
            }
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}
