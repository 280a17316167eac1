//! Saying that one has seen that an applied write does not read back as it was approved, so that
//! nobody else has to look.

use serde_json::json;

use super::Decision;
use super::error::DecisionError;
use crate::access::Technician;
use crate::domain::{AuditAction, AuditEvent, Proposal, ProposalId};
use crate::store::StoreError;

impl Decision {
    /// Takes a proposal out of the lane of those that read back differently. What differs stays
    /// with it. Saying it again, or after somebody else, changes nothing.
    ///
    /// # Errors
    /// [`DecisionError::WrongState`] if nothing of it reads back differently.
    pub async fn see_difference(
        &self,
        who: &Technician,
        id: ProposalId,
    ) -> Result<Proposal, DecisionError> {
        let proposal = self.find(who, id).await?;
        let items = proposal.items.iter();
        let differing: Vec<u32> = items
            .filter(|item| item.verified == Some(false))
            .map(|item| item.position)
            .collect();
        if differing.is_empty() {
            return Err(DecisionError::WrongState(proposal.status));
        }
        let person = who.person();
        let event = AuditEvent::new(
            self.parts.clock.now(),
            person.actor(),
            AuditAction::DifferenceSeen,
        )
        .on("proposal", id)
        .with(json!({ "items": differing }))
        .from(person.address().cloned());
        match self.parts.store.record_difference_seen(id, &event).await {
            Ok(()) | Err(StoreError::Changed) => self.find(who, id).await,
            Err(error) => Err(error.into()),
        }
    }
}
