//! What technicians tell each other: who is on it, and what they know of it. It decides nothing and
//! keeps nobody from deciding.

use serde_json::json;

use super::Decision;
use super::error::DecisionError;
use crate::access::Technician;
use crate::domain::{
    AuditAction, AuditEvent, Comment, CommentText, FieldError, ProposalId, ProposalStatus,
};
use crate::store::{Commented, StoreError};

impl Decision {
    /// Says that this person is on it, in the place of whoever was. Saying it again changes nothing.
    ///
    /// # Errors
    /// [`DecisionError::WrongState`] if it does not wait for a decision.
    pub async fn claim(&self, who: &Technician, id: ProposalId) -> Result<(), DecisionError> {
        let proposal = self.find(who, id).await?;
        let event = self.event(who, id, AuditAction::ClaimTaken);
        if proposal.status == ProposalStatus::Pending && proposal.expires_at <= event.at {
            return Err(DecisionError::Expired);
        }
        let (store, person) = (&self.parts.store, who.person().id());
        match store.claim_proposal(id, person, &event).await {
            Ok(()) => Ok(()),
            Err(StoreError::Changed) => {
                let now = self.find(who, id).await?;
                Err(DecisionError::WrongState(now.status))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says that this person is no longer on it. Where they are not, nothing changes.
    ///
    /// # Errors
    /// [`DecisionError::NotFound`], or the tables.
    pub async fn release(&self, who: &Technician, id: ProposalId) -> Result<(), DecisionError> {
        self.find(who, id).await?;
        let event = self.event(who, id, AuditAction::ClaimReleased);
        let (store, person) = (&self.parts.store, who.person().id());
        Ok(store.release_claim(id, person, &event).await?)
    }

    /// Says something about it to the others. The same once more is no second comment.
    ///
    /// # Errors
    /// [`DecisionError::Invalid`] if it says nothing, is too long, or no more are taken.
    pub async fn comment(
        &self,
        who: &Technician,
        id: ProposalId,
        text: &str,
    ) -> Result<Comment, DecisionError> {
        let wrong = |detail: String| DecisionError::Invalid(vec![FieldError::new("/text", detail)]);
        let text: CommentText = text
            .parse()
            .map_err(|bad| wrong(format!("A comment that {bad} is not kept.")))?;
        let proposal = self.find(who, id).await?;
        let person = who.person();
        let event = self
            .event(who, id, AuditAction::Commented)
            .with(json!({ "round": proposal.round, "characters": text.as_str().chars().count() }));
        let store = &self.parts.store;
        let commented = store.comment_on(id, person.id(), &text, &event).await?;
        let (Commented::New(number) | Commented::Repeated(number)) = commented else {
            let full = "This proposal has as many comments as are taken; nothing was added.";
            return Err(wrong(full.to_owned()));
        };
        let comments = store.comments_of(id).await?;
        comments
            .into_iter()
            .find(|comment| comment.id == number)
            .ok_or(DecisionError::NotFound)
    }

    fn event(&self, who: &Technician, id: ProposalId, action: AuditAction) -> AuditEvent {
        let person = who.person();
        AuditEvent::new(self.parts.clock.now(), person.actor(), action)
            .on("proposal", id)
            .from(person.address().cloned())
    }
}
