//! A database that was restored from a backup: nothing is sent until somebody answers for it.

use serde_json::Value;

use super::{Admin, AdminError};
use crate::access::ProvenAdministrator;
use crate::domain::AuditAction;
use crate::store::{Accepted, RestoreSign, StoreError};

impl Admin {
    /// Whether the database is older than what was sent from it.
    ///
    /// # Errors
    /// If the database, or the mark beside it, cannot be read.
    pub async fn restore_sign(&self) -> Result<Option<RestoreSign>, AdminError> {
        Ok(self.0.store.restore_sign().await?)
    }

    /// Whether this process holds everything back for that reason.
    pub fn is_held_after_restore(&self) -> bool {
        self.0.store.is_held_after_restore()
    }

    /// Goes on with the restored database: what waited to be sent may have been sent since, and is
    /// looked for by reading first. `None`: nothing was restored, or somebody else was faster.
    ///
    /// # Errors
    /// If the database, or the mark beside it, cannot be read or written.
    pub async fn accept_restore(
        &self,
        by: &ProvenAdministrator,
    ) -> Result<Option<Accepted>, AdminError> {
        let event = self.event(by, AuditAction::RestoreAccepted, Value::Null);
        match self.0.store.accept_restore(event).await {
            Ok(accepted) => {
                self.0.wake.notify_one();
                Ok(Some(accepted))
            }
            Err(StoreError::Changed) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
