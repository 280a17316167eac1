//! Settings that may change while the server runs.

use serde_json::{Map, json};

use super::{Admin, AdminError};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{AuditAction, SecondFactor, SettingKey, SettingOrigin, SettingView};
use crate::store::StoredSetting;

impl Admin {
    /// Every setting that may change while the server runs, and where its value comes from.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn settings(&self, _by: &Administrator) -> Result<Vec<SettingView>, AdminError> {
        let stored = self.0.store.stored_settings().await?;
        let of_key = |key| stored.iter().find(|setting| setting.key == key);
        Ok(SettingKey::ALL
            .iter()
            .map(|key| self.view(*key, of_key(*key)))
            .collect())
    }

    /// Changes settings, all of these or none. An empty text gives the default back.
    ///
    /// # Errors
    /// `BadSetting` and `SettingFixed` name the one that stands in the way; `NothingToChange` if
    /// all are what they should be already.
    pub async fn change_settings(
        &self,
        by: &ProvenAdministrator,
        changes: &[(SettingKey, String)],
    ) -> Result<(), AdminError> {
        let before = self.settings(by).await?;
        let mut accepted = Vec::new();
        let mut details = Map::new();
        for (key, text) in changes {
            let text = text.trim();
            let was = before.iter().find(|view| view.key == *key);
            let was = was.map_or_else(String::new, |view| view.value.clone());
            let value = if text.is_empty() {
                key.default_text()
            } else {
                text
            };
            if was == value {
                continue;
            }
            if self.0.settings.fixed.of(*key).is_some() {
                return Err(AdminError::SettingFixed(*key));
            }
            if key.read(value).is_none() {
                let value = value.to_owned();
                return Err(AdminError::BadSetting { key: *key, value });
            }
            details.insert(
                key.as_str().to_owned(),
                json!({ "before": was, "after": value }),
            );
            accepted.push((*key, (!text.is_empty()).then(|| value.to_owned())));
        }
        if accepted.is_empty() {
            return Err(AdminError::NothingToChange);
        }
        let event = self.event(by, AuditAction::SettingsChanged, details.into());
        Ok(self.0.store.change_settings(&accepted, &event).await?)
    }

    /// Who has to have a second factor. Only the operator changes it.
    pub const fn second_factor(&self, _by: &Administrator) -> SecondFactor {
        self.0.settings.second_factor
    }

    fn view(&self, key: SettingKey, stored: Option<&StoredSetting>) -> SettingView {
        let default = key.default_text().to_owned();
        let (value, origin) = match (self.0.settings.fixed.of(key), stored) {
            (Some(value), _) => (value.to_owned(), SettingOrigin::Operator),
            (None, Some(stored)) => (
                stored.value.clone(),
                SettingOrigin::Dashboard {
                    by: stored.changed_by.clone(),
                    at: stored.changed_at,
                },
            ),
            (None, None) => (default.clone(), SettingOrigin::Default),
        };
        SettingView {
            key,
            default,
            value,
            origin,
        }
    }
}
