//! `countersign agent …`

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::agent_token::Token;
use super::common::{Common, Named, Opened};
use super::output::Output;
use crate::admin::{AgentChange, AgentPage, AgentRequest};
use crate::domain::{
    Email, GatewayWait, Name, OrganizationId, OrganizationScope, Timestamp, UserId,
};
use crate::store::AgentDetails;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Agent {
    /// Add an agent.
    Create(Create),
    /// List all agents.
    List(List),
    /// Show one agent with its tokens.
    Show(Show),
    /// Change an agent. It holds from its next request on.
    Change(Change),
    /// Remove an agent of which nothing waits any more; its tokens are revoked.
    Remove(Remove),
    /// Stop an agent: its tokens are refused, its approved writes wait.
    Pause(Pause),
    /// Let an agent go on.
    Resume(Resume),
    /// Tokens of agents.
    #[command(subcommand)]
    Token(Token),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Its name
    #[arg(long)]
    name: Name,
    /// The profile that says what it may do
    #[arg(long)]
    profile: Name,
    /// The connection it works over
    #[arg(long)]
    connection: Name,
    /// Only these organizations, by their ids in IT Glue [default: all]
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    organizations: Vec<OrganizationId>,
    /// How many seconds the gateway lets a held write of it wait for its decision, at most 60
    #[arg(long, value_name = "SECONDS", default_value_t)]
    gateway_wait: GatewayWait,
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
pub(super) struct Change {
    /// Its name
    #[arg(value_name = "NAME")]
    agent: Name,
    /// Another name
    #[arg(long, value_name = "NAME")]
    rename: Option<Name>,
    /// Another profile
    #[arg(long)]
    profile: Option<Name>,
    /// Another connection
    #[arg(long)]
    connection: Option<Name>,
    /// Only these organizations, by their ids in IT Glue, or `all`
    #[arg(long, value_name = "ID,ID|all", value_parser = organizations_of)]
    organizations: Option<OrganizationScope>,
    /// How many seconds the gateway lets a held write of it wait for its decision, at most 60
    #[arg(long, value_name = "SECONDS")]
    gateway_wait: Option<GatewayWait>,
    /// Who answers for it, by their address
    #[arg(long, value_name = "EMAIL")]
    owner: Option<Email>,
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

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    named: Named,
    /// Why, for those who wait
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    named: Named,
    /// What has changed
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Agent {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Pause(command) => command.run().await,
            Self::Resume(command) => command.run().await,
            Self::Show(command) => command.run().await,
            Self::Change(command) => command.run().await,
            Self::Remove(command) => command.run().await,
            Self::Token(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let organizations: BTreeSet<_> = self.organizations.into_iter().collect();
        let request = AgentRequest {
            name: self.name,
            profile: self.profile.into(),
            connection: self.connection.into(),
            organizations: if organizations.is_empty() {
                OrganizationScope::All
            } else {
                OrganizationScope::Only(organizations)
            },
            gateway_wait: self.gateway_wait,
            owner: None,
        };
        let agent = opened.admin.create_agent(&opened.operator, request).await?;
        let name = &agent.agent.name;
        let text = format!(
            "The agent {name} was added; make a token with `countersign agent token create \
             --agent {name}`."
        );
        opened.output.show(&document(&agent), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let agents = opened.admin.list_agents(&opened.operator).await?;
        let rows = agents.iter().map(|agent| {
            [
                agent.agent.name.clone(),
                agent.profile.name.clone(),
                agent.connection.name.clone(),
                organizations(agent),
                state(agent).to_owned(),
            ]
        });
        opened.output.list(
            agents.iter().map(document).collect(),
            ["NAME", "PROFILE", "CONNECTION", "ORGANIZATIONS", "STATE"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let page = opened.admin.agent_overview(&opened.operator, &name).await?;
        let overview = &page.overview;
        let agent = &overview.details;
        let lines = [
            ("name", agent.agent.name.clone()),
            ("state", state(agent).to_owned()),
            ("profile", agent.profile.name.clone()),
            ("connection", agent.connection.name.clone()),
            ("organizations", organizations(agent)),
            ("gateway waits", format!("{} s", agent.gateway_wait)),
            (
                "owner",
                overview
                    .owner_name
                    .clone()
                    .unwrap_or_else(|| "nobody".to_owned()),
            ),
            ("waiting", overview.waiting.to_string()),
            ("tokens", overview.tokens.to_string()),
            ("last used", moment(overview.last_used_at)),
        ];
        let text: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("{name:<14} {value}"))
            .collect();
        opened.output.show(&page_document(&page), text.join("\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Change {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let owner = match &self.owner {
            Some(email) => Some(user_id(&opened, email).await?),
            None => None,
        };
        let change = AgentChange {
            name: self.rename,
            profile: self.profile.map(Into::into),
            connection: self.connection.map(Into::into),
            organizations: self.organizations,
            gateway_wait: self.gateway_wait,
            owner,
        };
        let agent = opened
            .admin
            .change_agent(&opened.operator, &self.agent.into(), change)
            .await?;
        let text = format!("{} was changed.", agent.agent.name);
        opened.output.show(&document(&agent), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Remove {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        opened.admin.remove_agent(&opened.operator, &name).await?;
        let text = format!("The agent {name} is removed and its tokens revoked.");
        opened
            .output
            .show(&json!({ "name": name.to_string(), "removed": true }), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Pause {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let agent = opened
            .admin
            .pause_agent(&opened.operator, &name, self.reason.as_deref())
            .await?;
        show(opened.output, &agent)
    }
}

impl Resume {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let reason = self.reason.as_deref();
        let agent = opened
            .admin
            .resume_agent(&opened.operator, &name, reason)
            .await?;
        show(opened.output, &agent)
    }
}

fn show(output: Output, agent: &AgentDetails) -> anyhow::Result<ExitCode> {
    let text = format!("{} is {}.", agent.agent.name, state(agent));
    output.show(&document(agent), text)?;
    Ok(ExitCode::SUCCESS)
}

const fn state(agent: &AgentDetails) -> &'static str {
    if agent.paused_at.is_some() {
        "paused"
    } else {
        "active"
    }
}

fn organizations(agent: &AgentDetails) -> String {
    match &agent.organizations {
        OrganizationScope::All => "all".to_owned(),
        OrganizationScope::Only(ids) => {
            let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
            ids.join(",")
        }
    }
}

async fn user_id(opened: &Opened, email: &Email) -> anyhow::Result<UserId> {
    let users = opened.admin.list_users(&opened.operator).await?;
    let user = users.iter().find(|user| user.email == email.as_str());
    let user = user.with_context(|| format!("there is no person with the address {email}"))?;
    Ok(user.id)
}

/// `all`, or ids with commas between them.
pub(super) fn organizations_of(text: &str) -> Result<OrganizationScope, String> {
    if text.trim() == "all" {
        return Ok(OrganizationScope::All);
    }
    let ids: Result<BTreeSet<OrganizationId>, _> =
        text.split(',').map(|id| id.trim().parse()).collect();
    ids.map(OrganizationScope::Only)
        .map_err(|_| "give ids with commas between them, or all".to_owned())
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

fn page_document(page: &AgentPage) -> Value {
    let AgentPage {
        overview,
        tokens,
        recent,
    } = page;
    let mut document = document(&overview.details);
    if let Some(members) = document.as_object_mut() {
        let recent: Vec<_> = recent
            .iter()
            .map(|proposal| json!({ "number": proposal.number, "status": proposal.status }))
            .collect();
        let tokens: Vec<_> = tokens.iter().map(super::agent_token::document).collect();
        for (key, value) in [
            ("owner", json!(overview.owner_name)),
            ("waiting", json!(overview.waiting)),
            ("last_used_at", json!(overview.last_used_at)),
            ("tokens", tokens.into()),
            ("recent", recent.into()),
        ] {
            members.insert(key.to_owned(), value);
        }
    }
    document
}

fn document(agent: &AgentDetails) -> Value {
    let organizations = match &agent.organizations {
        OrganizationScope::All => None,
        OrganizationScope::Only(ids) => Some(ids),
    };
    json!({
        "id": agent.agent.id,
        "name": agent.agent.name,
        "profile": agent.profile.name,
        "connection": agent.connection.name,
        "organizations": organizations,
        "gateway_wait_seconds": agent.gateway_wait,
        "created_at": agent.created_at,
        "paused_at": agent.paused_at,
        "pause_reason": agent.pause_reason,
    })
}
