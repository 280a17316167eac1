//! Taking a proposal in, first time or revised.

use serde_json::json;

use super::error::IntakeError;
use super::own::require_agents_own;
use super::submission::Submission;
use super::{Intake, IntakeParts};
use crate::access::{Agent, open_account};
use crate::domain::{
    AuditAction, AuditEvent, CrashPoint, Operation, Proposal, ProposalId, ProposalStatus, Snapshot,
    Timestamp, VerdictKind, json::canonical,
};
use crate::draft::{Asked, Draft, draft};
use crate::itglue::{Purpose, snapshots};
use crate::policy::{Call, Classified, Subject, catalogue, classify, judge, needs};
use crate::secrets::{Bound, Readings, seal_draft, secret_digest};
use crate::store::{ConnectionDetails, NewProposal, Recorded, Revision, StoreError, WriteDigest};

/// How long after its end a write that is repeated is told what became of it.
const TELL_SECONDS: i64 = 60 * 60;

/// What became of a submission.
#[derive(Clone, Debug)]
pub enum Submitted {
    /// It is stored.
    New(Box<Proposal>),
    /// It was stored before, under the same idempotency key or as the same write.
    Repeated(Box<Proposal>),
}

/// A submission that was read, judged and drafted.
pub(super) struct Ready {
    pub(super) asked: Asked,
    pub(super) draft: Draft,
    pub(super) snapshots: Vec<Snapshot>,
    pub(super) read_at: Timestamp,
}

impl Intake {
    /// Takes a proposal in: understands it, judges it, reads the record, stores it.
    ///
    /// # Errors
    /// [`IntakeError`]: nothing was stored.
    pub async fn submit(
        &self,
        agent: &Agent,
        submission: &Submission,
    ) -> Result<Submitted, IntakeError> {
        self.count(agent)?;
        self.take_in(agent, submission).await
    }

    /// The same for a request that was counted already.
    ///
    /// # Errors
    /// [`IntakeError`]: nothing was stored.
    pub async fn take_in(
        &self,
        agent: &Agent,
        submission: &Submission,
    ) -> Result<Submitted, IntakeError> {
        let _guard = match &submission.idempotency {
            None => None,
            Some((key, hash)) => {
                let guard = self
                    .in_flight
                    .enter(agent.token_id(), key)
                    .ok_or(IntakeError::InProgress)?;
                let first = self
                    .parts
                    .store
                    .repeated_proposal(agent.token_id(), key, *hash)
                    .await?;
                if let Some(first) = first {
                    return Ok(Submitted::Repeated(Box::new(first)));
                }
                Some(guard)
            }
        };
        let (classified, asked) = self.understand(agent, submission).await?;
        let write = self.write_digest(agent, &classified, submission);
        if let Some(write) = &write
            && let Some(first) = self.parts.store.repeated_write(agent.id(), write).await?
        {
            return match write.repeats_since {
                Some(_) => Ok(Submitted::Repeated(Box::new(first))),
                None => Err(IntakeError::DuplicatePending(Box::new(first))),
            };
        }
        let ready = self.read_and_draft(agent, &classified, asked).await?;
        self.store_new(agent, submission, ready, write).await
    }

    /// What two writes have in common that are the same one. The value of a password is collected
    /// by the same read, wherever it was proposed, so one open proposal for it is enough.
    fn write_digest(
        &self,
        agent: &Agent,
        classified: &Classified,
        submission: &Submission,
    ) -> Option<WriteDigest> {
        let IntakeParts { vault, clock, .. } = &self.parts;
        let is_repeatable = submission.is_one_while_open;
        if !is_repeatable && classified.located.operation != Operation::ReadSecret {
            return None;
        }
        let route = &classified.located.route;
        let account = agent.connection().id;
        let write = json!([
            account,
            route.method,
            route.path,
            route.query,
            submission.body
        ]);
        Some(WriteDigest {
            // The body may hold secrets.
            digest: secret_digest(vault, &canonical(&write)),
            repeats_since: is_repeatable.then(|| clock.now().plus_seconds(-TELL_SECONDS)),
        })
    }

    /// How long it may wait for a decision: as the agent says, else as is usual here.
    pub(super) async fn ttl_seconds(&self, submission: &Submission) -> Result<i64, StoreError> {
        let IntakeParts { store, fixed, .. } = &self.parts;
        match submission.expires_in_seconds {
            Some(seconds) => Ok(seconds),
            None => Ok(store
                .live_settings(fixed)
                .await?
                .proposal_ttl_seconds
                .into()),
        }
    }

    /// Takes a new revision in, while nobody has decided.
    ///
    /// # Errors
    /// [`IntakeError`]: the earlier revision stands.
    pub async fn revise(
        &self,
        agent: &Agent,
        id: ProposalId,
        submission: &Submission,
    ) -> Result<Proposal, IntakeError> {
        self.count(agent)?;
        let proposal = self.own(agent, id).await?;
        require_agents_own(&proposal)?;
        if !matches!(
            proposal.status,
            ProposalStatus::Pending | ProposalStatus::SentBack
        ) {
            return Err(IntakeError::WrongState(proposal.status));
        }
        let (classified, asked) = self.understand(agent, submission).await?;
        let ready = self.read_and_draft(agent, &classified, asked).await?;
        let IntakeParts {
            store,
            vault,
            clock,
            ..
        } = &self.parts;
        let bound = Bound {
            proposal: proposal.id,
            revision: proposal.revision + 1,
            round: proposal.round + 1,
            connection: proposal.connection.id,
        };
        let now = clock.now();
        let ttl = self.ttl_seconds(submission).await?;
        let revision = Revision {
            content: ready
                .seal(vault, clock.as_ref(), bound, None)?
                .after(&proposal),
            summary: submission.text.summary.clone(),
            reason: submission.text.reason.clone(),
            ticket: submission.text.ticket.clone(),
            expires_at: now.plus_seconds(ttl),
            write_digest: self
                .write_digest(agent, &classified, submission)
                .map(|write| write.digest),
        };
        let event = AuditEvent::new(now, agent.actor(), AuditAction::Revised)
            .on("proposal", id)
            .with(json!({ "revision": bound.revision }))
            .from(agent.address().cloned());
        match store.revise_proposal(&proposal, &revision, &event).await {
            Ok(()) => self.own(agent, id).await,
            Err(StoreError::Changed) => {
                let now = self.own(agent, id).await?;
                Err(IntakeError::WrongState(now.status))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Counts a request of this agent's token.
    ///
    /// # Errors
    /// [`IntakeError::TooMany`] if it is one too many.
    pub fn count(&self, agent: &Agent) -> Result<(), IntakeError> {
        self.limiter
            .count(agent.token_id())
            .map_err(|retry_after| IntakeError::TooMany {
                retry_after,
                detail: "This token has sent too many requests.".to_owned(),
            })
    }

    /// What is asked for, as far as it can be said without reading. Refusals are written to the
    /// audit.
    async fn understand(
        &self,
        agent: &Agent,
        submission: &Submission,
    ) -> Result<(Classified, Asked), IntakeError> {
        let classified = classify(&Call {
            method: &submission.method,
            path: &submission.path,
            body: submission.body.as_ref(),
        });
        let mut errors = submission.errors();
        let classified = match classified.map_err(IntakeError::from) {
            Ok(classified) => classified,
            Err(IntakeError::Invalid(found)) => {
                errors.extend(found);
                return Err(IntakeError::Invalid(errors));
            }
            Err(error) => return Err(error),
        };
        if classified.located.operation == Operation::Read {
            errors.push(crate::domain::FieldError::new(
                "/method",
                "A proposal is a write: POST, PATCH or DELETE. Or it asks for the value of one \
                 password: GET, with `show_password=true`.",
            ));
        }
        self.refuse(agent, &classified, None).await?;
        if !errors.is_empty() {
            return Err(IntakeError::Invalid(errors));
        }
        let asked = Asked {
            method: classified.located.route.method,
            path: submission.path.clone(),
            body: submission.body.clone(),
            traits: submission.traits,
            keep: Vec::new(),
        };
        Ok((classified, asked))
    }

    pub(super) async fn read_and_draft(
        &self,
        agent: &Agent,
        classified: &Classified,
        asked: Asked,
    ) -> Result<Ready, IntakeError> {
        let is_first = match classified.located.group() {
            Some(group) => {
                let store = &self.parts.store;
                !store.has_applied_in_group(agent.id(), group).await?
            }
            None => false,
        };
        let (subject, connection) = (subject(agent), agent.connection());
        let ready = self
            .draft_for(&subject, connection, classified, asked, is_first)
            .await?;
        self.refuse(agent, classified, Some(&ready.draft)).await?;
        Ok(ready)
    }

    /// Reads the records and puts together what would be written, for whoever proposes it.
    pub(super) async fn draft_for(
        &self,
        subject: &Subject<'_>,
        connection: &ConnectionDetails,
        classified: &Classified,
        asked: Asked,
        is_first: bool,
    ) -> Result<Ready, IntakeError> {
        let account = open_account(&self.parts.vault, connection)?;
        let session = self.parts.itglue.session(&account, Purpose::Intake);
        let snapshots = snapshots(&session, &catalogue::resource, &classified.items).await?;
        let read_at = self.parts.clock.now();
        let draft = draft(subject, classified, &snapshots, &asked, is_first)
            .map_err(IntakeError::Invalid)?;
        Ok(Ready {
            asked,
            draft,
            snapshots,
            read_at,
        })
    }

    /// Answers and writes down a refusal, if the policy gives one.
    async fn refuse(
        &self,
        agent: &Agent,
        classified: &Classified,
        draft: Option<&Draft>,
    ) -> Result<(), IntakeError> {
        let subject = subject(agent);
        let facts = draft.map(|draft| &draft.facts);
        let verdict = judge(&subject, &classified.located, facts).verdict;
        // An agent limited to some organizations is judged once the record was read.
        let may_become_known = facts.is_none() && verdict.rule == "organization.unknown";
        if verdict.kind != VerdictKind::Refused || may_become_known {
            return Ok(());
        }
        let now = self.parts.clock.now();
        let event = agent.refusal(now, &verdict.rule, &classified.located.route);
        self.parts.store.record_event(&event).await?;
        Err(IntakeError::Refused {
            need: needs(&subject, &classified.located, facts),
            verdict,
        })
    }

    async fn store_new(
        &self,
        agent: &Agent,
        submission: &Submission,
        ready: Ready,
        write_digest: Option<WriteDigest>,
    ) -> Result<Submitted, IntakeError> {
        let IntakeParts {
            store,
            vault,
            clock,
            settings,
            wake,
            ..
        } = &self.parts;
        let bound = Bound {
            proposal: ProposalId(clock.new_id()),
            revision: 1,
            round: 1,
            connection: agent.connection().id,
        };
        let content = ready.seal(vault, clock.as_ref(), bound, None)?;
        let verdict = &content.verdict;
        let is_allowed = verdict.kind == VerdictKind::Allowed;
        let now = clock.now();
        let ttl = self.ttl_seconds(submission).await?;
        let event = AuditEvent::new(now, agent.actor(), AuditAction::Proposed)
            .on("proposal", bound.proposal)
            .with(json!({ "rule": verdict.rule, "tier": content.tier }))
            .from(agent.address().cloned());
        let proposal = NewProposal {
            id: bound.proposal,
            agent_id: agent.id(),
            token_id: agent.token_id(),
            connection_id: bound.connection,
            approved_by_rule: is_allowed.then(|| verdict.rule.clone()),
            content,
            summary: submission.text.summary.clone(),
            reason: submission.text.reason.clone(),
            ticket: submission.text.ticket.clone(),
            idempotency: submission.idempotency.clone(),
            write_digest,
            created_at: now,
            expires_at: now.plus_seconds(ttl),
            waiting_cap: settings.waiting_cap,
            reversal: None,
        };
        match store.record_proposal(&proposal, &event).await? {
            Recorded::New(proposal) => {
                CrashPoint::Proposed.pass(0).await;
                wake.notify_one();
                Ok(Submitted::New(proposal))
            }
            Recorded::Repeated(proposal) => Ok(Submitted::Repeated(proposal)),
            Recorded::Open(first) => Err(IntakeError::DuplicatePending(first)),
        }
    }
}

impl Ready {
    pub(super) fn seal(
        &self,
        vault: &crate::secrets::Vault,
        clock: &dyn crate::domain::Clock,
        bound: Bound,
        base: Option<&[Snapshot]>,
    ) -> Result<crate::domain::ProposalContent, IntakeError> {
        let readings = Readings {
            snapshots: &self.snapshots,
            at: self.read_at,
            base,
        };
        Ok(seal_draft(
            vault,
            clock,
            bound,
            &self.asked,
            &self.draft,
            readings,
        )?)
    }
}

pub(super) fn subject(agent: &Agent) -> Subject<'_> {
    Subject {
        rules: &agent.details().profile.rules,
        scope: &agent.details().organizations,
    }
}
