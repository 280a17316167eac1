//! Pauses: what is held back for now, from one organization up to everything.

use std::num::ParseIntError;

use serde::{Deserialize, Serialize};

use super::ids::{AgentId, ConnectionId, OrganizationId, ProfileId};
use super::names::named_enum;
use super::time::Timestamp;

named_enum! {
    /// How far a pause reaches.
    pub enum PauseReach {
        /// Every write.
        All = "all",
        /// The writes over one connection.
        Connection = "connection",
        /// The writes of one agent.
        Agent = "agent",
        /// The writes of every agent with one profile.
        Profile = "profile",
        /// The writes for one client.
        Organization = "organization",
    }
}

/// What a pause holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "scope", content = "id", rename_all = "snake_case")]
pub enum PauseScope {
    /// Every write.
    All,
    /// The writes over this connection.
    Connection(ConnectionId),
    /// The writes of this agent.
    Agent(AgentId),
    /// The writes of every agent with this profile.
    Profile(ProfileId),
    /// The writes for this client.
    Organization(OrganizationId),
}

/// Why a reach and an id name nothing that could be paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPauseScope {
    /// It needs an id.
    #[error("needs the id of what is meant")]
    NoId,
    /// Everything has no id.
    #[error("needs no id: everything is meant")]
    NeedlessId,
    /// The id is none.
    #[error("is not an id")]
    BadId,
}

impl PauseScope {
    /// Reads how far a pause reaches, and the id of what it is about.
    ///
    /// # Errors
    /// [`BadPauseScope`] if the id is missing, needless, or none.
    pub fn parse(reach: PauseReach, id: Option<&str>) -> Result<Self, BadPauseScope> {
        let id = match (reach, id) {
            (PauseReach::All, None) => return Ok(Self::All),
            (PauseReach::All, Some(_)) => return Err(BadPauseScope::NeedlessId),
            (_, None) => return Err(BadPauseScope::NoId),
            (_, Some(id)) => id,
        };
        let of_uuid = |_: uuid::Error| BadPauseScope::BadId;
        match reach {
            PauseReach::All => Ok(Self::All),
            PauseReach::Connection => id.parse().map(Self::Connection).map_err(of_uuid),
            PauseReach::Agent => id.parse().map(Self::Agent).map_err(of_uuid),
            PauseReach::Profile => id.parse().map(Self::Profile).map_err(of_uuid),
            PauseReach::Organization => id
                .parse()
                .map(Self::Organization)
                .map_err(|_: ParseIntError| BadPauseScope::BadId),
        }
    }

    /// How far it reaches.
    pub const fn reach(self) -> PauseReach {
        match self {
            Self::All => PauseReach::All,
            Self::Connection(_) => PauseReach::Connection,
            Self::Agent(_) => PauseReach::Agent,
            Self::Profile(_) => PauseReach::Profile,
            Self::Organization(_) => PauseReach::Organization,
        }
    }

    /// The id of what it is about; none for everything.
    pub fn id(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Connection(id) => Some(id.to_string()),
            Self::Agent(id) => Some(id.to_string()),
            Self::Profile(id) => Some(id.to_string()),
            Self::Organization(id) => Some(id.to_string()),
        }
    }
}

/// That something is held back for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What.
    pub scope: PauseScope,
    /// What it is called.
    pub name: String,
    /// Why, in words.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// By whom: a person's name, or what else it was.
    pub by: String,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_scope_is_read_as_it_is_told() {
        let id = Uuid::from_u128(7);
        let scopes = [
            PauseScope::All,
            PauseScope::Connection(ConnectionId(id)),
            PauseScope::Agent(AgentId(id)),
            PauseScope::Profile(ProfileId(id)),
            PauseScope::Organization(OrganizationId(42)),
        ];
        for scope in scopes {
            let read = PauseScope::parse(scope.reach(), scope.id().as_deref());
            assert_eq!(read, Ok(scope));
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let parse = PauseScope::parse;
        assert_eq!(
            parse(PauseReach::All, Some("1")),
            Err(BadPauseScope::NeedlessId)
        );
        assert_eq!(parse(PauseReach::Agent, None), Err(BadPauseScope::NoId));
        assert_eq!(
            parse(PauseReach::Agent, Some("1")),
            Err(BadPauseScope::BadId)
        );
        assert_eq!(
            parse(PauseReach::Organization, Some("-1")),
            Err(BadPauseScope::BadId)
        );
    }
}
