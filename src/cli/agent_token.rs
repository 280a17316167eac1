//! `countersign agent token …`

use std::process::ExitCode;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::common::{Common, Opened};
use super::output::Output;
use crate::admin::{CreatedToken, DEFAULT_TOKEN_DAYS, TokenReference, TokenRequest};
use crate::domain::{AddressRanges, Name};
use crate::store::{TokenDetails, TokenOwner};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Token {
    /// Make a token for an agent. It is shown once.
    Create(Create),
    /// List the tokens of an agent, those that ended included.
    List(List),
    /// Make a token that takes the place of another one, which goes on for a while.
    Rotate(Rotate),
    /// Revoke a token: the next request with it is refused.
    Revoke(Revoke),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Whose token
    #[arg(long)]
    agent: Name,
    /// What for [default: the agent's name]
    #[arg(long)]
    name: Option<Name>,
    /// Days until it expires, at most 365
    #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_TOKEN_DAYS)]
    expires_days: u32,
    /// Only from these addresses, such as `203.0.113.0/24,2001:db8::/32` [default: from everywhere]
    #[arg(
        long,
        value_name = "RANGES",
        default_value = "",
        hide_default_value = true
    )]
    addresses: AddressRanges,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Whose tokens
    #[arg(long)]
    agent: Name,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    /// The token's id, or the eight characters after its prefix
    #[arg(value_name = "ID")]
    id: String,
    /// For how many hours the old one still works, at most 168
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    overlap_hours: u32,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Revoke {
    /// The token's id, or the eight characters after its prefix
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    common: Common,
}

impl Token {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Rotate(command) => command.run().await,
            Self::Revoke(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let request = TokenRequest {
            name: self.name,
            days: self.expires_days,
            addresses: self.addresses,
        };
        let token = opened
            .admin
            .create_agent_token(&opened.operator, &self.agent.into(), request)
            .await?;
        show_once(opened.output, &token)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let tokens = opened
            .admin
            .agent_tokens(&opened.operator, &self.agent.into())
            .await?;
        list(&opened, &tokens)
    }
}

impl Rotate {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let old = find(&opened, &self.id).await?;
        let token = opened
            .admin
            .rotate_token(&opened.operator, old.id, self.overlap_hours)
            .await?;
        show_once(opened.output, &token)
    }
}

impl Revoke {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let reference = reference(&self.id)?;
        let token = opened
            .admin
            .revoke_token(&opened.operator, &reference)
            .await?;
        let text = format!("The token {} ({}) is revoked.", token.id, token.name);
        opened.output.show(&document(&token), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Shows tokens, and which of them still work.
pub(super) fn list(opened: &Opened, tokens: &[TokenDetails]) -> anyhow::Result<ExitCode> {
    let now = opened.installation.clock.now();
    let rows: Vec<_> = tokens
        .iter()
        .map(|token| {
            let state = match (token.works_at(now), token.revoked_at) {
                (true, _) => "works",
                (false, Some(_)) => "revoked",
                (false, None) => "expired",
            };
            let used = token
                .last_used_at
                .map_or_else(String::new, |at| at.to_string());
            [
                token.public_id.clone(),
                token.name.clone(),
                state.to_owned(),
                token.expires_at.to_string(),
                used,
                token.last_address.clone().unwrap_or_default(),
            ]
        })
        .collect();
    opened.output.list(
        tokens.iter().map(document).collect(),
        ["ID", "NAME", "STATE", "EXPIRES", "LAST USED", "FROM"],
        &rows,
    )?;
    Ok(ExitCode::SUCCESS)
}

fn reference(text: &str) -> anyhow::Result<TokenReference> {
    TokenReference::parse(text)
        .context("this is no id of a token, which looks like 01981f6e-… or Ab3dE6gH")
}

async fn find(opened: &Opened, text: &str) -> anyhow::Result<TokenDetails> {
    let reference = reference(text)?;
    Ok(opened.admin.token_of(&opened.operator, &reference).await?)
}

fn show_once(output: Output, token: &CreatedToken) -> anyhow::Result<ExitCode> {
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
    output.show(&document, text)?;
    Ok(ExitCode::SUCCESS)
}

/// All of a token but what is secret.
pub(super) fn document(token: &TokenDetails) -> Value {
    let (agent, user) = match token.owner {
        TokenOwner::Agent(id) => (Some(id), None),
        TokenOwner::User(id) => (None, Some(id)),
    };
    json!({
        "id": token.id,
        "public_id": token.public_id,
        "name": token.name,
        "agent_id": agent,
        "user_id": user,
        "addresses": token.addresses,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
        "last_address": token.last_address,
    })
}
