//! The record as it is while a person says what became of a send.

use super::Decision;
use super::error::DecisionError;
use crate::access::open_account;
use crate::diff::{self, Evidenced, Finding, Question, Reading, SecretSight, with_schema};
use crate::domain::{
    Item, ItemClass, ItemRequest, Operation, Proposal, Record, RecordId, ResourceKind,
};
use crate::itglue::{Purpose, ReadError, Session, preflight, snapshot};
use crate::policy::catalogue;
use crate::secrets::exact_body;
use crate::store::Baseline;

/// What reading says of an item right now. Its exact request may hold secrets, so it is never
/// logged.
pub(super) struct Look {
    pub(super) kind: &'static ResourceKind,
    pub(super) request: ItemRequest,
    pub(super) reading: Reading,
    pub(super) finding: Finding,
    /// The record a person names as the one that was created.
    pub(super) named: Option<Record>,
    baseline: Baseline,
}

impl Look {
    /// Whether it can be told that nothing came of the send.
    pub(super) fn shows_it_was_not_carried_out(&self, item: &Item) -> bool {
        let has_nothing_new = match &self.reading {
            Reading::Snapshot(snapshot) => snapshot.census_taken && self.newcomers(item).is_empty(),
            Reading::NotThere => false,
        };
        match (self.request.class, self.request.operation) {
            (ItemClass::Set, _) => self.finding.verdict == Evidenced::Unchanged,
            // An id is not given twice: what is there was not removed.
            (ItemClass::Remove, _) => self.record().is_some(),
            (ItemClass::Once, Operation::Create) => has_nothing_new,
            (ItemClass::Once | ItemClass::Secret, _) => false,
        }
    }

    /// The record the item is about.
    pub(super) fn record(&self) -> Option<&Record> {
        match &self.reading {
            Reading::Snapshot(snapshot) => snapshot.record.as_ref(),
            Reading::NotThere => None,
        }
    }

    /// The records of its name that were not there when it was sent; for creates alone.
    pub(super) fn newcomers(&self, item: &Item) -> Vec<RecordId> {
        match (&self.reading, self.request.operation) {
            (Reading::Snapshot(snapshot), Operation::Create) => {
                self.question(item).newcomers(snapshot)
            }
            (Reading::Snapshot(_) | Reading::NotThere, _) => Vec::new(),
        }
    }

    /// Whether the record was there before anything was sent.
    pub(super) fn was_there_before(&self, item: &Item, id: RecordId) -> bool {
        self.question(item).was_there_before(id)
    }

    fn question<'a>(&'a self, item: &'a Item) -> Question<'a> {
        let (before, date_offset) = (self.baseline.before.as_ref(), self.baseline.date_offset);
        Question::new(self.kind, &self.request, item, before, date_offset)
    }
}

impl Decision {
    /// Reads what an item is about, and the record a person names, if they do.
    ///
    /// # Errors
    /// If it cannot be read now.
    pub(super) async fn look(
        &self,
        proposal: &Proposal,
        item: &Item,
        named: Option<RecordId>,
    ) -> Result<Look, DecisionError> {
        let parts = &self.parts;
        let request = ItemRequest {
            body: exact_body(&parts.vault, item)?,
            ..item.request.clone()
        };
        let kind = catalogue::resource(&request.resource).ok_or(DecisionError::NotFound)?;
        let connection = parts
            .store
            .connection(proposal.connection.id)
            .await?
            .ok_or(DecisionError::NotFound)?;
        let baseline = parts
            .store
            .baseline(item.id, item.progress.attempt)
            .await?
            .unwrap_or_default();
        let account = open_account(&parts.vault, &connection)?;
        let session = parts.itglue.session(&account, Purpose::Intake);
        let reading = match snapshot(&session, &catalogue::resource, &request).await {
            Ok(snapshot) => Reading::Snapshot(Box::new(with_schema(snapshot, item))),
            Err(ReadError::NotFound) => Reading::NotThere,
            Err(ReadError::NoAddress { .. }) => Reading::Snapshot(Box::default()),
            Err(error) => return Err(error.into()),
        };
        let before = baseline.before.as_ref();
        let mut question = Question::new(kind, &request, item, before, baseline.date_offset);
        if let (Reading::Snapshot(_), Some((id, sent))) = (&reading, question.hidden_value()) {
            question.secret = SecretSight::of(session.has_password(id, sent).await?);
        }
        let finding = question.answer(&reading);
        let named = match named {
            Some(id) if request.operation == Operation::Create => {
                read_named(&session, &request, id).await?
            }
            Some(_) | None => None,
        };
        Ok(Look {
            kind,
            request,
            reading,
            finding,
            named,
            baseline,
        })
    }
}

/// Reads a created record in the way one that was there before is read.
async fn read_named(
    session: &Session,
    request: &ItemRequest,
    id: RecordId,
) -> Result<Option<Record>, DecisionError> {
    let request = ItemRequest {
        operation: Operation::Update,
        class: ItemClass::Set,
        record_id: Some(id),
        ..request.clone()
    };
    match preflight(session, &catalogue::resource, &request).await {
        Ok(snapshot) => Ok(snapshot.record),
        Err(ReadError::NotFound | ReadError::ForbiddenRecord { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What was sent against what the record shows.
pub(super) fn verified(look: &Look, item: &Item, record: &Record) -> diff::Verification {
    let before = item.pre_image.record.as_ref();
    let schema = item.pre_image.schema.as_ref();
    // The shown request: what differs is stored and displayed, so no secret may be in it.
    diff::verify(look.kind, &item.request, before, record, schema)
}
