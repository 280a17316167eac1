//! Settings that may change while the server runs.

use super::{Admin, AdminError};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{SecondFactor, SettingKey, SettingView};

impl Admin {
    /// Every setting that may change while the server runs, and where its value comes from.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn settings(&self, _by: &Administrator) -> Result<Vec<SettingView>, AdminError> {
        unimplemented!()
    }

    /// Changes settings, all of these or none. An empty text gives the default back.
    ///
    /// # Errors
    /// `BadSetting` and `SettingFixed` name the one that stands in the way.
    pub async fn change_settings(
        &self,
        _by: &ProvenAdministrator,
        _changes: &[(SettingKey, String)],
    ) -> Result<(), AdminError> {
        unimplemented!()
    }

    /// Who has to have a second factor. Only the operator changes it.
    pub const fn second_factor(&self, _by: &Administrator) -> SecondFactor {
        self.0.settings.second_factor
    }
}
