//! One installation: its folder, its tables, its key. The server and every command open it alike.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Notify;

use super::clock::Clock;
use super::settings::{Rate, Settings, SettingsError};
use crate::access::{Access, AccessParts, AccessSettings};
use crate::admin::{Admin, AdminParts, AdminSettings};
use crate::itglue::{BadRate, Client, ClientSettings, StartError};
use crate::secrets::{KeyFileError, KeyRing, PasswordHasher, Vault, WrongKey};
use crate::store::{Store, StoreError};

/// The file that marks a data folder as the demo's.
const DEMO_MARK: &str = "demo";

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no database, and this command does not make one.
    #[error("there is no database at {0}")]
    NoDatabase(PathBuf),
    /// The data folder.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The file of the database cannot be made or kept private.
    #[error("cannot use the database file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The tables.
    #[error("the database {path} cannot be opened")]
    Store {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The key file.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The key is another one.
    #[error("{path} is not the master key of this database")]
    WrongKey {
        /// The key file.
        path: PathBuf,
        /// Why.
        #[source]
        source: WrongKey,
    },
    /// The way to IT Glue.
    #[error(transparent)]
    Itglue(#[from] StartError),
    /// The rate cannot be kept.
    #[error("COUNTERSIGN_ITGLUE_RATE cannot be used")]
    Rate(#[from] BadRate),
}

impl OpenError {
    /// What the operator can do now.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoDatabase(_) => {
                "name the right folder with --data-dir, or make the first person with \
                 `countersign user create`"
            }
            Self::Settings(_) | Self::File { .. } => {
                "check that the folder exists and belongs to the user who runs this"
            }
            Self::Store { .. } => "see the cause; a backup can be put in its place",
            Self::KeyFile(_) | Self::WrongKey { .. } => {
                "put back the master key file that this database was made with, or name it with \
                 --master-key-file"
            }
            Self::Itglue(_) => "check the certificates of this machine (SSL_CERT_FILE)",
            Self::Rate(_) => "write it as requests/seconds, such as 3000/300s",
        }
    }
}

/// An installation, opened.
#[derive(Clone)]
pub struct Installation {
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The tables.
    pub store: Store,
    /// The keys.
    pub vault: Vault,
    /// The way to IT Glue.
    pub itglue: Client,
    /// Hashes passwords.
    pub hasher: PasswordHasher,
    /// Time and ids.
    pub clock: Clock,
    /// Wakes the worker.
    pub wake: Arc<Notify>,
    /// Whether it is the demo's.
    pub is_demo: bool,
}

impl Installation {
    /// Opens an installation, making what is not there yet.
    ///
    /// # Errors
    /// [`OpenError`] says what stands in the way; nothing is half-made then.
    pub async fn open_or_create(settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        settings.create_data_dir()?;
        keep_private(&settings.database_path).map_err(|source| OpenError::File {
            path: settings.database_path.clone(),
            source,
        })?;
        Self::open_files(settings, clock).await
    }

    /// Opens an installation that is there.
    ///
    /// # Errors
    /// [`OpenError`], `NoDatabase` among them.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        if !settings.database_path.is_file() {
            return Err(OpenError::NoDatabase(settings.database_path));
        }
        Self::open_or_create(settings, clock).await
    }

    /// Finds out who is asking.
    pub fn access(&self) -> Access {
        Access::new(AccessParts {
            store: self.store.clone(),
            vault: self.vault.clone(),
            hasher: self.hasher.clone(),
            clock: Arc::new(self.clock.clone()),
            settings: self.access_settings(),
        })
    }

    /// What the operator set about sign-ins.
    pub fn access_settings(&self) -> AccessSettings {
        AccessSettings {
            second_factor: self.settings.second_factor,
            ..AccessSettings::default()
        }
    }

    /// The upkeep of this installation.
    pub fn admin(&self) -> Admin {
        Admin::new(AdminParts {
            store: self.store.clone(),
            vault: self.vault.clone(),
            itglue: self.itglue.clone(),
            hasher: self.hasher.clone(),
            clock: Arc::new(self.clock.clone()),
            wake: Arc::clone(&self.wake),
            settings: AdminSettings {
                allow_base_url: self.settings.allow_base_url || self.is_demo,
                is_demo: self.is_demo,
                second_factor: self.settings.second_factor,
                fixed: self.settings.fixed.clone(),
                idle_seconds: self.access_settings().idle_seconds,
            },
        })
    }

    async fn open_files(settings: Settings, clock: Clock) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Store {
            path: settings.database_path.clone(),
            source,
        };
        let store = Store::open(&settings.database_path).await.map_err(failed)?;
        let vault = unlock(&settings, &store, &clock).await?;
        clock.resume_after(store.audit_head().await.map_err(failed)?.at);
        let itglue = Client::new(ClientSettings {
            request_timeout: settings.request_timeout,
            rate: itglue_rate(settings.itglue_rate)?,
            ..ClientSettings::default()
        })?;
        Ok(Self {
            is_demo: is_demo(&settings),
            settings: Arc::new(settings),
            store,
            vault,
            itglue,
            hasher: PasswordHasher::default(),
            clock,
            wake: Arc::new(Notify::new()),
        })
    }
}

/// Whether this data folder was made by the demo.
pub(super) fn is_demo(settings: &Settings) -> bool {
    settings.data_dir.join(DEMO_MARK).exists()
}

/// Marks the data folder as the demo's, for good.
pub(super) fn mark_demo(settings: &Settings) -> io::Result<()> {
    fs::write(
        settings.data_dir.join(DEMO_MARK),
        "The data in this folder is made up. No key of a real IT Glue is accepted here.\n",
    )
}

/// The key, made at the very first start and only then: a missing file must not become a new key
/// that opens nothing.
async fn unlock(settings: &Settings, store: &Store, clock: &Clock) -> Result<Vault, OpenError> {
    let failed = |source| OpenError::Store {
        path: settings.database_path.clone(),
        source,
    };
    let file = &settings.master_key_file;
    let known = store.instance().await.map_err(failed)?;
    let keys = match known {
        Some(_) => KeyRing::load(file)?,
        None => KeyRing::load_or_create(file)?,
    };
    let vault = Vault::with_file(keys, file);
    let instance = match known {
        Some(instance) => instance,
        None => store
            .claim_instance(clock.new_id(), &vault.check_value(), clock.now())
            .await
            .map_err(failed)?,
    };
    vault
        .confirm(&instance.key_check)
        .map_err(|source| OpenError::WrongKey {
            path: file.clone(),
            source,
        })?;
    Ok(vault)
}

/// Makes the file with mode 0600 before SQLite makes it with another; what SQLite puts beside it
/// gets the same mode.
fn keep_private(database: &Path) -> io::Result<()> {
    let mut options = fs::File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(database)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata()?.permissions().mode();
        if mode & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

fn itglue_rate(rate: Rate) -> Result<crate::itglue::Rate, BadRate> {
    format!("{}/{}s", rate.requests, rate.per.as_secs()).parse()
}
