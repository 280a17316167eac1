//! Pauses: stopping what must not go on, and letting it go on again.

use serde_json::json;

use super::{Admin, AdminError, LONGEST_REASON, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{
    AuditAction, AuditEvent, BadPauseScope, Name, OrganizationId, Pause, PauseReach, PauseScope,
};

impl Admin {
    /// Holds writes back. What is approved waits and is not lost. Paused already is no error: the
    /// pause stays as it is.
    ///
    /// # Errors
    /// [`AdminError`], `Missing`, `ReasonMissing` and `ReasonTooLong` among them.
    pub async fn pause(
        &self,
        by: &Administrator,
        scope: PauseScope,
        reason: &str,
    ) -> Result<Pause, AdminError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(AdminError::ReasonMissing);
        }
        fits(reason)?;
        match scope {
            PauseScope::Connection(id) => {
                self.pause_connection(by, &Ref::Id(id), Some(reason))
                    .await?;
            }
            PauseScope::Agent(id) => {
                self.pause_agent(by, &Ref::Id(id), Some(reason)).await?;
            }
            PauseScope::All | PauseScope::Profile(_) | PauseScope::Organization(_) => {
                let name = self.name_of(scope).await?;
                let event = self.about(by, AuditAction::WritesPaused, scope, &name, Some(reason));
                self.0
                    .store
                    .pause_writes(scope, &name, reason, &event)
                    .await?;
            }
        }
        let pauses = self.0.store.pauses().await?;
        let pause = pauses.into_iter().find(|pause| pause.scope == scope);
        // Somebody who resumed it meanwhile was faster.
        pause.ok_or(AdminError::Changed)
    }

    /// Lets writes go on. Not paused is no error.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `ReasonTooLong` among them.
    pub async fn resume(
        &self,
        by: &ProvenAdministrator,
        scope: PauseScope,
        reason: Option<&str>,
    ) -> Result<(), AdminError> {
        reason.map_or(Ok(()), fits)?;
        match scope {
            PauseScope::Connection(id) => {
                self.resume_connection(by, &Ref::Id(id), reason).await?;
            }
            PauseScope::Agent(id) => {
                self.resume_agent(by, &Ref::Id(id), reason).await?;
            }
            PauseScope::All | PauseScope::Profile(_) | PauseScope::Organization(_) => {
                let name = self.name_of(scope).await?;
                let event = self.about(by, AuditAction::WritesResumed, scope, &name, reason);
                self.0.store.resume_writes(scope, &event).await?;
            }
        }
        self.0.wake.notify_one();
        Ok(())
    }

    /// Everything that is held back, the widest first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pauses(&self, _by: &Administrator) -> Result<Vec<Pause>, AdminError> {
        Ok(self.0.store.pauses().await?)
    }

    /// What is meant by a reach and an id, or a name where there are names. The inner error says
    /// that the two do not go together.
    ///
    /// # Errors
    /// [`AdminError`]; `Missing` if nothing has this name.
    pub async fn pause_scope(
        &self,
        _by: &Administrator,
        reach: PauseReach,
        called: Option<&str>,
    ) -> Result<Result<PauseScope, BadPauseScope>, AdminError> {
        let parsed = PauseScope::parse(reach, called);
        let name = called.and_then(|called| called.parse::<Name>().ok());
        let (Err(BadPauseScope::BadId), Some(name)) = (&parsed, name) else {
            return Ok(parsed);
        };
        let scope = match reach {
            PauseReach::Connection => {
                PauseScope::Connection(self.connection_of(&name.into()).await?.id)
            }
            PauseReach::Agent => PauseScope::Agent(self.agent_of(&name.into()).await?.agent.id),
            PauseReach::Profile => PauseScope::Profile(self.profile_of(&name.into()).await?.id),
            PauseReach::All | PauseReach::Organization => return Ok(parsed),
        };
        Ok(Ok(scope))
    }

    async fn name_of(&self, scope: PauseScope) -> Result<String, AdminError> {
        match scope {
            PauseScope::All => Ok("all writes".to_owned()),
            PauseScope::Profile(id) => Ok(self.profile_for(&Ref::Id(id)).await?.name),
            PauseScope::Organization(id) => self.organization_called(id).await,
            PauseScope::Connection(id) => Ok(self.connection_of(&Ref::Id(id)).await?.name),
            PauseScope::Agent(id) => Ok(self.agent_of(&Ref::Id(id)).await?.agent.name),
        }
    }

    /// A client of which nothing was ever proposed has no name here yet.
    async fn organization_called(&self, id: OrganizationId) -> Result<String, AdminError> {
        let name = self.0.store.organization_name(id).await?;
        Ok(name.unwrap_or_else(|| format!("organization {id}")))
    }

    fn about(
        &self,
        by: &Administrator,
        action: AuditAction,
        scope: PauseScope,
        name: &str,
        reason: Option<&str>,
    ) -> AuditEvent {
        let details = json!({ "scope": scope.reach(), "name": name, "reason": reason });
        let event = self.event(by, action, details);
        match scope {
            PauseScope::All => event,
            PauseScope::Profile(id) => event.on("profile", id),
            PauseScope::Organization(id) => event.on("organization", id),
            PauseScope::Connection(id) => event.on("connection", id),
            PauseScope::Agent(id) => event.on("agent", id),
        }
    }
}

/// A reason is kept as it was given, or not at all.
fn fits(reason: &str) -> Result<(), AdminError> {
    if reason.chars().count() > LONGEST_REASON {
        return Err(AdminError::ReasonTooLong);
    }
    Ok(())
}
