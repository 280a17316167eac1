//! Taking an approval back, while nothing was sent.

use serde_json::json;

use super::Decision;
use super::error::DecisionError;
use crate::access::Technician;
use crate::domain::{AuditAction, AuditEvent, Proposal, ProposalId, ProposalStatus};
use crate::secrets::{Bound, BoundItem, fingerprint_of};
use crate::store::{Returned, StoreError};

impl Decision {
    /// Puts an approved proposal before people again, one round on, while it is held or queued.
    ///
    /// # Errors
    /// [`DecisionError::WrongState`] if it is too late, [`DecisionError::HeldAfterRestore`] if
    /// nobody knows whether it is.
    pub async fn undo(&self, who: &Technician, id: ProposalId) -> Result<Proposal, DecisionError> {
        let proposal = self.find(who, id).await?;
        let can_be_undone = matches!(
            proposal.status,
            ProposalStatus::Held | ProposalStatus::Queued
        );
        if !can_be_undone || proposal.was_sent() {
            return Err(DecisionError::WrongState(proposal.status));
        }
        self.require_accepted()?;
        let person = who.person();
        let is_own = proposal
            .decision
            .as_ref()
            .is_some_and(|decision| decision.person == Some(person.id()));
        if !is_own && !person.role().may_administer() {
            return Err(DecisionError::NotYours);
        }
        let now = self.parts.clock.now();
        let bound = Bound {
            proposal: id,
            revision: proposal.revision,
            round: proposal.round + 1,
            connection: proposal.connection.id,
        };
        let items = proposal.items.iter().map(BoundItem::from);
        let returned = Returned {
            proposal_id: id,
            round: proposal.round,
            fingerprint: fingerprint_of(&self.parts.vault, bound, items)?,
            warning: None,
            is_stale: false,
            at: now,
            audit: AuditEvent::new(now, person.actor(), AuditAction::Undone)
                .on("proposal", id)
                .with(json!({ "round": proposal.round }))
                .from(person.address().cloned()),
        };
        match self.parts.store.return_to_people(&returned).await {
            Ok(()) => self.find(who, id).await,
            Err(StoreError::Changed) => {
                let now = self.find(who, id).await?;
                Err(DecisionError::WrongState(now.status))
            }
            Err(error) => Err(error.into()),
        }
    }
}
