//! What every command on the data has in common: its settings, its output, the opened installation.

use std::io::Read as _;

use anyhow::Context as _;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::output::Output;
use crate::access::ProvenAdministrator;
use crate::admin::Admin;
use crate::domain::Name;
use crate::server::clock::Clock;
use crate::server::settings::{Environment, Settings, SettingsArgs};
use crate::server::{Installation, logging};

/// The most that is read as a password or a key.
const LONGEST_SECRET: u64 = 16 * 1024;

/// Flags of every command on the data.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    /// Write one JSON document instead of text
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub settings: SettingsArgs,
}

/// A thing that is there, named with or without the flag.
#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// Its name
    #[arg(value_name = "NAME", required_unless_present = "by_flag")]
    name: Option<Name>,
    #[arg(id = "by_flag", long = "name", hide = true, conflicts_with = "name")]
    by_flag: Option<Name>,
}

impl Named {
    /// The name that was given.
    pub fn name(&self) -> anyhow::Result<&Name> {
        let name = self.name.as_ref().or(self.by_flag.as_ref());
        name.context("no name was given")
    }
}

/// An installation and the right to keep it.
pub(super) struct Opened {
    pub installation: Installation,
    pub admin: Admin,
    pub operator: ProvenAdministrator,
    pub output: Output,
}

impl Common {
    /// What the command writes with.
    pub const fn output(&self) -> Output {
        Output { is_json: self.json }
    }

    /// Opens an installation that is there.
    pub async fn open(&self) -> anyhow::Result<Opened> {
        let settings = load(&self.settings)?;
        logging::start(&settings);
        let installation = Installation::open(settings, Clock::system()).await?;
        Ok(self.opened(installation))
    }

    /// Opens an installation, making one where there is none.
    pub async fn open_or_create(&self) -> anyhow::Result<Opened> {
        let settings = load(&self.settings)?;
        logging::start(&settings);
        let installation = Installation::open_or_create(settings, Clock::system()).await?;
        Ok(self.opened(installation))
    }

    fn opened(&self, installation: Installation) -> Opened {
        Opened {
            admin: installation.admin(),
            operator: ProvenAdministrator::operator(),
            output: self.output(),
            installation,
        }
    }
}

/// Puts the settings together from flags, environment and file.
pub(super) fn load(args: &SettingsArgs) -> anyhow::Result<Settings> {
    let folder = std::env::current_dir().context("the working folder cannot be found")?;
    Ok(Settings::load(args, &Environment::of_process(), &folder)?)
}

/// Reads a secret from standard input. The line break after it is not part of it.
pub(super) fn read_secret(what: &str) -> anyhow::Result<SecretString> {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    std::io::stdin()
        .take(LONGEST_SECRET)
        .read_to_string(&mut text)
        .with_context(|| format!("the {what} cannot be read from standard input"))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!secret.is_empty(), "there is no {what} on standard input");
    Ok(secret.into())
}
