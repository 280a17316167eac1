//! How far the set-up has come.

use super::{Lane, QueueFilter, QueuePage, handles};
use crate::access::{Administrator, Reviewer};
use crate::domain::Proposal;
use crate::store::{ConnectionDetails, ProfileDetails};
use crate::web::error::WebError;

/// What there is already of all that is needed.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The connections, by name.
    pub connections: Vec<ConnectionDetails>,
    /// The profiles, by name.
    pub profiles: Vec<ProfileDetails>,
    /// The names of the agents.
    pub agents: Vec<String>,
    /// What waits for a decision, the most urgent first.
    pub waiting: Vec<Proposal>,
    /// Whether anything was decided yet.
    pub is_decided: bool,
}

/// Whether there is an administrator.
pub async fn is_set_up() -> Result<bool, WebError> {
    let is_set_up = handles()?.access.is_set_up().await;
    is_set_up.map_err(|error| WebError::unavailable(&error))
}

/// How far the set-up has come.
pub async fn set_up_progress(by: &Administrator) -> Result<Progress, WebError> {
    let admin = handles()?.admin;
    let agents = admin.list_agents(by).await?;
    let open = queue(by, Lane::NeedsYou).await?;
    let is_under_way = open.counts.applying > 0 || open.counts.failed > 0;
    let is_decided = is_under_way || {
        let done = queue(by, Lane::Done).await?.proposals;
        done.iter().any(|proposal| proposal.decision.is_some())
    };
    Ok(Progress {
        connections: admin.list_connections(by).await?,
        profiles: admin.list_profiles(by).await?,
        agents: agents
            .into_iter()
            .map(|details| details.agent.name)
            .collect(),
        waiting: open.proposals,
        is_decided,
    })
}

/// Whether there is nothing left of the set-up that whoever looks could do.
pub async fn is_set_up_complete(reviewer: &Reviewer) -> Result<bool, WebError> {
    let Ok(administrator) = reviewer.person().clone().administrator() else {
        return Ok(true);
    };
    Ok(set_up_progress(&administrator).await?.is_decided)
}

async fn queue(by: &Administrator, lane: Lane) -> Result<QueuePage, WebError> {
    let person = by.person().ok_or(WebError::SignedOut)?;
    let reviewer = person.clone().reviewer()?;
    super::queue(&reviewer, lane, &QueueFilter::default(), None, 10).await
}
