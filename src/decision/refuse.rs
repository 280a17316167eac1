//! Saying no, or sending back. As easy as approving, whatever the tier.

use serde_json::json;

use super::Decision;
use super::approve::said;
use super::error::DecisionError;
use crate::access::Technician;
use crate::domain::Decision as Decided;
use crate::domain::{
    AuditAction, AuditEvent, DecidedBy, DecisionVerdict, Fingerprint, Proposal, ProposalId,
    ProposalStatus,
};
use crate::store::StoreError;

const REASON_CHARACTERS: usize = 2_000;

impl Decision {
    /// Rejects a proposal; the reason goes to the agent. Saying it again gives the first answer.
    ///
    /// # Errors
    /// [`DecisionError`]: nothing was decided.
    pub async fn reject(
        &self,
        who: &Technician,
        id: ProposalId,
        fingerprint: Option<Fingerprint>,
        reason: &str,
    ) -> Result<Proposal, DecisionError> {
        self.refuse(who, id, fingerprint, reason, DecisionVerdict::Rejected)
            .await
    }

    /// Sends a proposal back to its agent, with a message. Saying it again gives the first answer.
    ///
    /// # Errors
    /// [`DecisionError`]: nothing was decided.
    pub async fn send_back(
        &self,
        who: &Technician,
        id: ProposalId,
        fingerprint: Option<Fingerprint>,
        reason: &str,
    ) -> Result<Proposal, DecisionError> {
        self.refuse(who, id, fingerprint, reason, DecisionVerdict::SentBack)
            .await
    }

    async fn refuse(
        &self,
        who: &Technician,
        id: ProposalId,
        fingerprint: Option<Fingerprint>,
        reason: &str,
        verdict: DecisionVerdict,
    ) -> Result<Proposal, DecisionError> {
        let proposal = self.find(who, id).await?;
        let is_repeated = proposal.decision.as_ref().is_some_and(|decision| {
            decision.verdict == verdict
                && decision.person == Some(who.person().id())
                && fingerprint == Some(decision.shown)
        });
        if is_repeated {
            return Ok(proposal);
        }
        if verdict == DecisionVerdict::SentBack && proposal.reversal.is_some() {
            return Err(DecisionError::NobodyToAnswer);
        }
        let now = self.parts.clock.now();
        let shown = Self::still_as_shown(&proposal, fingerprint, now)?;
        let reason = said(Some(reason)).ok_or(DecisionError::ReasonMissing)?;
        if reason.chars().count() > REASON_CHARACTERS {
            return Err(DecisionError::ReasonTooLong);
        }
        let (status, action) = match verdict {
            DecisionVerdict::SentBack => (ProposalStatus::SentBack, AuditAction::SentBack),
            DecisionVerdict::Rejected
            | DecisionVerdict::Approved
            | DecisionVerdict::ApprovedWithEdits => {
                (ProposalStatus::Rejected, AuditAction::Rejected)
            }
        };
        let person = who.person();
        let decision = Decided {
            verdict,
            by: DecidedBy::Person,
            person: Some(person.id()),
            name: person.name().to_owned(),
            reason: Some(reason),
            at: now,
            fingerprint: shown,
            shown,
            edits: None,
            round: proposal.round,
        };
        let event = AuditEvent::new(now, person.actor(), action)
            .on("proposal", id)
            .with(json!({ "round": proposal.round }))
            .from(person.address().cloned());
        match self
            .parts
            .store
            .record_refusal(id, status, &decision, &event)
            .await
        {
            Ok(()) => self.find(who, id).await,
            Err(StoreError::Changed) => Err(DecisionError::changed(&self.find(who, id).await?)),
            Err(error) => Err(error.into()),
        }
    }
}
