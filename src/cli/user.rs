//! `countersign user …`

use std::process::ExitCode;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::common::{Common, read_secret};
use super::invite::Invite;
use super::user_change::{Change, ResetLink, SignOut};
use super::user_token::Token;
use crate::admin::{Credentials, PersonRequest, UserOverview};
use crate::domain::{Email, OrganizationScope, PersonName, Role};
use crate::store::UserDetails;

#[derive(Debug, clap::Subcommand)]
pub(super) enum User {
    /// Add a person.
    Create(Create),
    /// List everybody.
    List(List),
    /// Add a person by a link through which they choose their own password. It is shown once.
    Invite(Invite),
    /// Change name, role or clients of a person.
    Change(Change),
    /// Make a link through which a person chooses another password. It is shown once.
    ResetLink(ResetLink),
    /// Sign a person out everywhere.
    SignOut(SignOut),
    /// Switch a person off: sessions and tokens end at once.
    Disable(Disable),
    /// Switch a person on again, or open an account that too many wrong tries have closed.
    Enable(Enable),
    /// Take the second factor off a person who has lost it: sessions end at once.
    ResetFactor(ResetFactor),
    /// Give a person a new password: sessions end at once.
    ResetPassword(ResetPassword),
    /// Personal tokens.
    #[command(subcommand)]
    Token(Token),
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// What the person signs in with
    #[arg(long)]
    email: Email,
    /// What colleagues call them
    #[arg(long)]
    name: PersonName,
    /// What they may do: admin, technician or auditor
    #[arg(long, value_parser = Role::parse_typed)]
    role: Role,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    common: Common,
}

/// A person, named with or without the flag.
#[derive(Debug, clap::Args)]
pub(super) struct Who {
    /// The person's e-mail address
    #[arg(value_name = "EMAIL", required_unless_present = "by_flag")]
    email: Option<Email>,
    #[arg(id = "by_flag", long = "email", hide = true, conflicts_with = "email")]
    by_flag: Option<Email>,
}

impl Who {
    /// The address that was given.
    pub fn email(&self) -> anyhow::Result<&Email> {
        let email = self.email.as_ref().or(self.by_flag.as_ref());
        email.context("no e-mail address was given")
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Disable {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct Enable {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct ResetFactor {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct ResetPassword {
    #[command(flatten)]
    who: Who,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    common: Common,
}

impl User {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Create(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Invite(command) => command.run().await,
            Self::Change(command) => command.run().await,
            Self::ResetLink(command) => command.run().await,
            Self::SignOut(command) => command.run().await,
            Self::Disable(command) => command.run().await,
            Self::Enable(command) => command.run().await,
            Self::ResetFactor(command) => command.run().await,
            Self::ResetPassword(command) => command.run().await,
            Self::Token(command) => command.run().await,
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let password = given_password(self.password_stdin)?;
        let opened = self.common.open_or_create().await?;
        let request = PersonRequest {
            email: self.email,
            name: self.name,
            role: self.role,
            password,
        };
        let created = opened.admin.create_user(&opened.operator, request).await?;
        let text = format!(
            "{} ({}) was added as {}.{}",
            created.user.name,
            created.user.email,
            created.user.role,
            password_text(&created)
        );
        opened.output.show(&with_password(&created), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let users = opened.admin.users(&opened.operator).await?;
        let rows = users.iter().map(|overview| {
            [
                overview.user.email.clone(),
                overview.user.name.clone(),
                overview.user.role.to_string(),
                state(overview).to_owned(),
            ]
        });
        opened.output.list(
            users.iter().map(overview_document).collect(),
            ["EMAIL", "NAME", "ROLE", "STATE"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Disable {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let email = self.who.email()?;
        let user = opened.admin.user_of(&opened.operator, email).await?;
        let user = opened.admin.disable_user(&opened.operator, user.id).await?;
        let text = format!("{} is switched off.", user.email);
        opened.output.show(&document(&user), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Enable {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let email = self.who.email()?;
        let user = opened.admin.user_of(&opened.operator, email).await?;
        let user = opened.admin.enable_user(&opened.operator, user.id).await?;
        let text = format!("{} can sign in again.", user.email);
        opened.output.show(&document(&user), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ResetFactor {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let email = self.who.email()?;
        let user = opened.admin.user_of(&opened.operator, email).await?;
        let user = opened.admin.reset_factor(&opened.operator, user.id).await?;
        let text = format!(
            "{} has no second factor any more; earlier sign-ins have ended.",
            user.email
        );
        opened.output.show(&document(&user), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ResetPassword {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let password = given_password(self.password_stdin)?;
        let opened = self.common.open().await?;
        let email = self.who.email()?;
        let reset = opened
            .admin
            .reset_password(&opened.operator, email, password)
            .await?;
        let text = format!(
            "{} has a new password; earlier sign-ins have ended.{}",
            reset.user.email,
            password_text(&reset)
        );
        opened.output.show(&with_password(&reset), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn given_password(from_stdin: bool) -> anyhow::Result<Option<SecretString>> {
    from_stdin.then(|| read_secret("password")).transpose()
}

pub(super) fn document(user: &UserDetails) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "last_seen_at": user.last_seen_at,
        "organizations": match &user.organizations {
            OrganizationScope::All => Value::Null,
            OrganizationScope::Only(ids) => json!(ids),
        },
        "factor_since": user.factor_since,
    })
}

/// In a word, what stands between a person and signing in.
const fn state(overview: &UserOverview) -> &'static str {
    if overview.user.disabled_at.is_some() {
        "disabled"
    } else if overview.is_closed {
        "closed"
    } else if overview.user.password_hash.is_none() {
        "invited"
    } else {
        "active"
    }
}

fn overview_document(overview: &UserOverview) -> Value {
    let mut document = document(&overview.user);
    if let Some(members) = document.as_object_mut() {
        members.insert("state".to_owned(), state(overview).into());
        members.insert("sessions".to_owned(), overview.sessions.into());
        members.insert("invited_until".to_owned(), json!(overview.invitation));
    }
    document
}

fn with_password(credentials: &Credentials) -> Value {
    let mut document = document(&credentials.user);
    if let (Some(members), Some(password)) = (document.as_object_mut(), &credentials.made_password)
    {
        members.insert("password".to_owned(), password.expose_secret().into());
    }
    document
}

fn password_text(credentials: &Credentials) -> String {
    match &credentials.made_password {
        Some(password) => format!("\nPassword, shown this once: {}", password.expose_secret()),
        None => String::new(),
    }
}
