//! Taking an applied write back: a new proposal from what the record held before, over the fields
//! that still hold what was written.

use serde_json::json;

use super::Decision;
use super::approve::said;
use super::error::DecisionError;
use crate::access::{Technician, open_account};
use crate::diff::{self, Diff, with_schema};
use crate::domain::{
    AuditAction, AuditEvent, Clients, Item, ItemClass, ItemRequest, Operation, Proposal,
    ProposalId, Record, Snapshot, Warning,
};
use crate::draft::{
    Asked, Inverse, NoInverse, Undoing, draft, has_changed_something, inverse, undoing,
};
use crate::intake::{IntakeError, Revert, Submitted};
use crate::itglue::{Purpose, ReadError, Session, snapshot, snapshots};
use crate::policy::{Subject, catalogue};
use crate::store::{Reverting, Standing, StoreError};

/// What a revert would do, before it is proposed.
#[derive(Clone, Debug)]
pub struct RevertPlan {
    /// What would be taken back.
    pub proposal: Proposal,
    /// How well that can be undone.
    pub undoing: Undoing,
    /// What would change, record by record; or why there is nothing to propose.
    pub change: Result<RevertChange, String>,
    /// The revert that is open already, if one is.
    pub open: Option<Reverting>,
}

/// What a revert would change.
#[derive(Clone, Debug)]
pub struct RevertChange {
    /// Record by record.
    pub diffs: Vec<Diff>,
    /// What is left out, and why.
    pub warnings: Vec<Warning>,
}

impl Decision {
    /// What a revert of this proposal would do now. Nothing is stored.
    ///
    /// # Errors
    /// [`DecisionError`]: it cannot be told.
    pub async fn plan_revert(
        &self,
        who: &Technician,
        id: ProposalId,
    ) -> Result<RevertPlan, DecisionError> {
        let proposal = self.find(who, id).await?;
        let standing = self.standing_of_reverts(&proposal).await?;
        let open = self.open_revert(id).await?;
        let undoing = undoing(&proposal, &standing.rules);
        let change = match self.inverse_of(who, &proposal, &standing).await {
            Ok((inverse, _)) => match self.preview(who, &inverse, &proposal, &standing).await? {
                Ok(diffs) => Ok(RevertChange {
                    diffs,
                    warnings: inverse.warnings,
                }),
                Err(why) => Err(why),
            },
            Err(DecisionError::NothingToRevert { detail }) => Err(detail),
            Err(DecisionError::WrongState(status)) => Err(format!(
                "It is {status}. Only what was applied can be taken back."
            )),
            Err(error) => return Err(error),
        };
        Ok(RevertPlan {
            proposal,
            undoing,
            change,
            open,
        })
    }

    /// Proposes to take an applied proposal back. While such a proposal is open, it is given back
    /// instead of making a second.
    ///
    /// # Errors
    /// [`DecisionError`]: nothing was proposed.
    pub async fn revert(
        &self,
        who: &Technician,
        id: ProposalId,
        reason: Option<&str>,
    ) -> Result<Submitted, DecisionError> {
        let made = self.propose_revert(who, id, reason).await;
        let is_of_others = matches!(
            &made,
            Err(DecisionError::NotFound | DecisionError::Revert(IntakeError::OtherClients))
        );
        if is_of_others && self.parts.store.proposal(id).await?.is_some() {
            let (now, person) = (self.parts.clock.now(), who.person());
            let event = AuditEvent::new(now, person.actor(), AuditAction::Refused)
                .on("proposal", id)
                .with(json!({ "rule": "clients.own" }))
                .from(person.address().cloned());
            self.parts.store.record_event(&event).await?;
        }
        made
    }

    async fn propose_revert(
        &self,
        who: &Technician,
        id: ProposalId,
        reason: Option<&str>,
    ) -> Result<Submitted, DecisionError> {
        const REASON_CHARACTERS: usize = 2_000;
        let reverted = self.find(who, id).await?;
        let reason = said(reason);
        if reason
            .as_ref()
            .is_some_and(|reason| reason.chars().count() > REASON_CHARACTERS)
        {
            return Err(DecisionError::ReasonTooLong);
        }
        if let Some(open) = self.open_revert(id).await? {
            let open = self.find(who, open.id).await?;
            return Ok(Submitted::Repeated(Box::new(open)));
        }
        let standing = self.standing_of_reverts(&reverted).await?;
        let (inverse, seen) = self.inverse_of(who, &reverted, &standing).await?;
        let revert = Revert {
            reverted: &reverted,
            asked: asked(&inverse),
            reason,
            warnings: inverse.warnings,
            seen,
        };
        match self.parts.intake.submit_revert(who, revert).await {
            Err(IntakeError::Store(StoreError::MadeAnew(number))) => Err(made_anew(number)),
            submitted => Ok(submitted?),
        }
    }

    async fn open_revert(&self, id: ProposalId) -> Result<Option<Reverting>, DecisionError> {
        let reverts = self.parts.store.reverts_of(id).await?;
        Ok(reverts.into_iter().find(|one| !one.status.is_final()))
    }

    async fn standing_of_reverts(&self, proposal: &Proposal) -> Result<Standing, DecisionError> {
        let standing = self.parts.store.standing(proposal.agent.id, true).await?;
        standing.ok_or(DecisionError::NotFound)
    }

    /// What would take the proposal back, on the records as they are now, with those records.
    async fn inverse_of(
        &self,
        who: &Technician,
        proposal: &Proposal,
        standing: &Standing,
    ) -> Result<(Inverse, Vec<Snapshot>), DecisionError> {
        let changed: Vec<&Item> = proposal
            .items
            .iter()
            .filter(|item| has_changed_something(item))
            .collect();
        if !proposal.status.is_final() || proposal.status.is_before_sending() {
            return Err(DecisionError::WrongState(proposal.status));
        }
        if changed.is_empty() {
            return Err(DecisionError::NothingToRevert {
                detail: "Nothing that this proposal wrote is known to have changed anything in IT \
                         Glue."
                    .to_owned(),
            });
        }
        if let Some(number) = self.parts.store.made_anew(proposal.id).await? {
            return Err(made_anew(number));
        }
        let session = self.session_of(proposal).await?;
        let mut seen = Vec::with_capacity(changed.len());
        for item in changed {
            let live = read_now(&session, item).await?;
            let is_own = |record: &Record| {
                let own = who.person().organizations();
                let organization = record.organization_id();
                organization.is_none_or(|organization| own.covers(organization))
            };
            if !live
                .iter()
                .filter_map(|live| live.record.as_ref())
                .all(is_own)
            {
                return Err(DecisionError::NotFound);
            }
            seen.push((item, live));
        }
        let inverse = inverse(proposal, &seen, &standing.rules)
            .map_err(|none| DecisionError::NothingToRevert { detail: told(none) })?;
        Ok((
            inverse,
            seen.into_iter().filter_map(|(_, live)| live).collect(),
        ))
    }

    /// What the inverse would change, as its own page will show it; or why it would not be taken.
    async fn preview(
        &self,
        who: &Technician,
        inverse: &Inverse,
        proposal: &Proposal,
        standing: &Standing,
    ) -> Result<Result<Vec<Diff>, String>, DecisionError> {
        let asked = asked(inverse);
        let Ok(classified) = asked.classify() else {
            return Ok(Err(
                "The catalogue does not know this write any more.".to_owned()
            ));
        };
        let session = self.session_of(proposal).await?;
        let read = snapshots(&session, &catalogue::resource, &classified.items).await?;
        let subject = Subject {
            rules: &standing.rules,
            scope: &standing.organizations,
        };
        let draft = match draft(&subject, &classified, &read, &asked, false) {
            Ok(draft) => draft,
            Err(errors) => {
                let details: Vec<String> = errors.into_iter().map(|error| error.detail).collect();
                return Ok(Err(format!(
                    "What the record held before does not fit it any more: {}.",
                    details.join("; ")
                )));
            }
        };
        if !Clients::of(&draft.facts).are_within(who.person().organizations()) {
            return Ok(Err(
                "It would reach a client that is not among yours. Let somebody propose it who has \
                 the client."
                    .to_owned(),
            ));
        }
        let diffs = draft
            .items
            .iter()
            .zip(&read)
            .filter_map(|(item, snapshot)| {
                let kind = catalogue::resource(&item.request.resource)?;
                let pointers = &item.secret_pointers;
                Some(diff::fields(kind, &item.request, snapshot, None, pointers))
            });
        Ok(Ok(diffs.collect()))
    }

    async fn session_of(&self, proposal: &Proposal) -> Result<Session, DecisionError> {
        let parts = &self.parts;
        let connection = parts
            .store
            .connection(proposal.connection.id)
            .await?
            .ok_or(DecisionError::NotFound)?;
        let account = open_account(&parts.vault, &connection)?;
        Ok(parts.itglue.session(&account, Purpose::Intake))
    }
}

/// A second copy is never proposed.
fn made_anew(number: i64) -> DecisionError {
    DecisionError::NothingToRevert {
        detail: format!(
            "#{number} has made what was deleted anew already, or may have. Once more would make a \
             second copy. If it is missing, look at #{number} and bring it back in IT Glue."
        ),
    }
}

fn asked(inverse: &Inverse) -> Asked {
    Asked {
        method: inverse.method,
        path: inverse.path.clone(),
        body: inverse.body.clone(),
        traits: inverse.traits,
        keep: Vec::new(),
    }
}

/// The record of an item as it is now: the one that it changed, made or removed.
async fn read_now(session: &Session, item: &Item) -> Result<Option<Snapshot>, DecisionError> {
    let request = ItemRequest {
        operation: Operation::Update,
        class: ItemClass::Set,
        record_id: item.request.record_id.or(item.resource_id),
        body: None,
        ..item.request.clone()
    };
    match snapshot(session, &catalogue::resource, &request).await {
        Ok(snapshot) => Ok(Some(with_schema(snapshot, item))),
        Err(ReadError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn told(none: NoInverse) -> String {
    match none {
        NoInverse::ByHand(why) => format!("It can only be undone by hand. {why}"),
        NoInverse::NothingLeft { left_alone } if left_alone.is_empty() => {
            "Nothing of it is left: the record does not hold what was written any more.".to_owned()
        }
        NoInverse::NothingLeft { left_alone } => format!(
            "Nothing of it is left to take back: others have changed {} since.",
            left_alone.join(", ")
        ),
    }
}
