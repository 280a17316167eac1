//! A proposal whose record has moved, put together anew.

use serde_json::json;

use super::{Review, ReviewError};
use crate::domain::{
    Actor, AuditAction, AuditEvent, FieldError, Proposal, Snapshot, Timestamp, Warning, WarningCode,
};
use crate::draft::{draft, has_moved, left_out, overtaken};
use crate::policy::Subject;
use crate::secrets::{Bound, Readings, open_asked, seal_draft};
use crate::store::StoreError;

/// What became of putting a proposal together anew.
pub(super) enum Rebuilt {
    /// It is pending in a new round.
    Anew,
    /// What was proposed does not fit the record any more; it stays as it was.
    NoLongerFits(Vec<FieldError>),
    /// Somebody decided, or rebuilt it, meanwhile.
    Meanwhile,
}

impl Review {
    pub(super) async fn rebuild(
        &self,
        proposal: &Proposal,
        snapshots: &[Snapshot],
        read_at: Timestamp,
    ) -> Result<Rebuilt, ReviewError> {
        let Some(asked) = open_asked(&self.vault, proposal)? else {
            return Ok(Rebuilt::Meanwhile);
        };
        let is_by_person = proposal.reversal.is_some();
        let standing = self.store.standing(proposal.agent.id, is_by_person);
        let Some(standing) = standing.await? else {
            return Ok(Rebuilt::Meanwhile);
        };
        let Ok(classified) = asked.classify() else {
            return Ok(Rebuilt::NoLongerFits(Vec::new()));
        };
        let subject = Subject {
            rules: &standing.rules,
            scope: &standing.organizations,
        };
        let is_first = !is_by_person
            && !self
                .store
                .has_applied_in_group(proposal.agent.id, proposal.group)
                .await?;
        let mut draft = match draft(&subject, &classified, snapshots, &asked, is_first) {
            Ok(draft) => draft,
            Err(errors) => return Ok(Rebuilt::NoLongerFits(errors)),
        };
        if is_by_person {
            draft = draft.of_person(&subject, &classified.located, &left_out(proposal));
        }
        draft.warnings.extend(kept_warnings(proposal));
        let overtaken = if is_by_person {
            overtaken(&proposal.items, &classified.items, snapshots)
        } else {
            Vec::new()
        };
        draft.warnings.push(if !overtaken.is_empty() {
            would_overwrite(overtaken)
        } else if has_moved(&proposal.items, snapshots) {
            moved(proposal)
        } else {
            stale(proposal)
        });
        let base: Vec<Snapshot> = proposal
            .items
            .iter()
            .map(|item| item.base().clone())
            .collect();
        let bound = Bound {
            proposal: proposal.id,
            revision: proposal.revision,
            round: proposal.round + 1,
            connection: proposal.connection.id,
        };
        let readings = Readings {
            snapshots,
            at: read_at,
            base: Some(&base),
        };
        let content = seal_draft(
            &self.vault,
            self.clock.as_ref(),
            bound,
            &asked,
            &draft,
            readings,
        )?
        .after(proposal);
        let event = AuditEvent::new(read_at, Actor::Worker, AuditAction::Rebuilt)
            .on("proposal", proposal.id)
            .with(json!({ "round": bound.round }));
        match self
            .store
            .rebuild_proposal(proposal, &content, &event)
            .await
        {
            Ok(()) => Ok(Rebuilt::Anew),
            Err(StoreError::Changed) => Ok(Rebuilt::Meanwhile),
            Err(error) => Err(error.into()),
        }
    }
}

/// Warnings that tell of the proposal's past and not of its content stay.
fn kept_warnings(proposal: &Proposal) -> impl Iterator<Item = Warning> + '_ {
    let tells_of_the_past = |warning: &&Warning| {
        matches!(
            warning.code,
            WarningCode::MovedSinceApproval | WarningCode::ApprovalTooOld
        )
    };
    proposal.warnings.iter().filter(tells_of_the_past).cloned()
}

/// Another write on the record came first, and nothing that this one watches has changed by it.
fn stale(proposal: &Proposal) -> Warning {
    Warning {
        code: WarningCode::Stale,
        detail: format!(
            "Another write on {} was applied meanwhile, in other fields. This is the proposal on the \
             record as it is now.",
            proposal.resource.name.as_deref().unwrap_or("the record")
        ),
        fields: Vec::new(),
    }
}

/// A revert takes back what was written, and nothing that others wrote since.
fn would_overwrite(labels: Vec<String>) -> Warning {
    Warning {
        code: WarningCode::Moved,
        detail: format!(
            "Others have changed {} since this revert was proposed, and it would take that away. It \
             cannot be approved like this: reject it, and propose the revert anew.",
            labels.join(", ")
        ),
        fields: labels,
    }
}

fn moved(proposal: &Proposal) -> Warning {
    Warning {
        code: WarningCode::Moved,
        detail: format!(
            "{} has changed in IT Glue since the agent read it. This is the proposal on the \
             record as it is now.",
            proposal.resource.name.as_deref().unwrap_or("The record")
        ),
        fields: Vec::new(),
    }
}
