//! Pauses: stopping what must not go on, and letting it go on again.

use super::{Admin, AdminError};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{Pause, PauseScope};

impl Admin {
    /// Holds writes back. What is approved waits and is not lost. Paused already is no error: the
    /// pause stays as it is.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn pause(
        &self,
        _by: &Administrator,
        _scope: PauseScope,
        _reason: &str,
    ) -> Result<Pause, AdminError> {
        unimplemented!()
    }

    /// Lets writes go on. Not paused is no error.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn resume(
        &self,
        _by: &ProvenAdministrator,
        _scope: PauseScope,
        _reason: Option<&str>,
    ) -> Result<(), AdminError> {
        unimplemented!()
    }

    /// Everything that is held back, the widest first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pauses(&self, _by: &Administrator) -> Result<Vec<Pause>, AdminError> {
        unimplemented!()
    }
}
