//! Connections, profiles, agents, tokens and people as administrators read them. No secret is in
//! what these are made from, but where one was just made.

mod agents;
mod connections;
mod people;
mod profiles;
mod upkeep;

pub use agents::{Agent, AgentOverview, AgentPage, CreatedToken, Token};
pub use connections::{ConnectionOverview, Test, TestedConnection, Tried};
pub use people::{EndedSessions, Invited, User, UserOverview};
pub use profiles::{Profile, ProfileOverview, WhatIf};
pub use upkeep::{AcceptedRestore, Pause, Restore, SettingsList};
