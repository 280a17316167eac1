//! Approving, as shown or with edits.

use serde_json::{Value, json};

use super::edits::are_still_as_shown;
use super::error::DecisionError;
use super::weigh::stays_with_own_clients;
use super::{Decision, DecisionParts};
use crate::access::{StepUp, Technician};
use crate::domain::Decision as Decided;
use crate::domain::json::canonical;
use crate::domain::{
    AuditAction, AuditEvent, CrashPoint, DecidedBy, DecisionVerdict, Fingerprint, Proposal,
    ProposalContent, ProposalId, ProposalStatus, Tier, Timestamp,
};
use crate::secrets::Purpose as VaultPurpose;
use crate::store::{Approval, StoreError};

const REASON_CHARACTERS: usize = 2_000;

/// What a person approves.
#[derive(Clone, Default)]
pub struct Approve {
    /// What was shown. None is never equal to any.
    pub fingerprint: Option<Fingerprint>,
    /// Why; required for critical ones.
    pub reason: Option<String>,
    /// Erased traits to keep, by key.
    pub keep: Vec<String>,
    /// The body in place of the proposed one.
    pub body: Option<Value>,
    /// Pointers into the body to leave out: `/data/attributes/title`.
    pub omit: Vec<String>,
    /// What the edits were shown to make of it; then they have to make that still.
    pub edited: Option<Fingerprint>,
}

impl Approve {
    pub(super) fn has_edits(&self) -> bool {
        !self.keep.is_empty() || self.body.is_some() || !self.omit.is_empty()
    }
}

impl Decision {
    /// Approves a proposal: as shown, or with edits. Saying it again gives the first answer.
    ///
    /// # Errors
    /// [`DecisionError`]: nothing was approved.
    pub async fn approve(
        &self,
        who: &Technician,
        id: ProposalId,
        approve: Approve,
    ) -> Result<Proposal, DecisionError> {
        let proposal = self.find(who, id).await?;
        let edits = self.digest_of_edits(&approve);
        if is_repeated(who, &proposal, &approve, edits) {
            return Ok(proposal);
        }
        let now = self.parts.clock.now();
        let shown = Self::still_as_shown(&proposal, approve.fingerprint, now)?;
        self.may_decide(
            who,
            &proposal,
            approve.reason.as_deref(),
            proposal.tier,
            now,
        )
        .await?;
        let weighed = self.weigh(&proposal, &approve).await?;
        stays_with_own_clients(who, &weighed.draft)?;
        let tier = weighed.draft.judgement.tier.max(proposal.tier);
        self.may_decide(who, &proposal, approve.reason.as_deref(), tier, now)
            .await?;
        let edited = if approve.has_edits() {
            Some(self.sealed(&proposal, &weighed, now)?)
        } else {
            None
        };
        are_still_as_shown(&approve, edited.as_ref())?;
        self.record(who, &proposal, &approve, shown, edited, tier)
            .await
    }

    /// Pending, not expired, and with the fingerprint that was shown.
    pub(super) fn still_as_shown(
        proposal: &Proposal,
        shown: Option<Fingerprint>,
        now: Timestamp,
    ) -> Result<Fingerprint, DecisionError> {
        if proposal.status != ProposalStatus::Pending {
            return Err(DecisionError::changed(proposal));
        }
        if proposal.expires_at <= now {
            return Err(DecisionError::Expired);
        }
        if proposal.is_stale || shown != Some(proposal.fingerprint) {
            return Err(DecisionError::changed(proposal));
        }
        Ok(proposal.fingerprint)
    }

    /// What critical proposals ask of a person.
    pub(super) async fn may_decide(
        &self,
        who: &Technician,
        proposal: &Proposal,
        reason: Option<&str>,
        tier: Tier,
        now: Timestamp,
    ) -> Result<(), DecisionError> {
        let reason = reason.map(str::trim).unwrap_or_default();
        if reason.chars().count() > REASON_CHARACTERS {
            return Err(DecisionError::ReasonTooLong);
        }
        if tier != Tier::Critical {
            return Ok(());
        }
        if who.step_up(now) == StepUp::Missing {
            return Err(DecisionError::StepUpRequired);
        }
        if reason.is_empty() {
            return Err(DecisionError::ReasonMissing);
        }
        if proposal.answerable() != Some(who.person().id()) {
            return Ok(());
        }
        let (store, person) = (&self.parts.store, who.person().id());
        if store.has_other_decider(person, &proposal.clients).await? {
            return Err(DecisionError::OwnAgent);
        }
        Ok(())
    }

    async fn record(
        &self,
        who: &Technician,
        proposal: &Proposal,
        approve: &Approve,
        shown: Fingerprint,
        edited: Option<ProposalContent>,
        tier: Tier,
    ) -> Result<Proposal, DecisionError> {
        let now = self.parts.clock.now();
        let person = who.person();
        let verdict = match edited {
            Some(_) => DecisionVerdict::ApprovedWithEdits,
            None => DecisionVerdict::Approved,
        };
        let fingerprint = edited.as_ref().map_or(shown, |content| content.fingerprint);
        let step_up_at = match who.step_up(now) {
            StepUp::Fresh(at) if tier == Tier::Critical => Some(at),
            StepUp::Fresh(_) | StepUp::Missing => None,
        };
        let is_own = proposal.answerable() == Some(person.id());
        let is_by_person = proposal.reversal.is_some();
        let approval = Approval {
            proposal_id: proposal.id,
            round: proposal.round,
            fingerprint: shown,
            hold_until: self.hold_until(tier, now).await?,
            step_up_at,
            audit: AuditEvent::new(now, person.actor(), AuditAction::Approved)
                .on("proposal", proposal.id)
                .with(json!({
                    "verdict": verdict,
                    "round": proposal.round,
                    "tier": tier,
                    "fingerprint": fingerprint,
                    "keep": approve.keep,
                    "own_agent": is_own && !is_by_person,
                    "own_revert": is_own && is_by_person,
                }))
                .from(person.address().cloned()),
            decision: Decided {
                verdict,
                by: DecidedBy::Person,
                person: Some(person.id()),
                name: person.name().to_owned(),
                reason: said(approve.reason.as_deref()),
                at: now,
                fingerprint,
                shown,
                edits: self.digest_of_edits(approve),
                round: proposal.round,
            },
            edited,
        };
        match self.parts.store.record_approval(proposal, &approval).await {
            Ok(()) => {
                CrashPoint::Decided.pass(0).await;
                self.parts.wake.notify_one();
                self.find(who, proposal.id).await
            }
            Err(StoreError::Changed) => {
                let now = self.find(who, proposal.id).await?;
                // The same person's other try may have been faster: a lost answer is no error.
                if is_repeated(who, &now, approve, approval.decision.edits) {
                    return Ok(now);
                }
                Err(DecisionError::changed(&now))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What tells one set of edits from another, and says nothing about them. None: no edits.
    fn digest_of_edits(&self, approve: &Approve) -> Option<[u8; 32]> {
        let edits = json!({ "body": approve.body, "keep": approve.keep, "omit": approve.omit });
        approve.has_edits().then(|| {
            let vault = &self.parts.vault;
            vault.mac(VaultPurpose::Fingerprint, canonical(&edits).as_bytes())
        })
    }

    /// Three times as long for the critical tier; not at all where the setting is 0.
    async fn hold_until(
        &self,
        tier: Tier,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let DecisionParts { store, fixed, .. } = &self.parts;
        let seconds = i64::from(store.live_settings(fixed).await?.hold_seconds);
        let seconds = match tier {
            Tier::Critical => seconds * 3,
            Tier::Routine | Tier::Elevated => seconds,
        };
        Ok((seconds > 0).then(|| now.plus_seconds(seconds)))
    }
}

/// Whether this person said the same of this proposal before: they get the first answer again.
fn is_repeated(
    who: &Technician,
    proposal: &Proposal,
    approve: &Approve,
    edits: Option<[u8; 32]>,
) -> bool {
    proposal.decision.as_ref().is_some_and(|decision| {
        let is_approval = matches!(
            decision.verdict,
            DecisionVerdict::Approved | DecisionVerdict::ApprovedWithEdits
        );
        is_approval
            && decision.person == Some(who.person().id())
            && approve.fingerprint == Some(decision.shown)
            && decision.edits == edits
    })
}

/// A reason that says something.
pub(super) fn said(reason: Option<&str>) -> Option<String> {
    reason
        .map(str::trim)
        .filter(|reason| !reason.is_empty())
        .map(str::to_owned)
}
