//! `countersign pause`, `resume` and `pauses`: holding writes back, and letting them go on.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::choice::one_of;
use super::common::{Common, Opened};
use crate::domain::{self, PauseReach, PauseScope};

/// What is held back.
#[derive(Debug, clap::Args)]
struct Target {
    /// How far it reaches
    #[arg(value_parser = one_of::<PauseReach>(&[
        "all", "connection", "agent", "profile", "organization",
    ]))]
    scope: PauseReach,
    /// The name or id of what is meant; none with `all`. Organizations by their id in IT Glue
    #[arg(value_name = "NAME")]
    called: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    target: Target,
    /// Why, for those who wait
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    target: Target,
    /// What has changed
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Pauses {
    #[command(flatten)]
    common: Common,
}

impl Pause {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let scope = self.target.scope(&opened).await?;
        let pause = opened
            .admin
            .pause(&opened.operator, scope, &self.reason)
            .await?;
        let text = format!("{} is paused; what is approved waits.", pause.name);
        opened.output.show(&document(&pause), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Resume {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let scope = self.target.scope(&opened).await?;
        opened
            .admin
            .resume(&opened.operator, scope, self.reason.as_deref())
            .await?;
        let document = json!({ "scope": scope.reach(), "id": scope.id(), "paused": false });
        opened.output.show(&document, "Writes go on there.")?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Pauses {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let pauses = opened.admin.pauses(&opened.operator).await?;
        let rows = pauses.iter().map(|pause| {
            [
                pause.scope.reach().to_string(),
                pause.name.clone(),
                pause.since.to_string(),
                pause.by.clone(),
                pause.reason.clone(),
            ]
        });
        opened.output.list(
            pauses.iter().map(document).collect(),
            ["SCOPE", "NAME", "SINCE", "BY", "REASON"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Target {
    async fn scope(&self, opened: &Opened) -> anyhow::Result<PauseScope> {
        let called = self.called.as_deref();
        let scope = opened
            .admin
            .pause_scope(&opened.operator, self.scope, called)
            .await?;
        scope.with_context(|| format!("the scope `{}`", self.scope))
    }
}

fn document(pause: &domain::Pause) -> Value {
    json!({
        "scope": pause.scope.reach(),
        "id": pause.scope.id(),
        "name": pause.name,
        "reason": pause.reason,
        "since": pause.since,
        "by": pause.by,
    })
}
