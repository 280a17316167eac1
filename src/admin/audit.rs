//! The audit, for administrators to read and to copy out.

use std::path::Path;

use serde_json::json;

use super::{Admin, AdminError};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{AuditAction, AuditFilter, AuditRow, Timestamp};
use crate::store::Page;

impl Admin {
    /// Rows of the audit, newest first, from below this number. A page may be short, or empty, and
    /// still have a next one: each looks at so many rows and no more.
    ///
    /// # Errors
    /// The tables.
    pub async fn audit(
        &self,
        _by: &Administrator,
        filter: &AuditFilter,
        from: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditRow, i64>, AdminError> {
        Ok(self.0.store.audit_page(filter, from, limit).await?)
    }

    /// Begins to copy the audit out: writes that down, and gives the number to read on from with
    /// [`Self::audit_after`].
    ///
    /// # Errors
    /// The tables.
    pub async fn export_audit(
        &self,
        by: &ProvenAdministrator,
        since: Option<Timestamp>,
    ) -> Result<i64, AdminError> {
        let event = self.event(by, AuditAction::AuditExported, json!({ "since": since }));
        self.0.store.record_event(&event).await?;
        match since {
            None => Ok(0),
            Some(since) => Ok(self.0.store.audit_before(since).await?),
        }
    }

    /// Notes that a backup is being made. Whatever comes of it, its file may hold everything there is.
    ///
    /// # Errors
    /// The tables.
    pub async fn record_backup(
        &self,
        by: &ProvenAdministrator,
        file: &Path,
    ) -> Result<(), AdminError> {
        let details = json!({ "file": file.display().to_string() });
        let event = self.event(by, AuditAction::BackedUp, details);
        Ok(self.0.store.record_event(&event).await?)
    }

    /// Rows of the audit in the order they were written, from after this number.
    ///
    /// # Errors
    /// The tables.
    pub async fn audit_after(
        &self,
        _by: &ProvenAdministrator,
        number: i64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, AdminError> {
        Ok(self.0.store.audit_after(number, limit).await?)
    }
}
