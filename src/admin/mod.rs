//! Upkeep of connections, profiles, agents, tokens and people.
//!
//! Every change takes the proof that an administrator asks for it and leaves its audit row in the
//! same transaction. What is secret is given back once, by the call that made it, and never again.

mod agent_overview;
mod agents;
mod audit;
mod connection_overview;
mod connection_test;
mod connections;
mod error;
mod invitations;
mod master_key;
mod pauses;
mod people;
mod profiles;
mod reference;
mod restore;
mod sample;
mod settings;
mod tokens;
mod trial;
mod user_overviews;
mod what_if;

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::Notify;

pub use agent_overview::{AgentOverview, AgentPage};
pub use agents::{AgentChange, AgentRequest};
pub use connection_overview::{ConnectionHealth, ConnectionOverview};
pub use connection_test::{ConnectionTest, TestResult};
pub use connections::{ConnectionRequest, CreatedConnection, KeyTrial};
pub use error::{AdminError, Kind};
pub use invitations::{Invitation, Invite};
pub use master_key::{Rewrapped, SealedUnder};
pub use people::{Credentials, PersonRequest, UserChange};
pub use profiles::{LONGEST_REASON, ProfileChange, ProfileDraft, ProfileOverview};
pub use reference::Ref;
pub use sample::SampleWrite;
pub use tokens::{
    CreatedToken, DEFAULT_TOKEN_DAYS, LONGEST_OVERLAP_HOURS, LONGEST_TOKEN_DAYS, TokenReference,
    TokenRequest,
};
pub use trial::{TRIAL_DAYS, TRIAL_LIMIT, Tally, TouchedOrganization, Trial};
pub use user_overviews::UserOverview;
pub use what_if::{Answer, Question, Topic, WhatIf};

use crate::access::{AccessSettings, Administrator};
use crate::domain::{AuditAction, AuditEvent, Clock, FixedSettings, SecondFactor};
use crate::itglue::Client;
use crate::secrets::{PasswordHasher, Vault};
use crate::store::Store;

/// What is fixed when the program starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminSettings {
    /// Whether a connection may have another address than IT Glue's own.
    pub allow_base_url: bool,
    /// Whether this is the demo, which takes keys of its own simulator only.
    pub is_demo: bool,
    /// Who has to have a second factor.
    pub second_factor: SecondFactor,
    /// What the operator gave of the settings that could change later.
    pub fixed: FixedSettings,
    /// A session that nobody uses ends after this time.
    pub idle_seconds: i64,
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self {
            allow_base_url: false,
            is_demo: false,
            second_factor: SecondFactor::Deciders,
            fixed: FixedSettings::default(),
            idle_seconds: AccessSettings::default().idle_seconds,
        }
    }
}

/// What [`Admin`] is made of.
#[derive(Clone)]
pub struct AdminParts {
    /// The tables.
    pub store: Store,
    /// Seals keys.
    pub vault: Vault,
    /// Tries keys out.
    pub itglue: Client,
    /// Hashes passwords.
    pub hasher: PasswordHasher,
    /// Time and ids.
    pub clock: Arc<dyn Clock>,
    /// Told when something that waited may go on.
    pub wake: Arc<Notify>,
    /// What is fixed when the program starts.
    pub settings: AdminSettings,
}

/// The upkeep. Cheap to clone.
#[derive(Clone)]
pub struct Admin(AdminParts);

impl Admin {
    /// Over these parts.
    pub const fn new(parts: AdminParts) -> Self {
        Self(parts)
    }

    /// An event of now, by whoever asks.
    fn event(&self, by: &Administrator, action: AuditAction, details: Value) -> AuditEvent {
        AuditEvent::new(self.0.clock.now(), by.actor(), action)
            .with(details)
            .from(by.address())
    }
}

#[cfg(test)]
mod tests;
