//! What the pages of connections, agents and settings show.

use super::handles;
use crate::access::Administrator;
use crate::admin::Ref;
use crate::domain::{AgentId, ConnectionId, Pause, PauseScope, SecondFactor, SettingView};
use crate::web::error::WebError;

pub use crate::admin::{
    AgentOverview, AgentPage as AgentSheet, ConnectionHealth, ConnectionOverview,
    DEFAULT_TOKEN_DAYS, LONGEST_OVERLAP_HOURS, LONGEST_TOKEN_DAYS,
};
pub use crate::itglue::BudgetUse;
#[cfg(test)]
pub use crate::store::{
    AgentDetails, ConnectionDetails, ConnectionNotes, ConnectionPause, TokenOwner,
};
pub use crate::store::{PauseKind, TokenDetails};

/// How much one token of an agent may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// So many requests …
    pub requests: u32,
    /// … in so many seconds.
    pub per_seconds: u64,
    /// How many proposals may wait.
    pub waiting: u32,
}

/// What there is to choose from for an agent: id and name each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentChoices {
    /// What it may do.
    pub profiles: Vec<(String, String)>,
    /// Where it may do it.
    pub connections: Vec<(String, String)>,
    /// Who may answer for it.
    pub owners: Vec<(String, String)>,
}

/// All connections, and how each does.
pub async fn connections(by: &Administrator) -> Result<Vec<ConnectionOverview>, WebError> {
    Ok(handles()?.admin.connection_overviews(by).await?)
}

/// The connection of this id or name, and that a person paused it.
pub async fn connection(
    by: &Administrator,
    reference: &str,
) -> Result<(ConnectionOverview, Option<Pause>), WebError> {
    let reference: Ref<ConnectionId> = reference.parse().map_err(|_| WebError::NotFound)?;
    let overview = handles()?.admin.connection_overview(by, &reference).await?;
    let scope = PauseScope::Connection(overview.connection.id);
    Ok((overview, pause(by, scope).await?))
}

/// All agents, and how each fares.
pub async fn agents(by: &Administrator) -> Result<Vec<AgentOverview>, WebError> {
    Ok(handles()?.admin.agent_overviews(by).await?)
}

/// The agent of this id or name, and that a person paused it.
pub async fn agent(
    by: &Administrator,
    reference: &str,
) -> Result<(AgentSheet, Option<Pause>), WebError> {
    let reference: Ref<AgentId> = reference.parse().map_err(|_| WebError::NotFound)?;
    let page = handles()?.admin.agent_overview(by, &reference).await?;
    let scope = PauseScope::Agent(page.overview.details.agent.id);
    Ok((page, pause(by, scope).await?))
}

/// What there is to choose from for an agent.
pub async fn agent_choices(by: &Administrator) -> Result<AgentChoices, WebError> {
    let admin = handles()?.admin;
    let profiles = admin.list_profiles(by).await?;
    let connections = admin.list_connections(by).await?;
    let people = admin.list_users(by).await?;
    let may_answer = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none());
    Ok(AgentChoices {
        profiles: profiles
            .into_iter()
            .map(|profile| (profile.id.to_string(), profile.name))
            .collect(),
        connections: connections
            .into_iter()
            .map(|connection| (connection.id.to_string(), connection.name))
            .collect(),
        owners: may_answer
            .map(|person| (person.id.to_string(), person.name))
            .collect(),
    })
}

/// The settings that may change while the server runs.
pub async fn settings(by: &Administrator) -> Result<Vec<SettingView>, WebError> {
    Ok(handles()?.admin.settings(by).await?)
}

/// Who has to have a second factor.
pub fn second_factor(by: &Administrator) -> Result<SecondFactor, WebError> {
    Ok(handles()?.admin.second_factor(by))
}

/// How it was noticed that the database was restored from a backup, while everything is held back
/// for it.
pub async fn restore_sign(_by: &Administrator) -> Result<Option<String>, WebError> {
    let admin = handles()?.admin;
    if !admin.is_held_after_restore() {
        return Ok(None);
    }
    Ok(admin.restore_sign().await?.map(|sign| sign.to_string()))
}

async fn pause(by: &Administrator, scope: PauseScope) -> Result<Option<Pause>, WebError> {
    let pauses = handles()?.admin.pauses(by).await?;
    Ok(pauses.into_iter().find(|pause| pause.scope == scope))
}
