//! A person's proposal to take an applied write back: the one thing people propose.

use serde_json::json;

use super::error::IntakeError;
use super::submit::{Ready, Submitted};
use super::{Intake, IntakeParts};
use crate::access::Technician;
use crate::domain::{
    AuditAction, AuditEvent, Clients, OrganizationScope, Proposal, ProposalId, Snapshot,
    VerdictKind, Warning,
};
use crate::draft::Asked;
use crate::policy::{Subject, judge, needs};
use crate::secrets::Bound;
use crate::store::{NewProposal, Recorded};

/// What a person proposes, to take another proposal back.
pub struct Revert<'a> {
    /// What is taken back.
    pub reverted: &'a Proposal,
    /// The write that does it.
    pub asked: Asked,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// What a technician should know of it, beside what is found here.
    pub warnings: Vec<Warning>,
    /// The records as they were when the write was put together. What others change between that
    /// reading and the one that is shown counts as changed since, so it is not overwritten unseen.
    pub seen: Vec<Snapshot>,
}

const SUMMARY_CHARACTERS: usize = 200;

impl Intake {
    /// Takes the proposal of a person in, as one of an agent is: understood, judged, the record
    /// read. It always waits for a decision. While a revert of the same proposal is open, that is
    /// given back instead.
    ///
    /// # Errors
    /// [`IntakeError`]: nothing was stored.
    pub async fn submit_revert(
        &self,
        who: &Technician,
        revert: Revert<'_>,
    ) -> Result<Submitted, IntakeError> {
        let ready = self.make_revert_ready(who, &revert).await?;
        let IntakeParts {
            store,
            vault,
            clock,
            settings,
            fixed,
            ..
        } = &self.parts;
        let Revert {
            reverted, reason, ..
        } = revert;
        let bound = Bound {
            proposal: ProposalId(clock.new_id()),
            revision: 1,
            round: 1,
            connection: reverted.connection.id,
        };
        let base = ready.base_of(&revert.seen);
        let content = ready.seal(vault, clock.as_ref(), bound, Some(&base))?;
        let person = who.person();
        let now = clock.now();
        let event = AuditEvent::new(now, person.actor(), AuditAction::RevertProposed)
            .on("proposal", bound.proposal)
            .with(json!({
                "reverts": reverted.id,
                "number": reverted.number,
                "rule": content.verdict.rule,
                "tier": content.tier,
            }))
            .from(person.address().cloned());
        let ttl = store.live_settings(fixed).await?.proposal_ttl_seconds;
        let proposal = NewProposal {
            id: bound.proposal,
            agent_id: reverted.agent.id,
            token_id: reverted.token_id,
            connection_id: reverted.connection.id,
            content,
            summary: summary(reverted),
            reason,
            ticket: reverted.ticket.clone(),
            idempotency: None,
            write_digest: None,
            created_at: now,
            expires_at: now.plus_seconds(i64::from(ttl)),
            approved_by_rule: None,
            waiting_cap: settings.waiting_cap,
            reversal: Some((person.id(), reverted.id)),
        };
        Ok(match store.record_proposal(&proposal, &event).await? {
            Recorded::New(proposal) => Submitted::New(proposal),
            Recorded::Repeated(proposal) | Recorded::Open(proposal) => {
                Submitted::Repeated(proposal)
            }
        })
    }

    async fn make_revert_ready(
        &self,
        who: &Technician,
        revert: &Revert<'_>,
    ) -> Result<Ready, IntakeError> {
        let store = &self.parts.store;
        let reverted = revert.reverted;
        let standing = store
            .standing(reverted.agent.id, true)
            .await?
            .ok_or(IntakeError::NotFound)?;
        let connection = store
            .connection(reverted.connection.id)
            .await?
            .ok_or(IntakeError::NotFound)?;
        let classified = revert.asked.classify()?;
        let subject = Subject {
            rules: &standing.rules,
            scope: &OrganizationScope::All,
        };
        let asked = revert.asked.clone();
        let mut ready = self
            .draft_for(&subject, &connection, &classified, asked, false)
            .await?;
        let verdict = judge(&subject, &classified.located, Some(&ready.draft.facts)).verdict;
        if verdict.kind == VerdictKind::Refused {
            let person = who.person();
            let now = self.parts.clock.now();
            let event = AuditEvent::new(now, person.actor(), AuditAction::Refused)
                .on("proposal", reverted.id)
                .with(json!({
                    "rule": verdict.rule,
                    "request": classified.located.route.to_string(),
                }))
                .from(person.address().cloned());
            store.record_event(&event).await?;
            return Err(IntakeError::Refused {
                need: needs(&subject, &classified.located, Some(&ready.draft.facts)),
                verdict,
            });
        }
        let own = who.person().organizations();
        if !Clients::of(&ready.draft.facts).are_within(own) {
            return Err(IntakeError::OtherClients);
        }
        ready.draft = ready
            .draft
            .of_person(&subject, &classified.located, &revert.warnings);
        Ok(ready)
    }
}

impl Ready {
    /// What was read of each record first.
    fn base_of(&self, seen: &[Snapshot]) -> Vec<Snapshot> {
        let first_of = |now: &Snapshot| {
            let id = now.record.as_ref()?.id;
            let is_it = |then: &&Snapshot| then.record.as_ref().is_some_and(|one| one.id == id);
            seen.iter().find(is_it).cloned()
        };
        let snapshots = self.snapshots.iter();
        snapshots
            .map(|now| first_of(now).unwrap_or_else(|| now.clone()))
            .collect()
    }
}

/// What it is for, cut to the length that summaries have.
fn summary(reverted: &Proposal) -> String {
    let whole = format!("Revert #{}: {}", reverted.number, reverted.summary);
    whole.chars().take(SUMMARY_CHARACTERS).collect()
}
