//! The tables in SQLite: every line of SQL of the program stands in this folder.
//!
//! One connection writes, behind a queue; each of its transactions begins with `BEGIN IMMEDIATE`
//! and ends with the file on disk (`synchronous=FULL`). Reads have a pool of their own.

mod agent_upkeep;
mod agents;
mod audit;
mod audit_pages;
mod backup;
mod changes;
mod connection_upkeep;
mod connections;
mod contents;
mod decisions;
mod due;
mod evidence;
mod factors;
mod gauges;
mod guesses;
mod history;
mod links;
mod lists;
mod mark;
mod own_clients;
mod past;
mod pauses;
mod profiles;
mod proposals;
mod replay;
mod resolutions;
mod restore;
mod reverts;
mod rows;
mod same_writes;
mod sealed;
mod sessions;
mod settings;
mod setup;
mod sweeps;
mod teamwork;
mod tokens;
mod users;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use audit::{AuditFault, AuditHead, BadHead};
pub use backup::{Backup, BackupError};
pub use proposals::Revision;
pub use sealed::{SealedColumn, SealedCount, SealedRow};

use super::StoreError;
use crate::domain::Timestamp;

/// Older versions can corrupt a file in WAL mode.
const REQUIRED_SQLITE: &str = "3.51.3";
const READERS: u32 = 4;
const BEGIN: &str = "BEGIN IMMEDIATE";

/// A transaction of the one writer.
type Tx = Transaction<'static, Sqlite>;

/// The tables. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    changes: Arc<changes::Changes>,
    mark: Arc<mark::Mark>,
}

impl Store {
    /// Opens the file, making it and bringing it up to date where needed.
    ///
    /// # Errors
    /// If SQLite is too old, the file is damaged, or a migration cannot be done as a whole.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        keep_to_owner(file)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("trusted_schema", "OFF")
            .pragma("secure_delete", "ON");
        // A connection to a file cannot be lost, so none is tried out each time it is used.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .connect_with(options.clone().optimize_on_close(true, None))
            .await?;
        require_sqlite(&writer).await?;
        sqlx::migrate!()
            .run(&writer)
            .await
            .map_err(StoreError::Migration)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self {
            writer,
            readers,
            changes: Arc::default(),
            mark: Arc::new(mark::Mark::beside(file)),
        })
    }

    /// Looks through the file for damage: the quick way at start, every page with `thorough`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with SQLite's words.
    pub async fn check_file(&self, thorough: bool) -> Result<(), StoreError> {
        let statement = if thorough {
            "PRAGMA integrity_check"
        } else {
            "PRAGMA quick_check"
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "pragmas describe no columns, so the checked macros cannot take them"
        )]
        let finding: String = sqlx::query_scalar(statement)
            .fetch_one(&self.readers)
            .await?;
        if finding == "ok" {
            return Ok(());
        }
        Err(StoreError::Damaged(finding))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query_scalar!("SELECT 1 AS \"one!: i64\"")
            .fetch_one(&self.readers)
            .await?;
        Ok(())
    }

    /// Which installation this is; `None` before its first start.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn instance(&self) -> Result<Option<InstanceDetails>, StoreError> {
        let row = sqlx::query!("SELECT id AS \"id: uuid::Uuid\", key_check FROM instance")
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| InstanceDetails {
            id: row.id,
            key_check: row.key_check,
        }))
    }

    /// Notes which master key this database belongs to, or compares with the note.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn claim_instance(
        &self,
        id: uuid::Uuid,
        key_check: &str,
        at: Timestamp,
    ) -> Result<InstanceDetails, StoreError> {
        let at = at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO instance (singleton, id, key_check, created_at)
            VALUES (1, $1, $2, $3)
            ON CONFLICT (singleton) DO NOTHING",
            id,
            key_check,
            at,
        )
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query!("SELECT id AS \"id: uuid::Uuid\", key_check FROM instance")
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(InstanceDetails {
            id: row.id,
            key_check: row.key_check,
        })
    }

    /// Closes every connection, so that the file can be moved.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Commits a change of proposals, or of who may know of them, and has it handed out.
    async fn commit(&self, tx: Tx) -> Result<(), StoreError> {
        tx.commit().await?;
        self.changes.committed();
        Ok(())
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        match self.writer.begin_with(BEGIN).await {
            // Where the disk is full SQLite ends a transaction by itself, and sqlx goes on counting
            // it as open, for as long as the connection lives.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            }
            begun => Ok(begun?),
        }
    }
}

/// Which installation a database belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceDetails {
    /// Its id.
    pub id: uuid::Uuid,
    /// Tells whether a master key is the right one.
    pub key_check: String,
}

/// Nobody but the owner reads the file; SQLite gives the files beside it the same rights.
fn keep_to_owner(file: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Unavailable(sqlx::Error::Io(error))),
    }
}

async fn require_sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    let found = sqlx::query_scalar!("SELECT sqlite_version() AS \"version!: String\"")
        .fetch_one(pool)
        .await?;
    let parts = |version: &str| -> Vec<u32> {
        version
            .split('.')
            .map(|part| part.parse().unwrap_or(0))
            .collect()
    };
    if parts(&found) < parts(REQUIRED_SQLITE) {
        return Err(StoreError::OldSqlite {
            found,
            required: REQUIRED_SQLITE,
        });
    }
    Ok(())
}
