//! `countersign user change`, `sign-out` and `reset-link`.

use std::process::ExitCode;

use serde_json::json;

use super::agent::organizations_of;
use super::common::Common;
use super::invite::show_link;
use super::user::{Who, document};
use crate::admin::UserChange;
use crate::domain::{OrganizationScope, PersonName, Role};

#[derive(Debug, clap::Args)]
pub(super) struct Change {
    #[command(flatten)]
    who: Who,
    /// Another name
    #[arg(long)]
    name: Option<PersonName>,
    /// Another role: admin, technician or auditor. Their sessions end
    #[arg(long, value_parser = Role::parse_typed)]
    role: Option<Role>,
    /// Only proposals of these organizations, by their ids in IT Glue, or `all`
    #[arg(long, value_name = "ID,ID|all", value_parser = organizations_of)]
    organizations: Option<OrganizationScope>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct SignOut {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
pub(super) struct ResetLink {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    common: Common,
}

impl Change {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let user = admin.user_of(operator, self.who.email()?).await?;
        let change = UserChange {
            name: self.name,
            role: self.role,
            organizations: self.organizations,
        };
        let user = admin.change_user(operator, user.id, change).await?;
        let text = format!("{} ({}) was changed.", user.name, user.email);
        opened.output.show(&document(&user), text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl SignOut {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let user = admin.user_of(operator, self.who.email()?).await?;
        let ended = admin.end_sessions(operator, user.id).await?;
        let text = format!("{} is signed out; {ended} sessions ended.", user.email);
        let document = json!({ "email": user.email, "ended": ended });
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl ResetLink {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let (admin, operator) = (&opened.admin, &opened.operator);
        let user = admin.user_of(operator, self.who.email()?).await?;
        let link = admin.reset_link(operator, user.id).await?;
        show_link(&opened, &link)
    }
}
