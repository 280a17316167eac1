//! `countersign profile …`

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::choice::{on_or_off, one_of};
use super::common::{Common, Named};
use super::output::Output;
use crate::admin::ProfileChange;
use crate::domain::{AccessLevel, Name, PermissionGroup, Preset};
use crate::store::ProfileDetails;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Profile {
    /// Add a profile that starts as a preset. In every preset all writes ask.
    Create(Create),
    /// List all profiles.
    List(List),
    /// Show what a profile says, group by group.
    Show(Show),
    /// Change what a profile says, in one group or in all.
    Set(Set),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Its name
    #[arg(long)]
    name: Name,
    /// Where it starts from
    #[arg(
        long,
        default_value = "read-only",
        value_parser = one_of::<Preset>(&["read-only", "documentation", "full-access"])
    )]
    preset: Preset,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Show {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    #[command(flatten)]
    named: Named,
    /// The group to change [default: all groups]
    #[arg(long, value_parser = one_of::<PermissionGroup>(&[
        "organizations", "contacts", "documents", "flexible_assets", "flexible_asset_types",
        "configurations", "passwords",
    ]))]
    group: Option<PermissionGroup>,
    /// What agents may do there
    #[arg(long, value_parser = one_of::<AccessLevel>(&["disabled", "read-only", "read-write"]))]
    access: Option<AccessLevel>,
    /// Whether a technician is asked before a write
    #[arg(long, value_name = "on|off", hide_possible_values = true, value_parser = on_or_off())]
    ask: Option<bool>,
    /// Whether deletes may be proposed
    #[arg(long, value_name = "on|off", hide_possible_values = true, value_parser = on_or_off())]
    delete: Option<bool>,
    /// Why, for the audit
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Profile {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Show(command) => command.run().await,
            Self::Set(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open_or_create().await?;
        let profile = opened
            .admin
            .create_profile(&opened.operator, &self.name, self.preset)
            .await?;
        let text = format!(
            "The profile {} was added as {}.",
            profile.name, profile.preset
        );
        opened.output.show(&document(&profile), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let profiles = opened.admin.list_profiles(&opened.operator).await?;
        let rows = profiles.iter().map(|profile| {
            let (preset, version) = (profile.preset.to_string(), profile.version.to_string());
            [profile.name.clone(), preset, version]
        });
        opened.output.list(
            profiles.iter().map(document).collect(),
            ["NAME", "PRESET", "VERSION"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?;
        let profile = opened.admin.show_profile(&opened.operator, name).await?;
        show(opened.output, &profile)
    }
}

impl Set {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let change = ProfileChange {
            group: self.group,
            access: self.access,
            ask: self.ask,
            delete: self.delete,
            reason: self.reason,
        };
        let name = self.named.name()?;
        let profile = opened
            .admin
            .set_profile(&opened.operator, name, change)
            .await?;
        show(opened.output, &profile)
    }
}

fn show(output: Output, profile: &ProfileDetails) -> anyhow::Result<ExitCode> {
    if output.is_json {
        output.show(&document(profile), "")?;
        return Ok(ExitCode::SUCCESS);
    }
    let word = |is_on| if is_on { "on" } else { "off" }.to_owned();
    let rows = PermissionGroup::ALL.iter().map(|group| {
        let rule = profile.rules.of(*group);
        let (group, access) = (group.to_string(), rule.access.to_string());
        [group, access, word(rule.ask), word(rule.delete)]
    });
    output.list(
        Vec::new(),
        ["GROUP", "ACCESS", "ASK", "DELETE"],
        &rows.collect::<Vec<_>>(),
    )?;
    Ok(ExitCode::SUCCESS)
}

fn document(profile: &ProfileDetails) -> Value {
    let groups: Map<String, Value> = PermissionGroup::ALL
        .iter()
        .map(|group| (group.to_string(), json!(profile.rules.of(*group))))
        .collect();
    json!({
        "id": profile.id,
        "name": profile.name,
        "preset": profile.preset,
        "version": profile.version,
        "updated_at": profile.updated_at,
        "groups": groups,
    })
}
