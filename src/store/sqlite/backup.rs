//! A copy of the database in one file, made while others read and write.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::mark::Mark;
use super::{AuditFault, AuditHead, Store};
use crate::store::StoreError;

/// A backup that was made and looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Its size.
    pub bytes: u64,
    /// How many proposals are in it.
    pub proposals: i64,
    /// The end of the audit chain in it.
    pub head: AuditHead,
}

/// Why there is no backup. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something of this name is there, and is not overwritten.
    #[error("there is a file at {0} already")]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("cannot write {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The database cannot be copied, or the copy is damaged.
    #[error("the database cannot be copied")]
    Store(#[from] StoreError),
    /// The audit chain in the copy is broken, and so it is in the database.
    #[error("the audit chain is broken at row {}: {}", .0.number, .0.detail)]
    Chain(AuditFault),
}

impl BackupError {
    /// What the operator can do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Exists(_) => "name another file, or move that one away",
            Self::File { .. } => "check that the folder is there, is yours and has room",
            Self::Store(_) => "see the cause, and run `countersign check`",
            Self::Chain(_) => {
                "run `countersign audit verify`, and keep the last backup whose chain is whole"
            }
        }
    }
}

impl Store {
    /// Copies the database into a new file with mode 0600, and looks the copy through: every page,
    /// and the audit chain. The file has its name only once all of that is done.
    ///
    /// # Errors
    /// [`BackupError`]: there is no backup, and no file.
    pub async fn back_up(&self, file: &Path) -> Result<Backup, BackupError> {
        let name = Reserved::of(file)?;
        let part = Unfinished::beside(file)?;
        self.copy_into(&part.0).await?;
        let backup = looked_through(&part.0).await?;
        let failed = |source| failed(file, source);
        let written = File::open(&part.0).and_then(|copy| copy.sync_all());
        written.map_err(failed)?;
        fs::rename(&part.0, file).map_err(failed)?;
        name.keep();
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        // Not every file system knows how to do this; the file itself is on the disk.
        let _synced = File::open(folder.unwrap_or(Path::new("."))).and_then(|it| it.sync_all());
        Ok(backup)
    }

    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_string_lossy().into_owned();
        #[expect(
            clippy::disallowed_methods,
            reason = "this statement describes no columns, so the checked macros cannot take it"
        )]
        let copy = sqlx::query("VACUUM INTO $1").bind(name);
        copy.execute(&self.readers).await?;
        Ok(())
    }
}

/// Opens the copy as nobody will again before it is needed, without writing to it.
async fn looked_through(file: &Path) -> Result<Backup, BackupError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .map_err(StoreError::from)?;
    let copy = Store {
        writer: pool.clone(),
        readers: pool,
        changes: Arc::default(),
        mark: Arc::new(Mark::beside(file)),
    };
    let looked = look_through(&copy, file).await;
    copy.close().await;
    looked
}

async fn look_through(copy: &Store, file: &Path) -> Result<Backup, BackupError> {
    copy.check_file(true).await?;
    let head = copy.verify_audit().await?.map_err(BackupError::Chain)?;
    let proposals = sqlx::query_scalar!("SELECT count(*) AS \"count!: i64\" FROM proposals")
        .fetch_one(&copy.readers)
        .await
        .map_err(StoreError::from)?;
    let bytes = fs::metadata(file).map_err(|source| failed(file, source))?;
    Ok(Backup {
        bytes: bytes.len(),
        proposals,
        head,
    })
}

/// The name of the backup, taken so that nothing else gets it. Given back unless it is kept.
struct Reserved(Option<PathBuf>);

impl Reserved {
    fn of(file: &Path) -> Result<Self, BackupError> {
        make_private(file)?;
        Ok(Self(Some(file.to_owned())))
    }

    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            // What cannot be removed is empty and says so by its size.
            let _removed = fs::remove_file(file);
        }
    }
}

/// The file that is written to before it has its name.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(file: &Path) -> Result<Self, BackupError> {
        let mut name = file.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        make_private(&part)?;
        Ok(Self(part))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After it was renamed there is none.
        let _removed = fs::remove_file(&self.0);
    }
}

/// SQLite copies into a file that is there as long as it is empty, and leaves its mode alone.
fn make_private(file: &Path) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists(file.to_owned()))
        }
        Err(source) => Err(failed(file, source)),
    }
}

fn failed(path: &Path, source: io::Error) -> BackupError {
    let path = path.to_owned();
    BackupError::File { path, source }
}
