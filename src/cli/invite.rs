//! `countersign user invite`

use std::collections::BTreeSet;
use std::process::ExitCode;

use secrecy::ExposeSecret as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::common::{Common, Opened};
use super::user::document;
use crate::admin::{self, Invitation};
use crate::domain::{Email, OrganizationId, OrganizationScope, PersonName, Role};

#[derive(Debug, clap::Args)]
pub(super) struct Invite {
    /// What the person will sign in with
    #[arg(long)]
    email: Email,
    /// What colleagues call them
    #[arg(long)]
    name: PersonName,
    /// What they may do: admin, technician or auditor
    #[arg(long, value_parser = Role::parse_typed)]
    role: Role,
    /// Only proposals of these organizations, by their ids in IT Glue [default: all]
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    organizations: Vec<OrganizationId>,
    #[command(flatten)]
    common: Common,
}

impl Invite {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open_or_create().await?;
        let organizations: BTreeSet<_> = self.organizations.into_iter().collect();
        let invite = admin::Invite {
            email: self.email,
            name: self.name,
            role: self.role,
            organizations: if organizations.is_empty() {
                OrganizationScope::All
            } else {
                OrganizationScope::Only(organizations)
            },
        };
        let invitation = opened.admin.invite_user(&opened.operator, invite).await?;
        show_link(&opened, &invitation)
    }
}

/// Shows a link through which somebody chooses a password, this once.
pub(super) fn show_link(opened: &Opened, invitation: &Invitation) -> anyhow::Result<ExitCode> {
    let settings = &opened.installation.settings;
    let link = Zeroizing::new(
        settings
            .public_url
            .with_path(&format!("/join/{}", invitation.secret.expose_secret())),
    );
    let mut document = document(&invitation.user);
    if let Some(members) = document.as_object_mut() {
        members.insert("link".to_owned(), link.as_str().into());
        members.insert("expires_at".to_owned(), json!(invitation.expires_at));
    }
    let text = format!(
        "{}\n\nThe link for {} ({}) to choose a password, shown this once. It expires at {}.",
        *link, invitation.user.name, invitation.user.email, invitation.expires_at
    );
    opened.output.show(&document, text)?;
    Ok(ExitCode::SUCCESS)
}
