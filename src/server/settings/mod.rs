//! What an operator can set: by flag, by environment, in `countersign.toml`, in this order.
//!
//! An unknown key, an unknown `COUNTERSIGN_…` variable or a bad value is an error that names it.

mod args;
mod public_url;
mod sources;
mod values;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

pub use args::SettingsArgs;
pub use public_url::PublicUrl;
pub use sources::{Environment, Origin, SettingsError};
pub use values::{LogFormat, Rate};

use self::sources::{Key, Sources};
use crate::domain::{FixedSettings, SecondFactor, SettingKey};

/// Everything an operator can set, parsed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people and agents reach the server.
    pub listen: SocketAddr,
    /// The address that stands in links: https, or loopback.
    pub public_url: PublicUrl,
    /// Where everything is kept that the server writes.
    pub data_dir: PathBuf,
    /// The database.
    pub database_path: PathBuf,
    /// The master key.
    pub master_key_file: PathBuf,
    /// What is logged, as directives of `tracing`.
    pub log: String,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Where metrics are served, if they are.
    pub admin_listen: Option<SocketAddr>,
    /// How many connections there may be at a time; more wait to be accepted.
    pub max_connections: u32,
    /// How many proxies in front may be believed.
    pub trusted_proxies: u8,
    /// How long an approval can be undone. Three times that for the critical tier.
    pub hold_seconds: u32,
    /// After this time a request that has not taken effect never will.
    pub settle_seconds: u32,
    /// How long a proposal waits for a decision.
    pub proposal_ttl: Duration,
    /// Who has to have a second factor.
    pub second_factor: SecondFactor,
    /// What IT Glue allows per connection.
    pub itglue_rate: Rate,
    /// How long one request to IT Glue may take.
    pub request_timeout: Duration,
    /// What one agent token may do.
    pub token_rate: Rate,
    /// How many proposals of one agent token may wait.
    pub token_waiting: u32,
    /// Whether a connection may have another base URL than IT Glue's own.
    pub allow_base_url: bool,
    /// Which of the settings that could change later were given, and how.
    pub fixed: FixedSettings,
}

impl Settings {
    /// Puts the settings together. Relative paths start from `working_folder`, where
    /// `countersign.toml` is looked for as well.
    ///
    /// # Errors
    /// [`SettingsError`], which names what is wrong and says what is accepted.
    pub fn load(
        args: &SettingsArgs,
        environment: &Environment,
        working_folder: &Path,
    ) -> Result<Self, SettingsError> {
        let sources = Sources::gather(args, environment, working_folder)?;
        let listen = sources.parsed(Key::Listen, values::ADDRESS, values::address)?;
        let data_dir = working_folder.join(sources.text(Key::DataDir));
        let in_data_dir = |name: &str| data_dir.join(name);
        let key_file = sources.given(Key::MasterKeyFile);
        let seconds = |key| sources.parsed(key, values::SECONDS, values::seconds);
        let rate = |key| sources.parsed(key, values::RATE, values::rate);

        Ok(Self {
            listen,
            public_url: sources.parsed_or(
                Key::PublicUrl,
                &format!("http://{listen}"),
                public_url::ACCEPTED,
                PublicUrl::parse,
            )?,
            database_path: match sources.given(Key::DatabaseUrl) {
                None => in_data_dir("countersign.db"),
                Some(_) => working_folder.join(sources.parsed(
                    Key::DatabaseUrl,
                    values::DATABASE,
                    values::database,
                )?),
            },
            master_key_file: key_file.map_or_else(
                || in_data_dir("master.key"),
                |path| working_folder.join(path),
            ),
            log: sources.parsed(Key::Log, values::LOG, values::log)?,
            log_format: sources.parsed(Key::LogFormat, values::LOG_FORMAT, values::named)?,
            admin_listen: match sources.text(Key::AdminListen) {
                "off" => None,
                _ => Some(sources.parsed(
                    Key::AdminListen,
                    values::ADDRESS_OR_OFF,
                    values::address,
                )?),
            },
            max_connections: sources.parsed(Key::MaxConnections, values::COUNT, values::count)?,
            trusted_proxies: sources.parsed(
                Key::TrustedProxies,
                values::PROXIES,
                values::proxies,
            )?,
            hold_seconds: seconds(Key::HoldSeconds)?,
            settle_seconds: sources.parsed(
                Key::SettleSeconds,
                values::SECONDS_FROM_ONE,
                values::seconds_from_one,
            )?,
            proposal_ttl: sources.parsed(Key::ProposalTtl, values::TTL, values::ttl)?,
            second_factor: sources.parsed(
                Key::SecondFactor,
                values::SECOND_FACTOR,
                values::named,
            )?,
            itglue_rate: rate(Key::ItglueRate)?,
            request_timeout: sources
                .parsed(
                    Key::RequestTimeout,
                    values::SECONDS_FROM_ONE,
                    values::seconds_from_one,
                )
                .map(|seconds| Duration::from_secs(seconds.into()))?,
            token_rate: rate(Key::TokenRate)?,
            token_waiting: sources.parsed(Key::TokenWaiting, values::COUNT, values::count)?,
            allow_base_url: sources.parsed(Key::AllowBaseUrl, values::SWITCH, values::switch)?,
            fixed: fixed(&sources),
            data_dir,
        })
    }

    /// Makes the data folder where there is none, with mode 0700. One that is there stays as it is.
    ///
    /// # Errors
    /// [`SettingsError::DataDir`] if it cannot be made.
    pub fn create_data_dir(&self) -> Result<(), SettingsError> {
        if self.data_dir.is_dir() {
            return Ok(());
        }
        make_private_folder(&self.data_dir).map_err(|source| SettingsError::DataDir {
            path: self.data_dir.clone(),
            source,
        })
    }
}

/// What was given of the settings that could change later. Given, they cannot.
fn fixed(sources: &Sources) -> FixedSettings {
    let given = [
        (Key::HoldSeconds, SettingKey::HoldSeconds),
        (Key::ProposalTtl, SettingKey::ProposalTtl),
    ];
    given
        .into_iter()
        .filter_map(|(key, setting)| Some((setting, sources.given(key)?)))
        .fold(FixedSettings::default(), |fixed, (setting, text)| {
            fixed.with(setting, text)
        })
}

fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests;
