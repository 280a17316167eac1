//! One server per database: an exclusive lock on a file beside it.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Why the lock was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process serves this database.
    #[error("another server{} works on {database} already", process(*.holder))]
    Held {
        /// The database.
        database: PathBuf,
        /// The other process, if it wrote itself down.
        holder: Option<u32>,
    },
    /// The file cannot be used.
    #[error("cannot use the lock file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
}

impl LockError {
    /// What the operator can do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Held { .. } => {
                "stop it first, or name another folder with --data-dir; every other command works \
                 beside it"
            }
            Self::File { .. } => "check that the folder belongs to the user who runs this",
        }
    }
}

/// The lock. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock for this database, or says who has it.
    ///
    /// # Errors
    /// [`LockError::Held`] if another process serves the database.
    pub fn take(database: &Path) -> Result<Self, LockError> {
        let path = database.with_extension("lock");
        let failed = |source| LockError::File {
            path: path.clone(),
            source,
        };
        let mut file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    database: database.to_owned(),
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_holder(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Whether a server works on this database right now, as far as can be told.
pub fn is_served(database: &Path) -> bool {
    let locked = open(&database.with_extension("lock")).map(|file| file.try_lock());
    matches!(locked, Ok(Err(TryLockError::WouldBlock)))
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn process(holder: Option<u32>) -> String {
    holder.map_or_else(String::new, |id| format!(" (process {id})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_is_told_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("countersign.db");
        let held = ServeLock::take(&database).unwrap();
        let error = ServeLock::take(&database).unwrap_err().to_string();
        assert!(error.contains(&std::process::id().to_string()), "{error}");
        assert!(error.contains("countersign.db"), "{error}");
        drop(held);
        assert!(ServeLock::take(&database).is_ok());
    }
}
