//! How the agents fare.

use std::collections::HashMap;

use super::{Admin, AdminError, Ref};
use crate::access::Administrator;
use crate::domain::{AgentId, Proposal, Timestamp, UserId};
use crate::store::{AgentDetails, ProposalFilter, TokenDetails, TokenOwner, TokenUse};

/// How many of its last proposals are shown with an agent.
const RECENT: u32 = 10;

/// An agent, and how it fares.
#[derive(Clone, Debug)]
pub struct AgentOverview {
    /// The agent.
    pub details: AgentDetails,
    /// The name of who answers for it.
    pub owner_name: Option<String>,
    /// When one of its tokens was last used.
    pub last_used_at: Option<Timestamp>,
    /// How many of its proposals are open.
    pub waiting: u32,
    /// How many tokens it has that work.
    pub tokens: u32,
    /// When the next of them expires.
    pub expires_at: Option<Timestamp>,
}

/// All there is to an agent.
#[derive(Clone, Debug)]
pub struct AgentPage {
    /// The agent, and how it fares.
    pub overview: AgentOverview,
    /// Its tokens, the newest first, those that ended included.
    pub tokens: Vec<TokenDetails>,
    /// What it proposed last, the newest first.
    pub recent: Vec<Proposal>,
}

/// What is asked once for all agents.
struct Known {
    owners: HashMap<UserId, String>,
    waiting: HashMap<AgentId, u32>,
    tokens: HashMap<AgentId, TokenUse>,
}

impl Admin {
    /// All agents, by name, and how each fares.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn agent_overviews(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<AgentOverview>, AdminError> {
        let known = self.known_of_agents().await?;
        let agents = self.0.store.agents().await?;
        Ok(agents
            .into_iter()
            .map(|agent| known.overview(agent))
            .collect())
    }

    /// One agent with its tokens and what it proposed last.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn agent_overview(
        &self,
        _by: &Administrator,
        reference: &Ref<AgentId>,
    ) -> Result<AgentPage, AdminError> {
        let agent = self.agent_of(reference).await?;
        let id = agent.agent.id;
        let store = &self.0.store;
        let filter = ProposalFilter::default();
        let recent = store.proposals_of_agent(id, &filter, None, RECENT).await?;
        Ok(AgentPage {
            overview: self.known_of_agents().await?.overview(agent),
            tokens: store.tokens_of(TokenOwner::Agent(id)).await?,
            recent: recent.items,
        })
    }

    async fn known_of_agents(&self) -> Result<Known, AdminError> {
        let store = &self.0.store;
        let users = store.users().await?;
        Ok(Known {
            owners: users.into_iter().map(|user| (user.id, user.name)).collect(),
            waiting: store.open_proposals_by_agent().await?,
            tokens: store.token_use_by_agent(self.0.clock.now()).await?,
        })
    }
}

impl Known {
    fn overview(&self, details: AgentDetails) -> AgentOverview {
        let agent = &details.agent;
        let tokens = self.tokens.get(&agent.id).copied().unwrap_or_default();
        AgentOverview {
            owner_name: agent
                .owner
                .and_then(|owner| self.owners.get(&owner).cloned()),
            last_used_at: tokens.last_used_at,
            waiting: self.waiting.get(&agent.id).copied().unwrap_or_default(),
            tokens: tokens.working,
            expires_at: tokens.next_expiry,
            details,
        }
    }
}
