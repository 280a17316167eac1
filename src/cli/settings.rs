//! `countersign settings …`: what may change while the server runs.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::common::{Common, Opened};
use crate::domain::{SettingKey, SettingOrigin};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Settings {
    /// List them with their values and where these come from.
    List(List),
    /// Change some, all of these or none. A running server follows at once.
    Set(Set),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    /// Such as `hold_seconds=30`; nothing after the sign gives the default back
    #[arg(value_name = "NAME=VALUE", required = true, value_parser = assignment)]
    changes: Vec<(SettingKey, String)>,
    #[command(flatten)]
    common: Common,
}

impl Settings {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(command) => show(&command.common.open().await?).await,
            Self::Set(command) => command.run().await,
        }
    }
}

impl Set {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let admin = &opened.admin;
        admin
            .change_settings(&opened.operator, &self.changes)
            .await?;
        show(&opened).await
    }
}

async fn show(opened: &Opened) -> anyhow::Result<ExitCode> {
    let settings = opened.admin.settings(&opened.operator).await?;
    let rows = settings.iter().map(|setting| {
        let origin = match &setting.origin {
            SettingOrigin::Default => "default".to_owned(),
            SettingOrigin::Operator => "flag, environment or file".to_owned(),
            SettingOrigin::Dashboard { by, at } => format!("{by}, {at}"),
        };
        [setting.key.to_string(), setting.value.clone(), origin]
    });
    let documents: Vec<Value> = settings.iter().map(|setting| json!(setting)).collect();
    opened.output.list(
        documents,
        ["NAME", "VALUE", "FROM"],
        &rows.collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn assignment(text: &str) -> anyhow::Result<(SettingKey, String)> {
    let (name, value) = text
        .split_once('=')
        .context("give a name and a value, such as hold_seconds=30")?;
    let known = || {
        let names: Vec<_> = SettingKey::ALL.iter().map(|key| key.as_str()).collect();
        format!("known are {}", names.join(", "))
    };
    let key = name.parse().with_context(known)?;
    Ok((key, value.to_owned()))
}
