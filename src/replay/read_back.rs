//! After the write: does the record show what was sent? 200 is not proof.

use serde_json::{Value, json};

use super::observing::Observing;
use super::turn::Turn;
use super::unread::{is_for_key, pause_after};
use super::worker::Worker;
use crate::diff::{self, Question, created_since, with_schema};
use crate::domain::{
    AuditAction, Difference, Item, ItemClass, ItemRequest, Operation, Record, RecordId,
};
use crate::itglue::{Purpose, ReadError, Session, preflight as read_record};
use crate::policy::catalogue;
use crate::store::{Due, ItemChange, ItemEnd};

/// How long a record that cannot be read back is tried for: twenty times the usual settle time.
const TRY_FOR_SECONDS: i64 = 60 * 60;
const FIRST_RETRY_SECONDS: i64 = 5;
/// A key that is refused says nothing about the record; it is waited for.
const KEY_REFUSED_SECONDS: i64 = 60;

/// Reads back right after the write, with the request that was paid for before it. `before` is the
/// record right before the write.
pub(super) async fn read_back_now(worker: &Worker, turn: &Turn, before: Option<&Record>) {
    let session = worker.itglue.session(&turn.account, Purpose::Replay);
    read_back(worker, turn, before, &session.prepaid(1)).await;
}

/// Reads back what was missed: after a crash, or because a read failed.
pub(super) async fn read_back_later(worker: &Worker, due: Due) {
    let item = due.item.clone();
    match Turn::open(worker, due).await {
        Ok(turn) => {
            let session = worker.itglue.session(&turn.account, Purpose::Replay);
            read_back(worker, &turn, None, &session).await;
        }
        Err(error) => {
            tracing::error!(
                proposal.id = %item.proposal_id,
                error = &error as &dyn std::error::Error,
                "a record could not be read back; it is tried again"
            );
            let change = retry(worker, &item, &error.to_string());
            worker.commit(&change).await;
        }
    }
}

/// What reading back found.
enum Found {
    /// The record.
    Record(Box<Record>),
    /// No such record, and that is certain.
    Nothing,
    /// A create whose record cannot be told by the answer or by looking for it.
    Unidentified,
}

async fn read_back(worker: &Worker, turn: &Turn, before: Option<&Record>, session: &Session) {
    let found = async {
        match find(worker, turn, session).await {
            Ok(found) => Ok(found),
            Err(error) => Err(unread(worker, turn, &error).await),
        }
    };
    let found = tokio::select! {
        () = worker.stopping.cancelled() => return,
        found = found => found,
    };
    let change = match found {
        Ok(Found::Record(record)) => shown(worker, turn, before, *record),
        Ok(Found::Unidentified) if !is_settled(worker, turn) => {
            retry(worker, &turn.item, "the new record was not found yet")
        }
        Ok(Found::Nothing | Found::Unidentified) => missing(worker, turn),
        Err(change) => change,
    };
    worker.commit(&change).await;
}

/// What is stored after a read that failed.
async fn unread(worker: &Worker, turn: &Turn, error: &ReadError) -> ItemChange {
    let (item, why) = (&turn.item, error.to_string());
    if matches!(error, ReadError::NoAddress { .. }) {
        return given_up(worker, item, &why);
    }
    let pause = pause_after(worker, turn, error).await;
    let mut change = if is_for_key(pause.as_ref().or(turn.connection.pause.as_ref())) {
        let mut change = worker.note(item, AuditAction::ReadBack, json!({ "error": why }));
        change.next_read_at = Some(worker.in_scaled_seconds(KEY_REFUSED_SECONDS));
        change
    } else {
        retry(worker, item, &why)
    };
    if let Some(pause) = pause {
        let next = change.next_read_at.max(pause.until);
        change.next_read_at = change.next_read_at.and(next);
        change.pause = Some((turn.connection.id, pause));
    }
    change
}

async fn find(worker: &Worker, turn: &Turn, session: &Session) -> Result<Found, ReadError> {
    if turn.request.operation == Operation::Create {
        return find_made(worker, turn, session).await;
    }
    match read_record(session, &catalogue::resource, &turn.request).await {
        Ok(snapshot) => Ok(snapshot
            .record
            .map_or(Found::Nothing, |record| Found::Record(Box::new(record)))),
        Err(ReadError::NotFound) => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

/// The record that a create made. The answer may have named a wrong id: a record that was there
/// before is none, and one that is not as it was sent is taken only where no other is.
async fn find_made(worker: &Worker, turn: &Turn, session: &Session) -> Result<Found, ReadError> {
    let named = match turn.item.resource_id {
        Some(id) => match read_one(turn, id, session).await {
            Ok(record) => record,
            Err(ReadError::NotFound) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let question = Question::new(turn.kind, &turn.request, &turn.item, None, None);
    let named = named.filter(|record| !question.was_there_before(record.id));
    let Some(named) = named else {
        return find_created(worker, turn, session).await;
    };
    if is_as_sent(turn, &named) {
        return Ok(Found::Record(Box::new(named)));
    }
    match find_created(worker, turn, session).await {
        Ok(Found::Record(found)) if found.id != named.id => Ok(Found::Record(found)),
        Err(error) if error.is_passing() => Err(error),
        Ok(Found::Record(_) | Found::Nothing | Found::Unidentified) | Err(_) => {
            Ok(Found::Record(Box::new(named)))
        }
    }
}

fn is_as_sent(turn: &Turn, record: &Record) -> bool {
    let schema = turn.item.pre_image.schema.as_ref();
    diff::verify(turn.kind, &turn.item.request, None, record, schema).verified
}

/// Reads a created record by its id, in the way one that was there before is read.
async fn read_one(
    turn: &Turn,
    id: RecordId,
    session: &Session,
) -> Result<Option<Record>, ReadError> {
    let request = ItemRequest {
        operation: Operation::Update,
        class: ItemClass::Set,
        record_id: Some(id),
        ..turn.request.clone()
    };
    let snapshot = read_record(session, &catalogue::resource, &request).await?;
    Ok(snapshot.record)
}

async fn find_created(worker: &Worker, turn: &Turn, session: &Session) -> Result<Found, ReadError> {
    let observing = Observing::new(session, &worker.clock);
    let snapshot = read_record(&observing, &catalogue::resource, &turn.request).await?;
    let snapshot = with_schema(snapshot, &turn.item);
    let bound = created_since(&turn.item, observing.last().date_offset);
    let (kind, watched) = (turn.kind, &turn.item.watched);
    let ids = diff::candidates(kind, &turn.request, watched, &snapshot, bound);
    let [id] = ids.as_slice() else {
        return Ok(Found::Unidentified);
    };
    let record = snapshot.census.into_iter().find(|record| record.id == *id);
    Ok(record.map_or(Found::Unidentified, |record| {
        Found::Record(Box::new(record))
    }))
}

fn shown(worker: &Worker, turn: &Turn, before: Option<&Record>, record: Record) -> ItemChange {
    let schema = turn.item.pre_image.schema.as_ref();
    // What was shown may be older than the edits of somebody else that came before the write.
    let shown = turn.item.pre_image.record.as_ref();
    // The shown request: what differs is stored and displayed, so no secret may be in it.
    let request = &turn.item.request;
    let verification = diff::verify(turn.kind, request, before.or(shown), &record, schema);
    let concurrent_edits = if before.is_some() {
        verification.concurrent_edits
    } else {
        Vec::new()
    };
    if !verification.verified || !concurrent_edits.is_empty() {
        tracing::warn!(
            proposal.id = %turn.item.proposal_id,
            item.position = turn.item.position,
            differences = verification.differences.len(),
            concurrent_edits = concurrent_edits.len(),
            "a written record does not read back as it was sent, or somebody else edited it"
        );
    }
    let details = json!({
        "verified": verification.verified,
        "differences": verification.differences.len(),
        "concurrent_edits": concurrent_edits,
    });
    let mut change = worker.note(&turn.item, AuditAction::ReadBack, details);
    change.end = Some(ItemEnd {
        resource_id: Some(record.id),
        post_image: Some(record),
        verified: Some(verification.verified),
        differences: verification.differences,
        concurrent_edits,
        ..ItemEnd::default()
    });
    change
}

/// What a remove is proven by, and everything else is not.
fn missing(worker: &Worker, turn: &Turn) -> ItemChange {
    let is_removed = turn.request.operation == Operation::Delete;
    let differences = if is_removed {
        Vec::new()
    } else {
        vec![Difference {
            pointer: "/data".to_owned(),
            label: turn.kind.label.clone(),
            sent: Value::from("a record"),
            found: Value::Null,
        }]
    };
    let details = json!({ "verified": is_removed, "found": "nothing" });
    let mut change = worker.note(&turn.item, AuditAction::ReadBack, details);
    change.end = Some(ItemEnd {
        verified: Some(is_removed),
        differences,
        ..ItemEnd::default()
    });
    change
}

/// Tried again after as long as it has been tried for; given up after an hour.
fn retry(worker: &Worker, item: &Item, why: &str) -> ItemChange {
    let scaled = |seconds| worker.settings.scaled_millis(seconds);
    let now = worker.now();
    let tried_for = item
        .ended_at
        .map_or(0, |ended_at| now.millis_since(ended_at));
    if tried_for >= scaled(TRY_FOR_SECONDS) {
        return given_up(worker, item, why);
    }
    let mut change = worker.note(item, AuditAction::ReadBack, json!({ "error": why }));
    let wait = tried_for.max(scaled(FIRST_RETRY_SECONDS));
    change.next_read_at = Some(now.plus_millis(wait));
    change
}

/// Nothing is read any more. That nobody saw the record is told where people look for what reads
/// back differently.
fn given_up(worker: &Worker, item: &Item, why: &str) -> ItemChange {
    tracing::warn!(
        proposal.id = %item.proposal_id,
        item.position = item.position,
        why,
        "a written record could not be read back; a person has to look at it"
    );
    let details = json!({ "verified": false, "error": why });
    let mut change = worker.note(item, AuditAction::ReadBack, details);
    change.end = Some(ItemEnd {
        verified: Some(false),
        differences: vec![Difference {
            pointer: "/data".to_owned(),
            label: "Reading back".to_owned(),
            sent: Value::from("a record"),
            found: Value::from(format!("could not be read back: {why}")),
        }],
        ..ItemEnd::default()
    });
    change
}

fn is_settled(worker: &Worker, turn: &Turn) -> bool {
    let now = worker.now();
    turn.item
        .ended_at
        .is_none_or(|ended_at| now.millis_since(ended_at) >= worker.settings.settle_millis())
}
