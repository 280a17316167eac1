//! Agents.

use serde_json::json;

use super::{Admin, AdminError, Kind};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{AgentId, AgentRef, AuditAction, ConnectionRef, Name, OrganizationScope};
use crate::store::{AgentDetails, NewAgent};

/// An agent to be added.
#[derive(Clone, Debug)]
pub struct AgentRequest {
    /// Its name.
    pub name: Name,
    /// The profile it gets, by name.
    pub profile: Name,
    /// The connection it works over, by name.
    pub connection: Name,
    /// The organizations it may see.
    pub organizations: OrganizationScope,
}

impl Admin {
    /// Adds an agent. Whoever adds it in person owns it; the operator owns none.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `NameTaken` among them.
    pub async fn create_agent(
        &self,
        by: &ProvenAdministrator,
        request: AgentRequest,
    ) -> Result<AgentDetails, AdminError> {
        let profile = self.profile_named(&request.profile).await?;
        let connection = self.connection_named(&request.connection).await?;
        let agent = NewAgent {
            id: AgentId(self.0.clock.new_id()),
            name: request.name.as_str().to_owned(),
            profile_id: profile.id,
            connection_id: connection.id,
            owner_id: by.person().map(crate::access::Person::id),
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
        name: &Name,
    ) -> Result<AgentDetails, AdminError> {
        self.set_paused(by, name, true).await
    }

    /// Lets an agent go on.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn resume_agent(
        &self,
        by: &ProvenAdministrator,
        name: &Name,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.set_paused(by, name, false).await?;
        self.0.wake.notify_one();
        Ok(agent)
    }

    pub(super) async fn agent_named(&self, name: &Name) -> Result<AgentDetails, AdminError> {
        if let Some(account) = self.0.store.agent_by_name(name.as_str()).await? {
            return Ok(account.details);
        }
        let agents = self.0.store.agents().await?;
        Err(AdminError::Missing {
            kind: Kind::Agent,
            name: name.to_string(),
            known: agents.into_iter().map(|agent| agent.agent.name).collect(),
        })
    }

    async fn set_paused(
        &self,
        by: &Administrator,
        name: &Name,
        paused: bool,
    ) -> Result<AgentDetails, AdminError> {
        let agent = self.agent_named(name).await?;
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
