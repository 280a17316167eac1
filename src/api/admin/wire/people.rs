//! People.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin;
use crate::admin::Invitation;
use crate::api::wire::organizations;
use crate::domain::{OrganizationId, Role, Timestamp, UserId};
use crate::store::UserDetails;

/// A person.
#[derive(Serialize, ToSchema)]
pub struct User {
    id: UserId,
    email: String,
    name: String,
    role: Role,
    /// The organizations whose proposals they see and decide; null for all of them.
    organizations: Option<Vec<OrganizationId>>,
    created_at: Timestamp,
    disabled_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    /// Since when a second factor is asked for.
    factor_since: Option<Timestamp>,
}

impl User {
    /// As they are stored.
    pub fn of(user: &UserDetails) -> Self {
        Self {
            id: user.id,
            email: user.email.clone(),
            name: user.name.clone(),
            role: user.role,
            organizations: organizations(&user.organizations),
            created_at: user.created_at,
            disabled_at: user.disabled_at,
            last_seen_at: user.last_seen_at,
            factor_since: user.factor_since,
        }
    }
}

/// A person as an administrator sees them.
#[derive(Serialize, ToSchema)]
pub struct UserOverview {
    #[serde(flatten)]
    user: User,
    /// In how many browsers they are signed in.
    sessions: u32,
    /// Until when their invitation is valid, or was: they have not used it yet.
    invitation_expires_at: Option<Timestamp>,
    /// Whether the account is closed after too many wrong tries.
    is_closed: bool,
}

impl UserOverview {
    /// As it is now.
    pub fn of(overview: &admin::UserOverview) -> Self {
        Self {
            user: User::of(&overview.user),
            sessions: overview.sessions,
            invitation_expires_at: overview.invitation,
            is_closed: overview.is_closed,
        }
    }
}

/// A person and the link that lets them choose a password: the only answer that holds it.
#[derive(Serialize, ToSchema)]
pub struct Invited {
    #[serde(flatten)]
    user: User,
    link: String,
    link_expires_at: Timestamp,
}

impl Invited {
    /// As it is returned by a server that people reach at this address.
    pub fn of(invitation: &Invitation, public_url: &str) -> Self {
        let secret = invitation.secret.expose_secret();
        Self {
            user: User::of(&invitation.user),
            link: format!("{public_url}/join/{secret}"),
            link_expires_at: invitation.expires_at,
        }
    }
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    pub ended: u32,
}
