//! The read right before the write, on the connection the write will take.

use serde_json::{Value, json};

use super::compare::{Comparison, compare};
use super::halt::{Halt, is_unsent};
use super::observing::{Answered, Observing};
use super::turn::Turn;
use super::unread::pause_after;
use super::worker::Worker;
use crate::diff::{updated_at, with_schema};
use crate::domain::{
    AuditAction, DecidedBy, Item, ItemClass, ItemEvent, ItemState, Record, ResultKind, Snapshot,
    UnresolvedReason, Warning, WarningCode,
};
use crate::itglue::{Exclusive, ReadError, preflight as read_preflight};
use crate::policy::catalogue;
use crate::store::{ConnectionPause, ItemEnd};

/// How long a key that may not read this kind of record is left alone at least.
const FORBIDDEN_KIND_SECONDS: i64 = 60;

/// An item that was found as it was shown, with the open connection.
pub(super) struct Ready {
    pub(super) turn: Turn,
    pub(super) exclusive: Exclusive,
    /// When the last answer was there.
    pub(super) answered: Answered,
    /// The record right before the write.
    pub(super) record: Option<Record>,
    /// What tells later whether anything changed: the census of a create, `updated-at` otherwise.
    pub(super) baseline: Value,
}

/// Reads what the item is about and compares it with what was shown.
///
/// # Errors
/// [`Halt`] says what becomes of it instead of being sent.
pub(super) async fn preflight(worker: &Worker, turn: Turn) -> Result<Ready, Halt> {
    let exclusive = match worker.itglue.open(&turn.account).await {
        Ok(exclusive) => exclusive,
        Err(error) => return Err(unread(worker, &turn, error).await),
    };
    let observing = Observing::new(&exclusive, &worker.clock);
    let read = tokio::select! {
        () = worker.stopping.cancelled() => return Err(stopping(worker, &turn.item)),
        read = read_preflight(&observing, &catalogue::resource, &turn.request) => read,
    };
    let answered = observing.last();
    let snapshot = match read {
        Ok(snapshot) => with_schema(snapshot, &turn.item),
        // Such a record was never read: both sides know nothing of it.
        Err(ReadError::NoAddress { .. }) => with_schema(Snapshot::default(), &turn.item),
        Err(ReadError::NotFound) => return Err(gone(worker, &turn)),
        Err(error) => return Err(unread(worker, &turn, error).await),
    };
    let watched = match compare(turn.kind, &turn.request, &turn.item, &snapshot) {
        Comparison::Unmoved(watched) => watched,
        Comparison::AlreadyInPlace => return Err(in_place(worker, &turn, snapshot)),
        Comparison::Moved { detail, fields } => return Err(drift(worker, &turn, &detail, fields)),
    };
    let baseline = match turn.request.class {
        ItemClass::Once => watched,
        ItemClass::Set | ItemClass::Remove | ItemClass::Secret => {
            json!({ "updated-at": updated_at(snapshot.record.as_ref()) })
        }
    };
    Ok(Ready {
        turn,
        exclusive,
        answered,
        record: snapshot.record,
        baseline,
    })
}

/// Back to the queue, because the process ends.
pub(super) fn stopping(worker: &Worker, item: &Item) -> Halt {
    Halt::release(worker, item, "the server restarts", 0)
}

fn gone(worker: &Worker, turn: &Turn) -> Halt {
    let item = &turn.item;
    // A create that may have been carried out before did not fail because its parent is gone.
    if item.progress.sends > 0 && item.progress.class != ItemClass::Remove {
        return unresolved(worker, item, "the record is gone");
    }
    let details = json!({ "result": ResultKind::RecordGone.as_str() });
    let change = worker.change(item, ItemEvent::RecordGone, AuditAction::Ended, details);
    match change {
        Ok(mut change) => {
            let is_applied = change.to.state == ItemState::Applied;
            change.end = Some(ItemEnd {
                result: Some(if is_applied {
                    ResultKind::Applied
                } else {
                    ResultKind::RecordGone
                }),
                verified: is_applied.then_some(true),
                ..ItemEnd::default()
            });
            Halt::Change(Box::new(change))
        }
        Err(error) => error.into(),
    }
}

fn in_place(worker: &Worker, turn: &Turn, snapshot: Snapshot) -> Halt {
    let item = &turn.item;
    let details = json!({ "result": ResultKind::AlreadyInPlace.as_str() });
    let change = worker.change(item, ItemEvent::AlreadyInPlace, AuditAction::Ended, details);
    match change {
        Ok(mut change) => {
            change.end = Some(ItemEnd {
                result: Some(ResultKind::AlreadyInPlace),
                resource_id: turn.request.record_id,
                post_image: snapshot.record,
                verified: Some(true),
                ..ItemEnd::default()
            });
            Halt::Change(Box::new(change))
        }
        Err(error) => error.into(),
    }
}

fn drift(worker: &Worker, turn: &Turn, why: &str, fields: Vec<String>) -> Halt {
    if !is_unsent(&turn.proposal) {
        return unresolved(worker, &turn.item, why);
    }
    let decision = turn.proposal.decision.as_ref();
    let approver = decision.filter(|decision| decision.by == DecidedBy::Person);
    let detail = match approver {
        Some(decision) => format!("Moved since {} approved it: {why}", decision.name),
        None => format!("Moved since the policy let it pass: {why}"),
    };
    let warning = Warning {
        code: WarningCode::MovedSinceApproval,
        detail,
        fields,
    };
    Halt::return_to_people(worker, &turn.proposal, why, Some(warning))
}

fn unresolved(worker: &Worker, item: &Item, why: &str) -> Halt {
    let details = json!({ "unresolved": UnresolvedReason::Drift.as_str(), "why": why });
    match worker.change(item, ItemEvent::Drifted, AuditAction::Ended, details) {
        Ok(mut change) => {
            change.unresolved = Some(UnresolvedReason::Drift);
            Halt::Change(Box::new(change))
        }
        Err(error) => error.into(),
    }
}

/// The read failed: the permit is untouched, the item waits.
async fn unread(worker: &Worker, turn: &Turn, error: ReadError) -> Halt {
    let item = &turn.item;
    if let Some(pause) = pause_after(worker, turn, &error).await {
        let why = pause.detail.clone();
        return paused(worker, turn, &why, pause);
    }
    match error {
        ReadError::KeyRefused { .. } => {
            let why = "IT Glue does not let the key read this kind of record";
            let least = worker.settings.scaled_millis(FORBIDDEN_KIND_SECONDS);
            let wait = worker.back_off(item, why).max(least);
            Halt::release(worker, item, why, wait)
        }
        ReadError::BudgetExhausted { retry_after } => {
            let wait = i64::try_from(retry_after.as_millis()).unwrap_or(i64::MAX);
            Halt::release(worker, item, "waits for the budget of requests", wait)
        }
        error @ (ReadError::NotFound
        | ReadError::ForbiddenRecord { .. }
        | ReadError::Refused { .. }
        | ReadError::RateLimited { .. }
        | ReadError::Unavailable { .. }
        | ReadError::Unintelligible { .. }
        | ReadError::NoAddress { .. }) => Halt::back_off(worker, item, &error.to_string()),
    }
}

/// Back to the queue of a connection that is paused with the same commit.
fn paused(worker: &Worker, turn: &Turn, why: &str, pause: ConnectionPause) -> Halt {
    match Halt::release(worker, &turn.item, why, 0) {
        Halt::Change(mut change) => {
            change.pause = Some((turn.connection.id, pause));
            Halt::Change(change)
        }
        halt @ (Halt::Return(_) | Halt::Overtaken | Halt::NotWritten(..) | Halt::Failed(_)) => halt,
    }
}
