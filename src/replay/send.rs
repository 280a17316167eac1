//! The send: first the intention on disk, then the bytes, once.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::check::check_again;
use super::halt::Halt;
use super::outcome::{Sent, outcome};
use super::preflight::{Ready, stopping};
use super::read_back::read_back_now;
use super::sweep::lift;
use super::turn::Turn;
use super::worker::{Committed, Worker};
use crate::domain::{
    AuditAction, CrashPoint, ItemEvent, ItemState, Record, Timestamp, json::canonical,
};
use crate::itglue::{Ending, Exclusive, SendReport};
use crate::secrets::body_hash;
use crate::store::{AttemptStart, Intention, ItemChange, PauseKind};

/// A reading older than this says nothing about the record any more, and an intention older than
/// this is not carried out.
const FRESH_MILLIS: i64 = 2000;
/// The whole request; the client may allow less.
const WHOLE_REQUEST: Duration = Duration::from_secs(40);

/// Sends the write of an item and stores what came of it.
///
/// # Errors
/// [`Halt`] if it surely was not sent: before the intention is on disk.
pub(super) async fn send(worker: &Worker, ready: Ready) -> Result<(), Halt> {
    let intent = intend(worker, &ready).await?;
    let position = ready.turn.item.position;
    CrashPoint::Intended.pass(position).await;
    let Ready {
        mut turn,
        exclusive,
        answered,
        record,
        ..
    } = ready;
    turn.item.progress = intent.to;
    turn.item.sent_at = Some(intent.at);
    let first_byte_at = worker.now();
    let report = write(worker, &turn, exclusive, intent.at).await;
    let window_ms = report.as_ref().map(|report| {
        let window = report.first_byte_at.duration_since(answered.instant);
        i64::try_from(window.as_millis()).unwrap_or(i64::MAX)
    });
    let sent = Sent {
        report: report.as_ref(),
        first_byte_at,
        window_ms,
    };
    let change = outcome(worker, &turn, &sent)?;
    CrashPoint::Answered.pass(position).await;
    let committed = worker.commit(&change).await;
    log_ending(&change, window_ms, committed);
    if committed == Committed::Yes {
        CrashPoint::Ended.pass(position).await;
        let is_clear = report.is_some_and(|report| is_clear(&report.ending));
        if is_clear && turn.is_on_trial() {
            end_trial(worker, &turn).await;
        }
        follow_up(worker, turn, &change, record).await;
    }
    Ok(())
}

/// I1: the permit is used up on disk before a byte leaves.
async fn intend(worker: &Worker, ready: &Ready) -> Result<ItemChange, Halt> {
    let item = &ready.turn.item;
    if worker.stopping.is_cancelled() {
        return Err(stopping(worker, item));
    }
    let age = ready.answered.age_millis(worker.now());
    if age > FRESH_MILLIS {
        let why = "the record was read too long before the write";
        return Err(Halt::release(worker, item, why, 0));
    }
    check_again(worker, &ready.turn).await?;
    let details = json!({ "request": ready.turn.request.route.to_string() });
    let mut change = worker.change(item, ItemEvent::Intended, AuditAction::Intended, details)?;
    change.settle_until = Some(change.at.plus_millis(worker.settings.settle_millis()));
    change.attempt_start = Some(AttemptStart {
        census: Some(ready.baseline.clone()),
        request_hash: body_hash(ready.turn.request.body.as_ref()),
        preflight_at: ready.answered.at,
        date_offset: ready.answered.date_offset,
    });
    match worker.store.record_intention(&change).await {
        Ok(Intention::Stored) => {
            worker
                .settles
                .begin(item.id, worker.settings.settle_millis());
            Ok(change)
        }
        Ok(Intention::Paused(why)) => Err(Halt::release(worker, item, &why, 0)),
        Ok(Intention::Overtaken) => Err(Halt::Overtaken),
        Err(error) => Err(Halt::NotWritten(change.to, error)),
    }
}

/// `None`: given up while it ran, because the process ends.
async fn write(
    worker: &Worker,
    turn: &Turn,
    exclusive: Exclusive,
    intended_at: Timestamp,
) -> Option<SendReport> {
    let body = turn.request.body.as_ref().map(canonical);
    let now = Instant::now();
    // The time of day goes on while the machine sleeps. A deadline that is over sends nothing.
    let is_late = worker.now().millis_since(intended_at) > FRESH_MILLIS;
    let finish_by = if is_late { now } else { now + WHOLE_REQUEST };
    tokio::select! {
        report = exclusive.send(&turn.request.route, body.as_deref(), finish_by) => Some(report),
        () = worker.abandoned.cancelled() => None,
    }
}

/// What comes after the outcome is on disk; if the process dies before, a later pass does it.
async fn follow_up(worker: &Worker, turn: Turn, change: &ItemChange, record: Option<Record>) {
    let mut turn = turn;
    turn.item.progress = change.to;
    if let Some(end) = &change.end {
        turn.item.resource_id = end.resource_id.or(turn.item.resource_id);
        turn.item.ended_at = Some(change.at);
    }
    if change.to.state == ItemState::Applied {
        read_back_now(worker, &turn, record.as_ref()).await;
    }
}

/// The connection works again. If that cannot be stored, the next send is on trial as well.
async fn end_trial(worker: &Worker, turn: &Turn) {
    if let Err(error) = lift(worker, turn.connection.id, PauseKind::Breaker).await {
        tracing::error!(
            connection.id = %turn.connection.id,
            error = &error as &dyn std::error::Error,
            "a working connection could not be resumed; the next write tries again"
        );
    }
}

/// Whether IT Glue answered in a way that shows it works.
const fn is_clear(ending: &Ending) -> bool {
    match ending {
        Ending::Done { .. } | Ending::Refused { .. } => true,
        Ending::NotSent { .. }
        | Ending::RateLimited { .. }
        | Ending::KeyRefused { .. }
        | Ending::Unknown { .. } => false,
    }
}

fn log_ending(change: &ItemChange, window_ms: Option<i64>, committed: Committed) {
    let end = change.attempt_end.as_ref();
    tracing::info!(
        proposal.id = %change.proposal_id,
        item.state = change.to.state.as_str(),
        attempt = change.to.attempt,
        ending = end.map(|end| end.ending.as_str()),
        http.status = end.and_then(|end| end.http_status),
        window_ms,
        committed = ?committed,
        "a send ended"
    );
}
