//! Agents.

use serde_json::json;

use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{
    AgentId, AgentRef, AuditAction, ConnectionId, ConnectionRef, GatewayWait, Name,
    OrganizationScope, ProfileId, UserId,
};
use crate::store::{AgentDetails, AgentEdit, NewAgent, ProfileDetails, Removal};

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
    /// How long the gateway lets a held write of it wait for its decision.
    pub gateway_wait: GatewayWait,
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
    /// How long the gateway lets a held write of it wait for its decision.
    pub gateway_wait: Option<GatewayWait>,
    /// Who answers for it.
    pub owner: Option<UserId>,
}

impl Admin {
    /// Adds an agent. Whoever adds it in person owns it, unless somebody else is named; the
    /// operator owns none.
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
        let owner = self.owner_for(request.owner).await?;
        let agent = NewAgent {
            id: AgentId(self.0.clock.new_id()),
            name: request.name.as_str().to_owned(),
            profile_id: profile.id,
            connection_id: connection.id,
            owner_id: owner.or_else(|| by.person().map(crate::access::Person::id)),
            organizations: request.organizations,
            gateway_wait: request.gateway_wait,
        };
        let details = json!({
            "name": agent.name,
            "profile": profile.name,
            "connection": connection.name,
            "organizations": agent.organizations,
            "gateway_wait_seconds": agent.gateway_wait,
            "owner": agent.owner_id,
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
            gateway_wait: agent.gateway_wait,
            created_at: event.at,
            paused_at: None,
            pause_reason: None,
            profile_paused_at: None,
        })
    }

    /// All agents, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_agents(&self, _by: &Administrator) -> Result<Vec<AgentDetails>, AdminError> {
        Ok(self.0.store.agents().await?)
    }

    /// Changes an agent. It holds from its next request on, and for what is approved already.
    ///
    /// # Errors
    /// [`AdminError`], `Missing`, `NameTaken` and `NothingToChange` among them.
    pub async fn change_agent(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<AgentId>,
        change: AgentChange,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.agent_of(reference).await?;
        let profile = match &change.profile {
            Some(profile) => Some(self.profile_for(profile).await?),
            None => None,
        };
        let connection = match &change.connection {
            Some(connection) => Some(self.connection_of(connection).await?),
            None => None,
        };
        let owner = self.owner_for(change.owner).await?;
        let changed = AgentDetails {
            agent: AgentRef {
                id: agent.agent.id,
                name: change.name.map_or(agent.agent.name.clone(), Into::into),
                owner: owner.or(agent.agent.owner),
            },
            profile: profile.unwrap_or_else(|| agent.profile.clone()),
            connection: connection.map_or(agent.connection.clone(), |connection| ConnectionRef {
                id: connection.id,
                name: connection.name,
            }),
            organizations: change
                .organizations
                .unwrap_or_else(|| agent.organizations.clone()),
            gateway_wait: change.gateway_wait.unwrap_or(agent.gateway_wait),
            ..agent.clone()
        };
        let (before, after) = (told(&agent), told(&changed));
        if before == after {
            return Err(AdminError::NothingToChange);
        }
        let event = self
            .event(
                by,
                AuditAction::AgentChanged,
                json!({ "before": before, "after": after }),
            )
            .on("agent", agent.agent.id);
        let edit = AgentEdit {
            name: Some(changed.agent.name.clone()),
            profile: Some(changed.profile.id),
            connection: Some(changed.connection.id),
            organizations: Some(changed.organizations.clone()),
            gateway_wait: Some(changed.gateway_wait),
            owner: changed.agent.owner,
        };
        self.0
            .store
            .change_agent(agent.agent.id, &edit, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Agent, &changed.agent.name))?;
        Ok(changed)
    }

    /// Removes an agent: its tokens are revoked. Its name can be used again.
    ///
    /// # Errors
    /// [`AdminError::InUse`] while proposals of it wait.
    pub async fn remove_agent(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<AgentId>,
    ) -> Result<(), AdminError> {
        let agent = self.agent_of(reference).await?.agent;
        let event = self
            .event(by, AuditAction::AgentRemoved, json!({ "name": agent.name }))
            .on("agent", agent.id);
        match self.0.store.remove_agent(agent.id, &event).await? {
            Removal::Done => Ok(()),
            Removal::InUse(uses) => Err(AdminError::InUse {
                kind: Kind::Agent,
                name: agent.name,
                waiting: uses.waiting,
                agents: uses.agents,
            }),
        }
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
        reason: Option<&str>,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.agent_of(reference).await?;
        if agent.paused_at.is_some() {
            return Ok(agent);
        }
        let details = json!({ "name": agent.agent.name, "reason": reason });
        let event = self
            .event(by, AuditAction::AgentPaused, details)
            .on("agent", agent.agent.id);
        let id = agent.agent.id;
        self.0.store.pause_agent(id, reason, &event).await?;
        Ok(AgentDetails {
            paused_at: Some(event.at),
            pause_reason: reason.map(str::to_owned),
            ..agent
        })
    }

    /// Lets an agent go on.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn resume_agent(
        &self,
        by: &ProvenAdministrator,
        reference: &Ref<AgentId>,
        reason: Option<&str>,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.agent_of(reference).await?;
        let details = json!({ "name": agent.agent.name, "reason": reason });
        let event = self
            .event(by, AuditAction::AgentResumed, details)
            .on("agent", agent.agent.id);
        self.0.store.resume_agent(agent.agent.id, &event).await?;
        self.0.wake.notify_one();
        Ok(AgentDetails {
            paused_at: None,
            pause_reason: None,
            ..agent
        })
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

    pub(super) async fn profile_for(
        &self,
        reference: &Ref<ProfileId>,
    ) -> Result<ProfileDetails, AdminError> {
        let mut profiles = self.0.store.profiles().await?;
        let position = profiles.iter().position(|profile| match reference {
            Ref::Id(id) => profile.id == *id,
            Ref::Name(name) => profile.name == name.as_str(),
        });
        if let Some(position) = position {
            return Ok(profiles.swap_remove(position));
        }
        Err(AdminError::Missing {
            kind: Kind::Profile,
            name: reference.to_string(),
            known: profiles.into_iter().map(|profile| profile.name).collect(),
        })
    }

    /// Somebody who is there and not switched off.
    async fn owner_for(&self, owner: Option<UserId>) -> Result<Option<UserId>, AdminError> {
        let Some(id) = owner else { return Ok(None) };
        match self.0.store.user(id).await? {
            Some(user) if user.disabled_at.is_none() => Ok(Some(id)),
            Some(user) => Err(AdminError::Disabled(user.email)),
            None => Err(AdminError::Missing {
                kind: Kind::Person,
                name: id.to_string(),
                known: Vec::new(),
            }),
        }
    }
}

/// What the audit tells of an agent that may change.
fn told(agent: &AgentDetails) -> serde_json::Value {
    json!({
        "name": agent.agent.name,
        "profile": agent.profile.name,
        "connection": agent.connection.name,
        "organizations": agent.organizations,
        "gateway_wait_seconds": agent.gateway_wait,
        "owner": agent.agent.owner,
    })
}
