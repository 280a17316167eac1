//! An agent's own proposals: looking at them, taking them back.

use super::error::IntakeError;
use super::{Intake, IntakeParts};
use crate::access::Agent;
use crate::domain::{AuditAction, AuditEvent, Proposal, ProposalId, ProposalStatus};
use crate::store::{Page, ProposalFilter, StoreError};

impl Intake {
    /// One of the agent's own proposals. Another's does not exist for it.
    ///
    /// # Errors
    /// [`IntakeError::NotFound`], or the tables.
    pub async fn own(&self, agent: &Agent, id: ProposalId) -> Result<Proposal, IntakeError> {
        self.parts
            .store
            .proposal(id)
            .await?
            .filter(|proposal| proposal.agent.id == agent.id())
            .ok_or(IntakeError::NotFound)
    }

    /// Notes that the agent was told how this ended: the same write again is another one.
    ///
    /// # Errors
    /// The tables.
    pub async fn note_told(&self, id: ProposalId) -> Result<(), IntakeError> {
        let IntakeParts { store, clock, .. } = &self.parts;
        Ok(store.mark_told(id, clock.now()).await?)
    }

    /// The agent's own proposals, newest first, from below this number.
    ///
    /// # Errors
    /// The tables.
    pub async fn list(
        &self,
        agent: &Agent,
        filter: &ProposalFilter,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Page<Proposal, i64>, IntakeError> {
        Ok(self
            .parts
            .store
            .proposals_of_agent(agent.id(), filter, below, limit)
            .await?)
    }

    /// Takes a proposal back, while no write of it may have left.
    ///
    /// # Errors
    /// [`IntakeError::WrongState`] if it is too late, [`IntakeError::HeldAfterRestore`] if nobody
    /// knows whether it is.
    pub async fn withdraw(&self, agent: &Agent, id: ProposalId) -> Result<Proposal, IntakeError> {
        let proposal = self.own(agent, id).await?;
        require_agents_own(&proposal)?;
        if proposal.status == ProposalStatus::Withdrawn {
            return Ok(proposal);
        }
        self.require_accepted(&proposal)?;
        let event = AuditEvent::new(
            self.parts.clock.now(),
            agent.actor(),
            AuditAction::Withdrawn,
        )
        .on("proposal", id)
        .from(agent.address().cloned());
        match self.parts.store.withdraw(id, &event).await {
            Ok(()) => self.own(agent, id).await,
            Err(StoreError::Changed) => {
                let now = self.own(agent, id).await?;
                Err(IntakeError::WrongState(now.status))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What was approved may have been sent since the backup that was put back.
    fn require_accepted(&self, proposal: &Proposal) -> Result<(), IntakeError> {
        let is_approved = matches!(
            proposal.status,
            ProposalStatus::Held | ProposalStatus::Queued
        );
        if is_approved && self.parts.store.is_held_after_restore() {
            return Err(IntakeError::HeldAfterRestore);
        }
        Ok(())
    }
}

/// What a person proposes about an agent's writes, the agent sees and does not touch.
pub(super) fn require_agents_own(proposal: &Proposal) -> Result<(), IntakeError> {
    match &proposal.reversal {
        None => Ok(()),
        Some(_) => Err(IntakeError::ProposedByPerson),
    }
}
