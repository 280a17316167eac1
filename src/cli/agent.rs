//! `countersign agent …`

use std::collections::BTreeSet;
use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::common::{Common, Named};
use super::output::Output;
use crate::admin::{AgentRequest, DEFAULT_TOKEN_DAYS, TokenReference, TokenRequest};
use crate::domain::{Name, OrganizationId, OrganizationScope};
use crate::store::{AgentDetails, TokenOwner};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Agent {
    /// Add an agent.
    Create(Create),
    /// List all agents.
    List(List),
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
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Pause {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Token {
    /// Make a token for an agent. It is shown once.
    Create(TokenCreate),
    /// Revoke a token: the next request with it is refused.
    Revoke(TokenRevoke),
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenCreate {
    /// Whose token
    #[arg(long)]
    agent: Name,
    /// Days until it expires, at most 365
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_TOKEN_DAYS)]
    expires_days: u32,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct TokenRevoke {
    /// The token's id, or the eight characters after its prefix
    #[arg(value_name = "ID")]
    id: String,
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
            Self::Token(Token::Create(command)) => command.run().await,
            Self::Token(Token::Revoke(command)) => command.run().await,
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

impl Pause {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let agent = opened
            .admin
            .pause_agent(&opened.operator, &name, None)
            .await?;
        show(opened.output, &agent)
    }
}

impl Resume {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let name = self.named.name()?.clone().into();
        let agent = opened
            .admin
            .resume_agent(&opened.operator, &name, None)
            .await?;
        show(opened.output, &agent)
    }
}

impl TokenCreate {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let request = TokenRequest {
            days: self.expires_days,
            ..TokenRequest::default()
        };
        let token = opened
            .admin
            .create_agent_token(&opened.operator, &self.agent.into(), request)
            .await?;
        let text = format!(
            "{}\n\nThe token of {}, shown this once. It expires at {}. Its id is {}.",
            token.token.expose_secret(),
            token.owner,
            token.expires_at,
            token.id
        );
        let document = json!({
            "id": token.id,
            "public_id": token.public_id,
            "agent": token.owner,
            "token": token.token.expose_secret(),
            "expires_at": token.expires_at,
        });
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl TokenRevoke {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let Some(reference) = TokenReference::parse(&self.id) else {
            anyhow::bail!("this is no id of a token, which looks like 01981f6e-… or Ab3dE6gH");
        };
        let token = opened
            .admin
            .revoke_token(&opened.operator, &reference)
            .await?;
        let (agent, user) = match token.owner {
            TokenOwner::Agent(id) => (Some(id), None),
            TokenOwner::User(id) => (None, Some(id)),
        };
        let document = json!({
            "id": token.id,
            "public_id": token.public_id,
            "name": token.name,
            "agent_id": agent,
            "user_id": user,
            "revoked_at": token.revoked_at,
        });
        let text = format!("The token {} ({}) is revoked.", token.id, token.name);
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
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
        "created_at": agent.created_at,
        "paused_at": agent.paused_at,
    })
}
