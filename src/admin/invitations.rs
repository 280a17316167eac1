//! Links that invite people or let them choose another password.

use secrecy::SecretString;
use serde_json::json;

use super::{Admin, AdminError, Kind};
use crate::access::ProvenAdministrator;
use crate::domain::{
    AuditAction, Email, LinkPurpose, OrganizationScope, PersonName, Role, Timestamp, UserId,
};
use crate::secrets::OneTimeSecret;
use crate::store::{NewLink, NewUser, UserDetails};

const INVITATION_SECONDS: i64 = 7 * 24 * 60 * 60;
const RESET_SECONDS: i64 = 24 * 60 * 60;

/// A person to be invited.
#[derive(Clone, Debug)]
pub struct Invite {
    /// What they sign in with.
    pub email: Email,
    /// What colleagues call them.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// The clients whose proposals they see and decide.
    pub organizations: OrganizationScope,
}

/// A link for a person. Whoever has it chooses the password, so it is shown once.
#[derive(Debug)]
pub struct Invitation {
    /// Who.
    pub user: UserDetails,
    /// What stands in the link: `/join/<secret>`.
    pub secret: SecretString,
    /// Until when it is valid.
    pub expires_at: Timestamp,
}

impl Admin {
    /// Adds a person without a password, and makes the link by which they choose one, valid for seven
    /// days. Until then they cannot sign in.
    ///
    /// # Errors
    /// [`AdminError`], `NameTaken` among them.
    pub async fn invite_user(
        &self,
        by: &ProvenAdministrator,
        invite: Invite,
    ) -> Result<Invitation, AdminError> {
        let at = self.0.clock.now();
        let user = NewUser {
            id: UserId(self.0.clock.new_id()),
            email: invite.email.as_str().to_owned(),
            name: invite.name.as_str().to_owned(),
            role: invite.role,
            password_hash: None,
            organizations: invite.organizations,
        };
        let (link, secret) = self.new_link(user.id, LinkPurpose::Invitation, at);
        let details = json!({
            "email": user.email,
            "role": user.role,
            "organizations": user.organizations,
            "expires_at": link.expires_at,
        });
        let event = self
            .event(by, AuditAction::UserInvited, details)
            .on("user", user.id);
        self.0
            .store
            .invite_user(&user, &link, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Person, &user.email))?;
        Ok(Invitation {
            expires_at: link.expires_at,
            secret,
            user: UserDetails {
                id: user.id,
                email: user.email,
                name: user.name,
                role: user.role,
                password_hash: None,
                created_at: event.at,
                disabled_at: None,
                last_seen_at: None,
                organizations: user.organizations,
                factor_since: None,
            },
        })
    }

    /// A new link for somebody who has not used theirs. The earlier one is void.
    ///
    /// # Errors
    /// [`AdminError`]; `HasJoined` if they have a password already.
    pub async fn renew_invitation(
        &self,
        by: &ProvenAdministrator,
        user: UserId,
    ) -> Result<Invitation, AdminError> {
        let user = self.enabled(user).await?;
        if user.password_hash.is_some() {
            return Err(AdminError::HasJoined(user.email));
        }
        self.give_link(by, user, LinkPurpose::Invitation).await
    }

    /// A link by which a person chooses another password, valid for a day. Their sessions end when
    /// it is used, and an account that was closed opens.
    ///
    /// # Errors
    /// [`AdminError`]; a person who is switched off gets none.
    pub async fn reset_link(
        &self,
        by: &ProvenAdministrator,
        user: UserId,
    ) -> Result<Invitation, AdminError> {
        let user = self.enabled(user).await?;
        self.give_link(by, user, LinkPurpose::Reset).await
    }

    async fn enabled(&self, id: UserId) -> Result<UserDetails, AdminError> {
        let user = self.user_details(id).await?;
        if user.disabled_at.is_some() {
            return Err(AdminError::Disabled(user.email));
        }
        Ok(user)
    }

    async fn give_link(
        &self,
        by: &ProvenAdministrator,
        user: UserDetails,
        purpose: LinkPurpose,
    ) -> Result<Invitation, AdminError> {
        let (link, secret) = self.new_link(user.id, purpose, self.0.clock.now());
        let action = match purpose {
            LinkPurpose::Invitation => AuditAction::UserInvited,
            LinkPurpose::Reset => AuditAction::ResetLinkCreated,
        };
        let details = json!({ "email": user.email, "expires_at": link.expires_at });
        let event = self.event(by, action, details).on("user", user.id);
        self.0.store.create_link(&link, &event).await?;
        Ok(Invitation {
            expires_at: link.expires_at,
            secret,
            user,
        })
    }

    fn new_link(
        &self,
        user: UserId,
        purpose: LinkPurpose,
        at: Timestamp,
    ) -> (NewLink, SecretString) {
        let secret = OneTimeSecret::link();
        let lasts = match purpose {
            LinkPurpose::Invitation => INVITATION_SECONDS,
            LinkPurpose::Reset => RESET_SECONDS,
        };
        let link = NewLink {
            id: self.0.clock.new_id(),
            user_id: user,
            purpose,
            secret_hash: secret.hash(),
            expires_at: at.plus_seconds(lasts),
        };
        (link, secret.reveal())
    }
}
