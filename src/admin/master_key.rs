//! The master key: a new one in front, everything wrapped anew under it, the older ones dropped.
//!
//! A server may run meanwhile. It reads the key file again by itself, and until then seals under
//! the key before, which stays in the file; so whoever rotates wraps once more after a while.

use serde_json::json;

use super::{Admin, AdminError};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::AuditAction;
use crate::secrets::{KeyId, Place};
use crate::store::{SealedColumn, SealedRow};

/// How many records are wrapped anew in one transaction: few enough that nobody waits for long.
const BATCH: i64 = 100;

/// What came of wrapping everything anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many records are under the new key now that were not before.
    pub rows: u64,
    /// How many could not be opened and stay as they are.
    pub unreadable: u64,
}

/// How many records one master key has sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedUnder {
    /// The id of the key.
    pub key: String,
    /// Whether it is the one that seals now.
    pub is_current: bool,
    /// Whether it is in the key file.
    pub is_known: bool,
    /// How many.
    pub rows: u64,
}

impl Admin {
    /// Puts a new master key in front of the file. The one before stays in it.
    ///
    /// # Errors
    /// [`AdminError`], `KeyFile` among them.
    pub async fn rotate_master_key(&self, by: &ProvenAdministrator) -> Result<String, AdminError> {
        self.0.vault.rotate().map_err(AdminError::KeyFile)?;
        let key = self.0.vault.keys().current().id().to_string();
        let event = self.event(by, AuditAction::MasterKeyRotated, json!({ "key": key }));
        let check = self.0.vault.check_value();
        self.0.store.change_key_check(&check, &event).await?;
        Ok(key)
    }

    /// Wraps everything anew that an older master key has sealed. What is inside is not touched,
    /// nor opened.
    ///
    /// # Errors
    /// If the database does not answer. What was done until then stays done.
    pub async fn rewrap(&self, _by: &ProvenAdministrator) -> Result<Rewrapped, AdminError> {
        let mut all = Rewrapped::default();
        for column in SealedColumn::ALL {
            let done = self.rewrap_column(*column).await?;
            all.rows += done.rows;
            all.unreadable += done.unreadable;
        }
        Ok(all)
    }

    /// How many records each master key has sealed, those without any included.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn sealed_under(&self, _by: &Administrator) -> Result<Vec<SealedUnder>, AdminError> {
        let keys = self.0.vault.keys();
        let current = keys.current().id();
        let mut under: Vec<SealedUnder> = keys
            .all()
            .map(|key| SealedUnder {
                key: key.id().to_string(),
                is_current: key.id() == current,
                is_known: true,
                rows: 0,
            })
            .collect();
        for count in self.0.store.sealed_by_key().await? {
            let id = <[u8; 8]>::try_from(count.key_id.as_slice()).map(KeyId);
            let key = id.map_or_else(|_| "none".to_owned(), |id| id.to_string());
            match under.iter_mut().find(|known| known.key == key) {
                Some(known) => known.rows += count.rows,
                None => under.push(SealedUnder {
                    key,
                    is_current: false,
                    is_known: false,
                    rows: count.rows,
                }),
            }
        }
        Ok(under)
    }

    /// Drops the older master keys from the file, if nothing is sealed under them any more. Says
    /// how many.
    ///
    /// # Errors
    /// [`AdminError::KeysInUse`] says how many records still need them.
    pub async fn drop_older_keys(&self, by: &ProvenAdministrator) -> Result<usize, AdminError> {
        let under = self.sealed_under(by).await?;
        let older = || under.iter().filter(|key| key.is_known && !key.is_current);
        let rows: u64 = older().map(|key| key.rows).sum();
        if rows > 0 {
            return Err(AdminError::KeysInUse { rows });
        }
        let dropped: Vec<&str> = older().map(|key| key.key.as_str()).collect();
        if dropped.is_empty() {
            return Ok(0);
        }
        let details = json!({ "keys": dropped });
        let event = self.event(by, AuditAction::MasterKeysDropped, details);
        self.0.store.record_event(&event).await?;
        self.0.vault.forget_older().map_err(AdminError::KeyFile)?;
        Ok(dropped.len())
    }

    async fn rewrap_column(&self, column: SealedColumn) -> Result<Rewrapped, AdminError> {
        let mut done = Rewrapped::default();
        let mut after = 0;
        loop {
            let current = self.0.vault.keys().current().id();
            let rows = self
                .0
                .store
                .sealed_otherwise(column, current.0, after, BATCH)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(done);
            };
            after = last.place;
            let found = rows.len() as u64;
            let rewrapped: Vec<(SealedRow, Vec<u8>)> = rows
                .into_iter()
                .filter_map(|row| {
                    let anew = self.rewrapped(column, &row)?;
                    Some((row, anew))
                })
                .collect();
            done.unreadable += found - rewrapped.len() as u64;
            done.rows += self.0.store.replace_sealed(column, &rewrapped).await?;
        }
    }

    fn rewrapped(&self, column: SealedColumn, row: &SealedRow) -> Option<Vec<u8>> {
        let (table, name) = column.place();
        let place = Place::new(table, name, row.id.as_bytes());
        match self.0.vault.rewrap(place, &row.sealed) {
            Ok(rewrapped) => rewrapped,
            Err(error) => {
                tracing::warn!(%column, row = %row.id, %error, "a sealed record cannot be opened");
                None
            }
        }
    }
}
