//! Where settings come from: flags, environment, file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::args::SettingsArgs;
use crate::domain::named_enum;

const PREFIX: &str = "COUNTERSIGN_";
const CONFIG: &str = "COUNTERSIGN_CONFIG";
const DATABASE_URL_FILE: &str = "COUNTERSIGN_DATABASE_URL_FILE";
const DEFAULT_FILE: &str = "countersign.toml";

named_enum! {
    /// One setting, by its name in the file.
    pub enum Key {
        /// See `Settings::listen`, and so on for the others.
        Listen = "listen",
        PublicUrl = "public_url",
        DataDir = "data_dir",
        DatabaseUrl = "database_url",
        MasterKeyFile = "master_key_file",
        Log = "log",
        LogFormat = "log_format",
        AdminListen = "admin_listen",
        MaxConnections = "max_connections",
        TrustedProxies = "trusted_proxies",
        HoldSeconds = "hold_seconds",
        SettleSeconds = "settle_seconds",
        ProposalTtl = "proposal_ttl",
        SecondFactor = "second_factor",
        ItglueRate = "itglue_rate",
        RequestTimeout = "request_timeout",
        TokenRate = "token_rate",
        TokenWaiting = "token_waiting",
        AllowBaseUrl = "allow_base_url",
    }
}

impl Key {
    const fn default(self) -> &'static str {
        match self {
            Self::Listen => "127.0.0.1:3000",
            Self::DataDir => "data",
            // These three follow from other settings.
            Self::PublicUrl | Self::DatabaseUrl | Self::MasterKeyFile => "",
            Self::Log => "info",
            Self::LogFormat => "text",
            Self::AdminListen => "off",
            Self::MaxConnections => "4096",
            Self::TrustedProxies | Self::AllowBaseUrl => "0",
            Self::HoldSeconds => "10",
            Self::SettleSeconds => "180",
            Self::ProposalTtl => "7d",
            Self::SecondFactor => "deciders",
            Self::ItglueRate => "3000/300s",
            Self::RequestTimeout => "40",
            Self::TokenRate => "60/60s",
            Self::TokenWaiting => "200",
        }
    }

    /// Whether the value may hold a password and is not to be repeated.
    const fn is_secret(self) -> bool {
        matches!(self, Self::DatabaseUrl)
    }

    fn variable(self) -> String {
        format!("{PREFIX}{}", self.as_str().to_uppercase())
    }

    fn flag(self) -> String {
        format!("--{}", self.as_str().replace('_', "-"))
    }
}

/// The variables of the process, as far as they are ours.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What the process was started with.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .map(|(name, value)| {
                let name = name.to_string_lossy().into_owned();
                (name, value.to_string_lossy().into_owned())
            })
            .collect()
    }

    /// A variable that has a value; an empty one counts as not set.
    fn value(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let ours = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX));
        Self(ours.collect())
    }
}

/// Where a value stands, in the words of the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag or a variable, by its name.
    Named(String),
    /// A key in a file.
    File(String, PathBuf),
    /// The content of a file that a variable names.
    ContentOf(PathBuf),
    /// Nobody set it.
    Default(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::File(key, path) => write!(f, "{key} in {}", path.display()),
            Self::ContentOf(path) => write!(f, "the content of {}", path.display()),
            Self::Default(variable) => write!(f, "{variable}, which is not set and"),
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable of ours that does not exist.
    #[error("{name} is no setting; the settings are {known}")]
    UnknownVariable {
        /// The variable.
        name: String,
        /// Those that exist.
        known: String,
    },
    /// A key in the file that does not exist.
    #[error("{key} in {path} is no setting; the settings are {known}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The file.
        path: PathBuf,
        /// Those that exist.
        known: String,
    },
    /// A value that cannot be used.
    #[error("{origin} is {value}; accepted is {accepted}")]
    BadValue {
        /// Where it stands.
        origin: Origin,
        /// The value, unless it may hold a secret.
        value: String,
        /// What would be accepted.
        accepted: &'static str,
    },
    /// A setting that is given twice in ways that do not go together.
    #[error("{0} and {1} are both set; one of them has to go")]
    Both(String, String),
    /// A file that cannot be read.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not TOML")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: toml::de::Error,
    },
    /// The data folder cannot be made.
    #[error("cannot make the data folder {path}")]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
}

/// Every value that was given, with where it stands. The strongest source has won.
pub(super) struct Sources(BTreeMap<Key, (String, Origin)>);

impl Sources {
    /// # Errors
    /// [`SettingsError`] if a source holds something that is no setting, or cannot be read.
    pub(super) fn gather(
        args: &SettingsArgs,
        environment: &Environment,
        working_folder: &Path,
    ) -> Result<Self, SettingsError> {
        let file = args.config.as_deref().or_else(|| environment.value(CONFIG));
        let mut values = match file {
            Some(path) => read_file(&working_folder.join(path))?,
            None => match working_folder.join(DEFAULT_FILE) {
                path if path.exists() => read_file(&path)?,
                _ => BTreeMap::new(),
            },
        };
        values.extend(read_environment(environment, working_folder)?);
        for key in Key::ALL {
            if let Some(value) = args.of(*key) {
                values.insert(*key, (value.to_owned(), Origin::Named(key.flag())));
            }
        }
        Ok(Self(values))
    }

    /// What was given, or the default.
    pub(super) fn text(&self, key: Key) -> &str {
        self.given(key).unwrap_or(key.default())
    }

    /// What was given.
    pub(super) fn given(&self, key: Key) -> Option<&str> {
        self.0.get(&key).map(|(value, _)| value.as_str())
    }

    /// What was given, or the default, parsed.
    pub(super) fn parsed<T>(
        &self,
        key: Key,
        accepted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingsError> {
        self.parsed_or(key, key.default(), accepted, parse)
    }

    /// What was given, or this default, parsed.
    pub(super) fn parsed_or<T>(
        &self,
        key: Key,
        default: &str,
        accepted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingsError> {
        let (value, origin) = match self.0.get(&key) {
            Some((value, origin)) => (value.as_str(), origin.clone()),
            None => (default, Origin::Default(key.variable())),
        };
        parse(value.trim()).ok_or_else(|| SettingsError::BadValue {
            origin,
            value: if key.is_secret() {
                "not usable".to_owned()
            } else {
                format!("`{value}`")
            },
            accepted,
        })
    }
}

type Given = BTreeMap<Key, (String, Origin)>;

fn read_environment(
    environment: &Environment,
    working_folder: &Path,
) -> Result<Given, SettingsError> {
    let mut values = Given::new();
    let mut known: BTreeMap<String, Key> =
        Key::ALL.iter().map(|key| (key.variable(), *key)).collect();
    for name in environment.0.keys() {
        let Some(key) = known.remove(name) else {
            if name == CONFIG || name == DATABASE_URL_FILE {
                continue;
            }
            return Err(SettingsError::UnknownVariable {
                name: name.clone(),
                known: list(Key::variable),
            });
        };
        if let Some(value) = environment.value(name) {
            values.insert(key, (value.to_owned(), Origin::Named(name.clone())));
        }
    }
    if let Some(file) = environment.value(DATABASE_URL_FILE) {
        if values.contains_key(&Key::DatabaseUrl) {
            let names = (Key::DatabaseUrl.variable(), DATABASE_URL_FILE.to_owned());
            return Err(SettingsError::Both(names.0, names.1));
        }
        let path = working_folder.join(file);
        let text = read_text(&path)?.trim().to_owned();
        values.insert(Key::DatabaseUrl, (text, Origin::ContentOf(path)));
    }
    Ok(values)
}

fn read_file(path: &Path) -> Result<Given, SettingsError> {
    let table: toml::Table = read_text(path)?
        .parse()
        .map_err(|source| SettingsError::NotToml {
            path: path.to_owned(),
            source,
        })?;
    let mut values = Given::new();
    for (name, value) in table {
        let key: Key = name.parse().map_err(|_| SettingsError::UnknownKey {
            key: name.clone(),
            path: path.to_owned(),
            known: list(|key| key.as_str().to_owned()),
        })?;
        let origin = Origin::File(name, path.to_owned());
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(switch) => switch.to_string(),
            toml::Value::Float(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => {
                return Err(SettingsError::BadValue {
                    origin,
                    value: format!("of the type {}", value.type_str()),
                    accepted: "a text, a whole number or true or false",
                });
            }
        };
        values.insert(key, (text, origin));
    }
    Ok(values)
}

fn read_text(path: &Path) -> Result<String, SettingsError> {
    fs::read_to_string(path).map_err(|source| SettingsError::File {
        path: path.to_owned(),
        source,
    })
}

fn list(name: impl Fn(Key) -> String) -> String {
    let names: Vec<_> = Key::ALL.iter().map(|key| name(*key)).collect();
    names.join(", ")
}
