//! A proposal on the record as it is now, with the edits of a technician if there are any: what would
//! be written, and how it is judged.

use serde_json::Value;

use super::approve::Approve;
use super::edits::{hidden_stays_hidden, keeps_its_records, keeps_their_order, with_edits};
use super::error::DecisionError;
use super::{Decision, DecisionParts};
use crate::access::{Technician, open_account};
use crate::domain::{
    Clients, FieldError, Operation, Proposal, ProposalContent, Snapshot, Timestamp, VerdictKind,
    WarningCode,
};
use crate::draft::{Asked, Draft, draft, has_moved, left_out, overtaken};
use crate::itglue::{Purpose, Session, snapshots};
use crate::policy::{Classified, Rejection, Subject, catalogue};
use crate::secrets::{Bound, Readings, exact_body, open_asked, seal_draft};

/// A proposal as it would be approved, on the record as it is now.
pub(super) struct Weighed {
    pub(super) asked: Asked,
    pub(super) draft: Draft,
    pub(super) snapshots: Vec<Snapshot>,
}

impl Decision {
    /// Reads the record once more and puts together what would be written.
    pub(super) async fn weigh(
        &self,
        proposal: &Proposal,
        approve: &Approve,
    ) -> Result<Weighed, DecisionError> {
        let DecisionParts {
            store,
            vault,
            itglue,
            ..
        } = &self.parts;
        let is_by_person = proposal.reversal.is_some();
        let standing = store
            .standing(proposal.agent.id, is_by_person)
            .await?
            .ok_or(DecisionError::NotFound)?;
        let connection = store
            .connection(proposal.connection.id)
            .await?
            .ok_or(DecisionError::NotFound)?;
        let asked = open_asked(vault, proposal)?.ok_or(DecisionError::NotFound)?;
        let account = open_account(vault, &connection)?;
        let session = itglue.session(&account, Purpose::Intake);
        let requests = proposal.items.iter().map(|item| &item.request);
        let snapshots = snapshots(&session, &catalogue::resource, requests).await?;
        if has_moved(&proposal.items, &snapshots) {
            store.mark_proposal_stale(proposal.id).await?;
            return Err(record_moved());
        }
        let exact = self.exact_bodies(proposal)?;
        let edited = with_edits(asked, proposal, approve, &exact)?;
        let classified = edited
            .asked
            .classify()
            .map_err(|rejection| match rejection {
                Rejection::UnknownEndpoint { detail } => {
                    DecisionError::Invalid(vec![FieldError::new("/path", detail)])
                }
                Rejection::Invalid(errors) | Rejection::InvalidQuery(errors) => {
                    DecisionError::Invalid(errors)
                }
            })?;
        keeps_its_records(proposal, &classified)?;
        let snapshots = if approve.has_edits() {
            read_for(&session, &classified, proposal).await?
        } else {
            snapshots
        };
        let subject = Subject {
            rules: &standing.rules,
            scope: &standing.organizations,
        };
        let is_first = !is_by_person
            && !store
                .has_applied_in_group(proposal.agent.id, proposal.group)
                .await?;
        let mut draft = draft(&subject, &classified, &snapshots, &edited.asked, is_first)
            .map_err(DecisionError::Invalid)?;
        if is_by_person {
            draft = draft.of_person(&subject, &classified.located, &left_out(proposal));
            let overtaken = overtaken(&proposal.items, &classified.items, &snapshots);
            if !overtaken.is_empty() {
                return Err(DecisionError::Overtaken(overtaken));
            }
        }
        keeps_their_order(proposal, &draft)?;
        hidden_stays_hidden(&draft, &edited)?;
        if draft.judgement.verdict.kind == VerdictKind::Refused {
            return Err(DecisionError::RefusedByPolicy(draft.judgement.verdict));
        }
        if let Some(warning) = draft
            .warnings
            .iter()
            .find(|warning| warning.code == WarningCode::ErasesRequired)
        {
            return Err(DecisionError::ErasesRequired(warning.fields.clone()));
        }
        Ok(Weighed {
            asked: edited.asked,
            draft,
            snapshots,
        })
    }

    /// The items' bodies as they would be sent.
    fn exact_bodies(&self, proposal: &Proposal) -> Result<Vec<Option<Value>>, DecisionError> {
        let items = proposal.items.iter();
        let bodies = items.map(|item| exact_body(&self.parts.vault, item));
        Ok(bodies.collect::<Result<_, _>>()?)
    }

    /// What takes the place of the content, if the technician edited it.
    pub(super) fn sealed(
        &self,
        proposal: &Proposal,
        weighed: &Weighed,
        now: Timestamp,
    ) -> Result<ProposalContent, DecisionError> {
        let base: Vec<Snapshot> = proposal
            .items
            .iter()
            .map(|item| item.base().clone())
            .collect();
        let bound = Bound {
            proposal: proposal.id,
            revision: proposal.revision,
            round: proposal.round,
            connection: proposal.connection.id,
        };
        let readings = Readings {
            snapshots: &weighed.snapshots,
            at: now,
            base: Some(&base),
        };
        let content = seal_draft(
            &self.parts.vault,
            self.parts.clock.as_ref(),
            bound,
            &weighed.asked,
            &weighed.draft,
            readings,
        )?;
        Ok(content.after(proposal))
    }
}

/// Reads what the edited items are about: an edit may point to records that the proposal did not.
async fn read_for(
    session: &Session,
    classified: &Classified,
    proposal: &Proposal,
) -> Result<Vec<Snapshot>, DecisionError> {
    let snapshots = snapshots(session, &catalogue::resource, &classified.items).await?;
    // A create is looked for by other names now; what was found by the earlier ones says nothing.
    if proposal.operation != Operation::Create && has_moved(&proposal.items, &snapshots) {
        return Err(record_moved());
    }
    Ok(snapshots)
}

fn record_moved() -> DecisionError {
    DecisionError::ChangedSinceShown {
        detail: "The record has changed in IT Glue meanwhile; open the proposal again.".to_owned(),
    }
}

/// An edit, or what has happened to the record, must not lead to clients of others.
pub(super) fn stays_with_own_clients(who: &Technician, draft: &Draft) -> Result<(), DecisionError> {
    if Clients::of(&draft.facts).are_within(who.person().organizations()) {
        return Ok(());
    }
    let detail = "This would reach a client that is not among yours. Leave that out, or let \
                  somebody decide who has the client.";
    Err(DecisionError::Invalid(vec![FieldError::new(
        "/body", detail,
    )]))
}
