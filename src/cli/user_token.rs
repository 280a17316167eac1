//! `countersign user token …`

use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::agent_token::{self, Revoke};
use super::common::Common;
use super::user::Who;
use crate::admin::{CreatedToken, DEFAULT_TOKEN_DAYS, TokenRequest};
use crate::domain::{AddressRanges, Email, Name, ScopeSet};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Token {
    /// Make a token for a person's own programs. It is shown once.
    Create(Create),
    /// List the tokens of a person, those that ended included.
    List(List),
    /// Revoke a token: the next request with it is refused.
    Revoke(Revoke),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Whose token
    #[arg(long)]
    email: Email,
    /// What it is for
    #[arg(long)]
    name: Name,
    /// What it may do: read, decide, decide-critical, admin [default: read,decide, as far as the
    /// person's role goes]
    #[arg(long)]
    scope: Option<ScopeSet>,
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

impl Token {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Revoke(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let request = TokenRequest {
            name: Some(self.name.clone()),
            days: self.expires_days,
            addresses: self.addresses,
        };
        let token = opened
            .admin
            .create_user_token(&opened.operator, &self.email, self.scope, request)
            .await?;
        let text = format!(
            "{}\n\nThe token of {} for {}, shown this once. It expires at {}. Its id is {}.",
            token.token.expose_secret(),
            token.owner,
            token.scopes,
            token.expires_at,
            token.id
        );
        opened.output.show(&document(&token, &self.name), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let user = admin.user_of(operator, self.who.email()?).await?;
        let tokens = admin.user_tokens(operator, user.id).await?;
        agent_token::list(&opened, &tokens)
    }
}

fn document(token: &CreatedToken, name: &Name) -> Value {
    json!({
        "id": token.id,
        "public_id": token.public_id,
        "email": token.owner,
        "name": name,
        "scopes": token.scopes,
        "token": token.token.expose_secret(),
        "expires_at": token.expires_at,
    })
}
