//! `countersign profile …`

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use super::choice::{on_or_off, one_of};
use super::common::{Common, Named};
use super::output::Output;
use crate::admin::{ProfileChange, ProfileDraft, Ref};
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
    /// Give a profile another name.
    Rename(Rename),
    /// Judge the proposals of the last 30 days again, with one setting changed. Nothing is saved.
    Try(Try),
    /// Remove a profile that no agent uses.
    Remove(Remove),
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

/// What is to be different.
#[derive(Debug, clap::Args)]
struct Change {
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
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    change: Change,
    /// Why, for the audit
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rename {
    /// Its name
    #[arg(value_name = "NAME")]
    profile: Name,
    /// Its new name
    #[arg(value_name = "NEW_NAME")]
    name: Name,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Try {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    change: Change,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    #[command(flatten)]
    named: Named,
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
            Self::Rename(command) => command.run().await,
            Self::Try(command) => command.run().await,
            Self::Remove(command) => command.run().await,
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
        let change = self.change.with_reason(self.reason);
        let name = self.named.name()?;
        let profile = opened
            .admin
            .set_profile(&opened.operator, name, change)
            .await?;
        show(opened.output, &profile)
    }
}

impl Rename {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let profile = admin.show_profile(operator, &self.profile).await?;
        let draft = ProfileDraft {
            name: Some(self.name),
            preset: None,
            rules: profile.rules,
            version: profile.version,
            reason: None,
            typed: Vec::new(),
        };
        let reference = Ref::Id(profile.id);
        let profile = admin.save_profile(operator, &reference, draft).await?;
        let text = format!("The profile is called {} now.", profile.name);
        opened.output.show(&document(&profile), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Try {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let profile = admin.show_profile(operator, self.named.name()?).await?;
        let draft = self.change.with_reason(None).apply_to(&profile.rules);
        let reference = Ref::Id(profile.id);
        let trial = admin.try_profile(operator, &reference, &draft).await?;
        let text = format!(
            "Of {} proposals since {}, {} pass by themselves now and {} would; people had rejected \
             or sent back {} of those. {} would be refused that are not now; {} cannot be judged any \
             more.",
            trial.looked_at,
            trial.since,
            trial.pass_now.count,
            trial.would_pass.count,
            trial.refused_by_people.count,
            trial.newly_refused.count,
            trial.unclear.count,
        );
        opened.output.show(&json!(trial), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        opened.admin.remove_profile(&opened.operator, &name).await?;
        let document = json!({ "name": name.to_string(), "removed": true });
        let text = format!("The profile {name} is removed.");
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Change {
    fn with_reason(&self, reason: Option<String>) -> ProfileChange {
        ProfileChange {
            group: self.group,
            access: self.access,
            ask: self.ask,
            delete: self.delete,
            reason,
        }
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
