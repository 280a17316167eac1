//! What the ending of a send means for the item (replay protocol, section 6).

use serde_json::{Value, json};

use super::standing::key_refused;
use super::turn::Turn;
use super::worker::Worker;
use crate::domain::{
    AuditAction, ItemEvent, ItemState, Operation, RecordId, ResultKind, Timestamp, TransitionError,
    pointer,
};
use crate::itglue::{DoneBody, Ending, NotSentCause, SendReport, hide_traits};
use crate::store::{AttemptEnd, ConnectionPause, ItemChange, ItemEnd};

/// When an unclear send is first looked for.
pub(super) const FIRST_LOOK_SECONDS: i64 = 2;

/// A send that is over.
pub(super) struct Sent<'a> {
    /// How it went; `None` if it was given up while it ran.
    pub(super) report: Option<&'a SendReport>,
    /// The moment before the first byte.
    pub(super) first_byte_at: Timestamp,
    /// From the answer of the preflight read to the first byte.
    pub(super) window_ms: Option<i64>,
}

/// The change that stores a send's ending. The item of `turn` is `sending`.
///
/// # Errors
/// If the item is not being sent.
pub(super) fn outcome(
    worker: &Worker,
    turn: &Turn,
    sent: &Sent<'_>,
) -> Result<ItemChange, TransitionError> {
    let Some(report) = sent.report else {
        let mut change = base(worker, turn, sent, ItemEvent::EndedUnclear, "interrupted")?;
        look_soon(worker, &mut change);
        return Ok(change);
    };
    let ending = &report.ending;
    let event = match ending {
        Ending::NotSent { .. } | Ending::RateLimited { .. } | Ending::KeyRefused { .. } => {
            ItemEvent::NotCarriedOut
        }
        Ending::Done { .. } => ItemEvent::CarriedOut,
        Ending::Refused { status, .. } => ItemEvent::Refused {
            gone: matches!(status, 404 | 410),
        },
        Ending::Unknown { .. } => ItemEvent::EndedUnclear,
    };
    let mut change = base(worker, turn, sent, event, ending.kind().as_str())?;
    complete(worker, turn, report, &mut change);
    if change.to.state != ItemState::Queued {
        worker.failures.forget(turn.item.id);
    }
    Ok(change)
}

fn base(
    worker: &Worker,
    turn: &Turn,
    sent: &Sent<'_>,
    event: ItemEvent,
    ending: &str,
) -> Result<ItemChange, TransitionError> {
    let report = sent.report;
    let http_status = report.and_then(|report| report.ending.status());
    let details = json!({
        "ending": ending,
        "cause": report.and_then(|report| cause(&report.ending)),
        "status": http_status,
    });
    let mut change = worker.change(&turn.item, event, AuditAction::Ended, details)?;
    change.attempt_end = Some(AttemptEnd {
        first_byte_at: Some(sent.first_byte_at),
        window_ms: sent.window_ms,
        ending: ending.to_owned(),
        http_status,
        response: report.and_then(|report| kept(turn, report)),
    });
    Ok(change)
}

/// What is kept of IT Glue's answer: also without what this write has put into Password fields, or
/// what stood there before.
fn kept(turn: &Turn, report: &SendReport) -> Option<Value> {
    let mut response = report.response.clone()?;
    let exact = turn.request.body.as_ref();
    let pointers = turn.item.secret_pointers.iter();
    let sent: Vec<(String, &Value)> = pointers
        .filter_map(|secret| Some((pointer::split(secret)?.1, exact?.pointer(secret)?)))
        .collect();
    hide_traits(&mut response, turn.item.pre_image.schema.as_ref(), &sent);
    Some(response)
}

/// What goes into the change beside state and attempt. Also keeps the connection's standing.
fn complete(worker: &Worker, turn: &Turn, report: &SendReport, change: &mut ItemChange) {
    let (settings, standings) = (&worker.settings, &worker.standings);
    let connection = &turn.connection;
    match &report.ending {
        Ending::NotSent { cause, detail } => {
            let why = format!("the write could not be sent: {detail}");
            let wait = match cause {
                NotSentCause::TooLate => 0,
                NotSentCause::CouldNotConnect | NotSentCause::Unusable => {
                    worker.back_off(&turn.item, &why)
                }
            };
            wait_for(change, why, wait);
        }
        Ending::Done { status, body } => {
            standings.note_clear(connection.id);
            change.end = Some(ItemEnd {
                result: Some(ResultKind::Applied),
                http_status: Some(*status),
                response: kept(turn, report),
                resource_id: written_id(turn, body),
                ..ItemEnd::default()
            });
        }
        Ending::RateLimited { retry_after } => {
            let pause = standings.note_limited(settings, connection.id, *retry_after, change.at);
            wait_for(change, pause.detail.clone(), 0);
            pause_with(change, turn, pause);
        }
        Ending::KeyRefused { .. } => {
            let pause = key_refused(change.at);
            // Where the key only may not write this, others get their turn first.
            let wait = worker.back_off(&turn.item, &pause.detail);
            wait_for(change, pause.detail.clone(), wait);
            pause_with(change, turn, pause);
        }
        Ending::Refused { status, .. } => {
            standings.note_clear(connection.id);
            let is_applied = change.to.state == ItemState::Applied;
            change.end = Some(ItemEnd {
                result: Some(if is_applied {
                    ResultKind::Applied
                } else {
                    ResultKind::RefusedByItGlue
                }),
                http_status: Some(*status),
                response: kept(turn, report),
                ..ItemEnd::default()
            });
        }
        Ending::Unknown { .. } => {
            look_soon(worker, change);
            if let Some(pause) = standings.note_unclear(settings, connection, change.at) {
                pause_with(change, turn, pause);
            }
        }
    }
}

fn wait_for(change: &mut ItemChange, why: String, millis: i64) {
    change.hold_reason = Some(why);
    change.not_before = (millis > 0).then(|| change.at.plus_millis(millis));
}

fn pause_with(change: &mut ItemChange, turn: &Turn, pause: ConnectionPause) {
    change.pause = Some((turn.connection.id, pause));
}

fn look_soon(worker: &Worker, change: &mut ItemChange) {
    let wait = worker.settings.scaled_millis(FIRST_LOOK_SECONDS);
    change.next_read_at = Some(change.at.plus_millis(wait));
}

/// The id of the record: a create is told by the answer, everything else knows it before.
fn written_id(turn: &Turn, body: &DoneBody) -> Option<RecordId> {
    match turn.request.operation {
        Operation::Create => body.only().map(|record| record.id),
        Operation::Update
        | Operation::Publish
        | Operation::Delete
        | Operation::Read
        | Operation::ReadSecret => turn.request.record_id,
    }
}

fn cause(ending: &Ending) -> Option<&'static str> {
    match ending {
        Ending::NotSent { cause, .. } => Some(cause.as_str()),
        Ending::Unknown { cause, .. } => Some(cause.as_str()),
        Ending::Done { .. }
        | Ending::RateLimited { .. }
        | Ending::KeyRefused { .. }
        | Ending::Refused { .. } => None,
    }
}
