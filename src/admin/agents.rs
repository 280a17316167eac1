//! Agents.

use serde_json::json;

use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{
    AgentId, AgentRef, AuditAction, ConnectionId, ConnectionRef, Name, OrganizationScope,
    ProfileId, Proposal, Timestamp, UserId,
};
use crate::store::{AgentDetails, NewAgent, ProfileDetails, TokenDetails};

/// An agent to be added.
#[derive(Clone, Debug)]
pub struct AgentRequest {
    /// Its name.
    pub name: Name,
    /// The profile it gets.
    pub profile: Ref<ProfileId>,
    /// The connection it works over.
    pub connection: Ref<ConnectionId>,
    /// The organizations it may see.
    pub organizations: OrganizationScope,
    /// Who answers for it; none: whoever adds it, and nobody for the operator.
    pub owner: Option<UserId>,
}

/// What is to be different in an agent; what is not named stays.
#[derive(Clone, Debug, Default)]
pub struct AgentChange {
    /// Its name.
    pub name: Option<Name>,
    /// The profile it gets.
    pub profile: Option<Ref<ProfileId>>,
    /// The connection it works over.
    pub connection: Option<Ref<ConnectionId>>,
    /// The organizations it may see.
    pub organizations: Option<OrganizationScope>,
    /// Who answers for it.
    pub owner: Option<UserId>,
}

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

impl Admin {
    /// All agents, by name, and how each fares.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn agent_overviews(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<AgentOverview>, AdminError> {
        unimplemented!()
    }

    /// One agent with its tokens and what it proposed last.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn agent_overview(
        &self,
        _by: &Administrator,
        _reference: &Ref<AgentId>,
    ) -> Result<AgentPage, AdminError> {
        unimplemented!()
    }

    /// Changes an agent. It holds from its next request on, and for what is approved already.
    ///
    /// # Errors
    /// [`AdminError`], `Missing`, `NameTaken` and `NothingToChange` among them.
    pub async fn change_agent(
        &self,
        _by: &ProvenAdministrator,
        _reference: &Ref<AgentId>,
        _change: AgentChange,
    ) -> Result<AgentDetails, AdminError> {
        unimplemented!()
    }

    /// Removes an agent: its tokens are revoked. Its name can be used again.
    ///
    /// # Errors
    /// [`AdminError::InUse`] while proposals of it wait.
    pub async fn remove_agent(
        &self,
        _by: &ProvenAdministrator,
        _reference: &Ref<AgentId>,
    ) -> Result<(), AdminError> {
        unimplemented!()
    }

    /// Adds an agent. Whoever adds it in person owns it; the operator owns none.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `NameTaken` among them.
    pub async fn create_agent(
        &self,
        by: &ProvenAdministrator,
        request: AgentRequest,
    ) -> Result<AgentDetails, AdminError> {
        let profile = self.profile_for(&request.profile).await?;
        let connection = self.connection_of(&request.connection).await?;
        let agent = NewAgent {
            id: AgentId(self.0.clock.new_id()),
            name: request.name.as_str().to_owned(),
            profile_id: profile.id,
            connection_id: connection.id,
            owner_id: request
                .owner
                .or_else(|| by.person().map(crate::access::Person::id)),
            organizations: request.organizations,
        };
        let details = json!({
            "name": agent.name,
            "profile": profile.name,
            "connection": connection.name,
            "organizations": agent.organizations,
        });
        let event = self
            .event(by, AuditAction::AgentCreated, details)
            .on("agent", agent.id);
        self.0
            .store
            .create_agent(&agent, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Agent, &agent.name))?;
        Ok(AgentDetails {
            agent: AgentRef {
                id: agent.id,
                name: agent.name,
                owner: agent.owner_id,
            },
            profile,
            connection: ConnectionRef {
                id: connection.id,
                name: connection.name,
            },
            organizations: agent.organizations,
            created_at: event.at,
            paused_at: None,
        })
    }

    /// All agents, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_agents(&self, _by: &Administrator) -> Result<Vec<AgentDetails>, AdminError> {
        Ok(self.0.store.agents().await?)
    }

    /// Stops an agent: its tokens are refused, its approved writes wait. Paused already is no
    /// error.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn pause_agent(
        &self,
        by: &Administrator,
        reference: &Ref<AgentId>,
    ) -> Result<AgentDetails, AdminError> {
        self.set_paused(by, reference, true).await
    }

    /// Lets an agent go on.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn resume_agent(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<AgentId>,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.set_paused(by, reference, false).await?;
        self.0.wake.notify_one();
        Ok(agent)
    }

    pub(super) async fn agent_of(
        &self,
        reference: &Ref<AgentId>,
    ) -> Result<AgentDetails, AdminError> {
        let mut agents = self.0.store.agents().await?;
        let position = agents.iter().position(|agent| match reference {
            Ref::Id(id) => agent.agent.id == *id,
            Ref::Name(name) => agent.agent.name == name.as_str(),
        });
        if let Some(position) = position {
            return Ok(agents.swap_remove(position));
        }
        Err(AdminError::Missing {
            kind: Kind::Agent,
            name: reference.to_string(),
            known: agents.into_iter().map(|agent| agent.agent.name).collect(),
        })
    }

    async fn profile_for(&self, reference: &Ref<ProfileId>) -> Result<ProfileDetails, AdminError> {
        let id = match reference {
            Ref::Name(name) => return self.profile_named(name).await,
            Ref::Id(id) => *id,
        };
        let profiles = self.0.store.profiles().await?;
        let known = profiles
            .iter()
            .map(|profile| profile.name.clone())
            .collect();
        let found = profiles.into_iter().find(|profile| profile.id == id);
        found.ok_or_else(|| AdminError::Missing {
            kind: Kind::Profile,
            name: id.to_string(),
            known,
        })
    }

    async fn set_paused(
        &self,
        by: &Administrator,
        reference: &Ref<AgentId>,
        paused: bool,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.agent_of(reference).await?;
        if agent.paused_at.is_some() == paused {
            return Ok(agent);
        }
        let action = if paused {
            AuditAction::AgentPaused
        } else {
            AuditAction::AgentResumed
        };
        let event = self
            .event(by, action, json!({ "name": agent.agent.name }))
            .on("agent", agent.agent.id);
        self.0
            .store
            .pause_agent(agent.agent.id, paused, &event)
            .await?;
        Ok(AgentDetails {
            paused_at: paused.then_some(event.at),
            ..agent
        })
    }
}
