//! Links that invite people or let them choose another password.

use secrecy::SecretString;

use super::{Admin, AdminError};
use crate::access::ProvenAdministrator;
use crate::domain::{Email, OrganizationScope, PersonName, Role, Timestamp, UserId};
use crate::store::UserDetails;

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
        let _ = (by, invite);
        unimplemented!()
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
        let _ = (by, user);
        unimplemented!()
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
        let _ = (by, user);
        unimplemented!()
    }
}
