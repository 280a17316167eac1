//! A person's word against the record as it is, and what is stored of it.

use serde_json::json;

use super::Decision;
use super::error::DecisionError;
use super::look::{Look, verified};
use super::resolve::{Resolve, invalid, rule};
use crate::access::{StepUp, Technician};
use crate::diff::{self, Evidenced, Reading};
use crate::domain::Decision as Decided;
use crate::domain::{
    AuditAction, AuditEvent, DecidedBy, DecisionVerdict, Item, ItemClass, ItemEvent, Operation,
    Progress, Proposal, Record, RecordId, ResultKind, Ruling, Timestamp, Word,
};
use crate::secrets::{Bound, BoundItem, content_hash, fingerprint_of};
use crate::store::{Evidence, ItemChange, ItemEnd, NewResolution, Rebase, Said};

/// Who says what of which item.
pub(super) struct Saying<'a> {
    pub(super) who: &'a Technician,
    pub(super) proposal: &'a Proposal,
    pub(super) item: &'a Item,
    pub(super) resolve: &'a Resolve,
    pub(super) reason: String,
    pub(super) at: Timestamp,
}

impl Decision {
    /// Reads what the word is about, where that matters, and puts together what is stored.
    ///
    /// # Errors
    /// If the record cannot be read, or plainly contradicts.
    pub(super) async fn weigh_word(
        &self,
        saying: &Saying<'_>,
        ruling: Ruling,
    ) -> Result<NewResolution, DecisionError> {
        let (proposal, item) = (saying.proposal, saying.item);
        let look = match saying.resolve.word {
            Word::GiveUp | Word::SkipRest | Word::Resume => {
                return Ok(saying.resolution(&ruling));
            }
            Word::Applied | Word::SendAgain | Word::Close => {
                self.look(proposal, item, saying.resolve.resource_id)
                    .await?
            }
        };
        saying.require_own(&look)?;
        match saying.resolve.word {
            Word::Applied => {
                let end = saying.found(&look)?;
                let mut resolution = saying.resolution(&ruling);
                if let Some(change) = &mut resolution.change {
                    change.end = Some(end);
                }
                Ok(resolution)
            }
            Word::SendAgain => {
                require_not_there(&look, item)?;
                let mut resolution = saying.resolution(&ruling);
                resolution.rebase = self.rebased(saying, &look)?.map(Box::new);
                Ok(resolution)
            }
            Word::Close | Word::GiveUp | Word::SkipRest | Word::Resume => {
                let agrees = look.shows_it_was_not_carried_out(item);
                let ruling = rule(proposal, saying.resolve, saying.at, agrees).unwrap_or(ruling);
                let mut resolution = saying.resolution(&ruling);
                if let (true, Some(change)) = (agrees, &mut resolution.change) {
                    change.evidence = Some(saying.evidence(Some(&look.finding.words)));
                }
                Ok(resolution)
            }
        }
    }

    /// The item on the record as it is, if that is no longer as it was approved.
    fn rebased(&self, saying: &Saying<'_>, look: &Look) -> Result<Option<Rebase>, DecisionError> {
        let (proposal, item) = (saying.proposal, saying.item);
        let Reading::Snapshot(snapshot) = &look.reading else {
            return Ok(None);
        };
        let watched = diff::watched(look.kind, &look.request, snapshot);
        let (Some(last), true) = (&proposal.decision, diff::drifted(&item.watched, &watched))
        else {
            return Ok(None);
        };
        let mut items = proposal.items.clone();
        for other in items.iter_mut().filter(|other| other.id == item.id) {
            other.watched.clone_from(&watched);
        }
        let bound = Bound {
            proposal: proposal.id,
            revision: proposal.revision,
            round: proposal.round + 1,
            connection: proposal.connection.id,
        };
        let items = items.iter().map(BoundItem::from);
        let fingerprint = fingerprint_of(&self.parts.vault, bound, items)?;
        let person = saying.who.person();
        Ok(Some(Rebase {
            round: proposal.round,
            watched,
            pre_image: snapshot.as_ref().clone(),
            decision: Decided {
                verdict: match last.verdict {
                    DecisionVerdict::ApprovedWithEdits => DecisionVerdict::ApprovedWithEdits,
                    DecisionVerdict::Approved
                    | DecisionVerdict::SentBack
                    | DecisionVerdict::Rejected => DecisionVerdict::Approved,
                },
                by: DecidedBy::Person,
                person: Some(person.id()),
                name: person.name().to_owned(),
                reason: Some(saying.reason.clone()),
                at: saying.at,
                fingerprint,
                shown: fingerprint,
                edits: None,
                round: proposal.round + 1,
            },
        }))
    }
}

/// What is there by now is not sent once more, whatever a person saw before.
fn require_not_there(look: &Look, item: &Item) -> Result<(), DecisionError> {
    let detail = match (&look.reading, look.finding.verdict) {
        (_, Evidenced::CarriedOut(Some(id))) => format!(
            "IT Glue shows it by now: record {id} is as it was sent. Resolve it as applied."
        ),
        (_, Evidenced::CarriedOut(None)) => {
            "IT Glue shows it by now. Resolve it as applied.".to_owned()
        }
        (Reading::NotThere, _) => {
            "The record it is about no longer exists, so there is nothing to send it to.".to_owned()
        }
        (Reading::Snapshot(_), Evidenced::Unchanged | Evidenced::CannotTell(_)) => {
            let newcomers = look.newcomers(item);
            // What never left has made none of them.
            if newcomers.is_empty() || !item.progress.was_sent() {
                return Ok(());
            }
            namesakes(&newcomers)
        }
    };
    Err(DecisionError::ChangedSinceShown { detail })
}

/// A create is not repeated over a record that it may have made.
fn namesakes(ids: &[RecordId]) -> String {
    format!(
        "IT Glue has a new record of the same name: {}. The first send may have made it, so nothing is \
         sent again. Resolve it as applied with that record, or remove the record in IT Glue first. \
         If it is none of ours, give this up and have it proposed anew.",
        diff::listed(ids)
    )
}

impl Saying<'_> {
    /// What is stored of the word, whatever it is.
    fn resolution(&self, ruling: &Ruling) -> NewResolution {
        let person = self.who.person();
        let word = self.resolve.word;
        let audit = self.audit(ruling);
        let change = ruling
            .item
            .map(|(event, to)| self.change(event, to, &audit));
        let skipped = ruling.skipped.iter();
        let skipped = skipped.filter_map(|place| self.proposal.items.get(*place));
        NewResolution {
            proposal_id: self.proposal.id,
            item_id: self.item.id,
            said: Said {
                attempt: self.item.progress.attempt,
                person: person.id(),
                name: person.name().to_owned(),
                resolution: word.resolution(),
                then: word.then(),
                resource_id: self.resolve.resource_id,
                reason: self.reason.clone(),
                at: self.at,
            },
            step_up_at: match self.who.step_up(self.at) {
                StepUp::Fresh(at) => Some(at),
                StepUp::Missing => None,
            },
            change,
            skipped: skipped.map(|item| item.id).collect(),
            leaves_rest: ruling.leaves_rest,
            passes_over: ruling.passes_over,
            rebase: None,
            audit,
        }
    }

    fn change(&self, event: ItemEvent, to: Progress, audit: &AuditEvent) -> ItemChange {
        let mut change = ItemChange::new(self.item, to, self.at, audit.clone());
        change.evidence = Some(self.evidence(None));
        if event == ItemEvent::LeftByPerson {
            change.end = Some(ItemEnd {
                result: Some(ResultKind::NotApplied),
                ..ItemEnd::default()
            });
        }
        change
    }

    fn evidence(&self, reading: Option<&str>) -> Evidence {
        let said = match (self.resolve.word, self.resolve.resource_id) {
            (Word::Applied, Some(id)) => format!("a person says it was carried out: record {id}"),
            (Word::Applied, None) => "a person says it was carried out".to_owned(),
            (Word::SendAgain, _) => {
                "a person says it was not carried out, and has it sent again".to_owned()
            }
            (Word::Close, _) => "a person says it was not carried out".to_owned(),
            (Word::GiveUp, _) => "a person gave up finding out".to_owned(),
            (Word::SkipRest, _) => "a person left the rest".to_owned(),
            (Word::Resume, _) => "a person let the rest go on".to_owned(),
        };
        let finding = match reading {
            Some(reading) => format!("{said}, and reading agrees: {reading}"),
            None => said,
        };
        let person = self.who.person().id();
        Evidence {
            source: "person",
            hash: content_hash(format!("{finding} {person} {}", self.reason).as_bytes()),
            finding,
        }
    }

    fn audit(&self, ruling: &Ruling) -> AuditEvent {
        let person = self.who.person();
        let word = self.resolve.word;
        AuditEvent::new(self.at, person.actor(), AuditAction::Resolved)
            .on("proposal", self.proposal.id)
            .with(json!({
                "position": self.item.position,
                "attempt": self.item.progress.attempt,
                "resolution": word.resolution(),
                "then": word.then(),
                "resource_id": self.resolve.resource_id,
                "state": ruling.item.map(|(_, to)| to.state),
                "skipped": ruling.skipped,
            }))
            .from(person.address().cloned())
    }

    /// A record that has moved to another client is not read by whoever is limited to the old one.
    fn require_own(&self, look: &Look) -> Result<(), DecisionError> {
        let own = self.who.person().organizations();
        let organization = look.record().and_then(Record::organization_id);
        if organization.is_none_or(|organization| own.covers(organization)) {
            Ok(())
        } else {
            Err(DecisionError::NotFound)
        }
    }

    /// The record that shows what was sent, as far as it can be read.
    fn found(&self, look: &Look) -> Result<ItemEnd, DecisionError> {
        let (item, request) = (self.item, &look.request);
        let result = if item.progress.was_sent() {
            ResultKind::Applied
        } else {
            ResultKind::AlreadyInPlace
        };
        let end = ItemEnd {
            result: Some(result),
            ..ItemEnd::default()
        };
        if request.class == ItemClass::Remove {
            return match look.record() {
                Some(_) => Err(invalid(
                    "/resolution",
                    "The record is still there in IT Glue.",
                )),
                None => Ok(ItemEnd {
                    resource_id: request.record_id,
                    verified: Some(true),
                    ..end
                }),
            };
        }
        let (id, record) = if request.operation == Operation::Create {
            let id = self.named(look)?;
            (Some(id), look.named.as_ref())
        } else {
            self.require_same_record(request.record_id)?;
            if matches!(look.reading, Reading::NotThere) {
                return Err(invalid(
                    "/resolution",
                    "IT Glue has no such record any more.",
                ));
            }
            (request.record_id, look.record())
        };
        let Some(record) = record else {
            return Ok(ItemEnd {
                resource_id: id,
                ..end
            });
        };
        let verification = verified(look, item, record);
        Ok(ItemEnd {
            resource_id: id,
            post_image: Some(record.clone()),
            verified: Some(verification.verified),
            differences: verification.differences,
            ..end
        })
    }

    /// The record a person names as the one that was created: there, not before, and of the client
    /// it was to be created for.
    fn named(&self, look: &Look) -> Result<RecordId, DecisionError> {
        const POINTER: &str = "/resource_id";
        let Some(id) = self.resolve.resource_id else {
            return Err(invalid(
                POINTER,
                "Say which record it is, by its id in IT Glue.",
            ));
        };
        if look.was_there_before(self.item, id) {
            let why = "This record was there before the write was sent.";
            return Err(invalid(POINTER, why));
        }
        let Some(record) = &look.named else {
            return Err(invalid(POINTER, "IT Glue has no such record of this kind."));
        };
        let expected = self.item.resource.organization_id;
        match (expected, record.organization_id()) {
            (Some(expected), Some(found)) if expected != found => Err(invalid(
                POINTER,
                "This record belongs to another organization.",
            )),
            (Some(_) | None, Some(_) | None) => Ok(id),
        }
    }

    fn require_same_record(&self, expected: Option<RecordId>) -> Result<(), DecisionError> {
        match self.resolve.resource_id {
            Some(id) if Some(id) != expected => Err(invalid(
                "/resource_id",
                "The proposal is about another record; leave the id out.",
            )),
            Some(_) | None => Ok(()),
        }
    }
}
