//! The mark beside the database: how far the chain of the audit had come when a send was last about
//! to leave, or had ended. It is never part of a backup, so a database that is behind it was
//! restored from one.
//!
//! It moves with the intention as well as with the end: a backup from before the intention shows
//! the write as waiting, and nobody must believe that while it may be on its way.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::audit::BEFORE_THE_FIRST;
use super::{Store, Tx};
use crate::store::{RestoreSign, StoreError};

/// The file and what this process knows of it.
#[derive(Debug)]
pub(super) struct Mark {
    file: PathBuf,
    /// One writer at a time, so that the mark never goes back.
    turn: Mutex<()>,
    is_held: AtomicBool,
}

/// What the file says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Noted {
    instance: Uuid,
    number: i64,
    hash: String,
}

impl Mark {
    pub(super) fn beside(database: &Path) -> Self {
        let mut file = database.as_os_str().to_owned();
        file.push(".mark");
        Self {
            file: file.into(),
            turn: Mutex::new(()),
            is_held: AtomicBool::new(false),
        }
    }

    fn read(&self) -> io::Result<Option<Noted>> {
        let text = match fs::read(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // A mark that was cut off says no more than none.
        Ok(serde_json::from_slice(&text).ok())
    }

    /// The old mark or the new one is there, whatever happens in between; once this returns, the
    /// new one is there whatever happens after.
    fn write(&self, noted: &Noted) -> io::Result<()> {
        let text = serde_json::to_vec(noted)?;
        let draft = self.file.with_extension("mark-new");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&draft, &self.file)?;
        flush_folder_of(&self.file)
    }
}

/// Puts on the disk that a file of this folder has its name.
#[cfg(unix)]
fn flush_folder_of(file: &Path) -> io::Result<()> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new(".")))?.sync_all() {
        // Not every file system knows how to do this; there the file alone has to do.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        flushed => flushed,
    }
}

/// Folders cannot be flushed here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn flush_folder_of(_file: &Path) -> io::Result<()> {
    Ok(())
}

impl Store {
    /// Whether the tables are older than what was sent from them, by the mark beside them.
    ///
    /// # Errors
    /// If the database or the mark cannot be read.
    pub async fn restore_sign(&self) -> Result<Option<RestoreSign>, StoreError> {
        let noted = self.mark.read().map_err(unreadable)?;
        let Some(noted) = noted else {
            let has_history =
                sqlx::query_scalar!("SELECT EXISTS (SELECT 1 FROM proposals) AS \"any!: bool\"")
                    .fetch_one(&self.readers)
                    .await?;
            return Ok(has_history.then_some(RestoreSign::MarkMissing));
        };
        if self.instance().await?.map(|instance| instance.id) != Some(noted.instance) {
            return Ok(Some(RestoreSign::OtherInstance));
        }
        let found = self.audit_head().await?.number;
        if found < noted.number {
            return Ok(Some(RestoreSign::Behind {
                noted: noted.number,
                found,
            }));
        }
        let is_same = self.audit_hash(noted.number).await?.as_deref() == Some(noted.hash.as_str());
        Ok((!is_same).then_some(RestoreSign::Diverged {
            number: noted.number,
        }))
    }

    /// Looks at the mark before anything is sent. Where the tables were restored, nothing is until
    /// somebody answers for it: what waits says so. Where they were not, the mark is set.
    ///
    /// # Errors
    /// If the database or the mark cannot be read.
    pub async fn look_for_restore(&self) -> Result<Option<RestoreSign>, StoreError> {
        let sign = self.restore_sign().await?;
        match sign {
            Some(_) => {
                self.mark.is_held.store(true, Ordering::SeqCst);
                self.hold_after_restore().await?;
            }
            None => self.set_mark().await?,
        }
        Ok(sign)
    }

    /// Whether this process holds everything back, because the tables were restored.
    pub fn is_held_after_restore(&self) -> bool {
        self.mark.is_held.load(Ordering::SeqCst)
    }

    /// Whether everything is still held back; another process may have accepted the restore.
    ///
    /// # Errors
    /// If the database or the mark cannot be read.
    pub async fn is_still_held(&self) -> Result<bool, StoreError> {
        if self.is_held_after_restore() && self.restore_sign().await?.is_none() {
            self.mark.is_held.store(false, Ordering::SeqCst);
        }
        Ok(self.is_held_after_restore())
    }

    /// Notes how far the chain has come. What cannot be noted is logged and no more: the mark of the
    /// intention stands, so a backup from before it is still told.
    pub(super) async fn note_end_of_send(&self) {
        if let Err(error) = self.set_mark().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the mark beside the database cannot be written; nothing is sent until it can"
            );
        }
    }

    pub(super) async fn set_mark(&self) -> Result<(), StoreError> {
        let _turn = self.mark.turn.lock().await;
        let Some(instance) = self.instance().await? else {
            return Ok(());
        };
        let head = self.audit_head().await?;
        self.write_mark(Noted {
            instance: instance.id,
            number: head.number,
            hash: hex(&head.hash),
        })
        .await
    }

    /// Sets the mark on what this transaction has written last, before it is committed.
    pub(super) async fn move_mark_within(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let _turn = self.mark.turn.lock().await;
        let Some(instance) = self.instance().await? else {
            return Ok(());
        };
        let head = sqlx::query!("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
            .fetch_one(&mut **tx)
            .await?;
        self.write_mark(Noted {
            instance: instance.id,
            number: head.number,
            hash: hex(&head.hash),
        })
        .await
    }

    /// From now on the tables are the truth, however old they are.
    pub(super) fn end_hold(&self) {
        self.mark.is_held.store(false, Ordering::SeqCst);
    }

    /// Off the threads that others wait for: the file is flushed to the disk.
    async fn write_mark(&self, noted: Noted) -> Result<(), StoreError> {
        let mark = Arc::clone(&self.mark);
        tokio::task::spawn_blocking(move || mark.write(&noted))
            .await
            .map_err(|error| unreadable(io::Error::other(error)))?
            .map_err(unreadable)
    }

    async fn audit_hash(&self, number: i64) -> Result<Option<String>, StoreError> {
        if number == 0 {
            return Ok(Some(hex(&BEFORE_THE_FIRST)));
        }
        let hash = sqlx::query_scalar!("SELECT hash FROM audit WHERE number = $1", number)
            .fetch_optional(&self.readers)
            .await?;
        Ok(hash.map(|hash| hex(&hash)))
    }

    async fn hold_after_restore(&self) -> Result<(), StoreError> {
        const WHY: &str = "the database was restored from a backup; an administrator has to \
                           confirm it";
        let mut tx = self.begin().await?;
        sqlx::query!(
            "UPDATE items SET hold_reason = $1 WHERE state = 'queued'",
            WHY,
        )
        .execute(&mut *tx)
        .await?;
        self.commit(tx).await
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot go wrong.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

fn unreadable(error: io::Error) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Io(error))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_flushed_is_told() {
        let directory = tempfile::tempdir().unwrap();
        assert!(flush_folder_of(&directory.path().join("gate.db.mark")).is_ok());
        assert!(flush_folder_of(Path::new("gate.db.mark")).is_ok());
        assert!(flush_folder_of(&directory.path().join("missing/gate.db.mark")).is_err());
    }
}
