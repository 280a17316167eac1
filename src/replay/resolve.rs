//! An unclear send, looked into by reading: positive evidence counts at once, negative only once
//! the send has settled and two readings agree.

use serde_json::json;

use super::error::ReplayError;
use super::observing::Observing;
use super::settings::ReplaySettings;
use super::turn::Turn;
use super::unread::pause_after;
use super::worker::Worker;
use crate::diff::{Evidenced, Finding, Question, Reading, SecretSight, with_schema};
use crate::domain::{
    AuditAction, CrashPoint, Item, ItemClass, ItemEvent, ItemState, ResultKind, Timestamp,
    TransitionError, UnresolvedReason,
};
use crate::itglue::{Purpose, ReadError, Session, preflight as read_record};
use crate::policy::catalogue;
use crate::secrets::content_hash;
use crate::store::{Due, Evidence, ItemChange, ItemEnd, PastReading};

/// When to look, in seconds after the send.
const LOOKS_SECONDS: [i64; 5] = [2, 5, 15, 45, 120];
/// How far two readings after the settle time lie apart.
const APART_SECONDS: i64 = 10;
/// For so long after the settle time readings may disagree, or fail for good.
const PATIENCE_SECONDS: i64 = 60;
/// For so long after the settle time readings may fail in a way that may pass.
const LONG_PATIENCE_SECONDS: i64 = 60 * 60;
/// How soon a failed reading is repeated once the send has settled.
const RETRY_SECONDS: i64 = 60;

/// Reads for an unclear send and stores what was found.
pub(super) async fn look(worker: &Worker, due: Due) {
    let item = due.item.clone();
    let change = match Turn::open(worker, due).await {
        Ok(turn) => {
            tokio::select! {
                () = worker.stopping.cancelled() => return,
                looked = look_with(worker, &turn) => looked,
            }
        }
        Err(error) => Err(error),
    };
    CrashPoint::Looked.pass(item.position).await;
    match change {
        Ok(change) => {
            log_change(&change);
            worker.commit(&change).await;
        }
        Err(error) => {
            tracing::error!(
                proposal.id = %item.proposal_id,
                error = &error as &dyn std::error::Error,
                "an unclear send could not be looked into; it is tried again"
            );
            let (read, why) = (Read::at(worker, &item), error.to_string());
            let change = unread(worker, &read, &why, LONG_PATIENCE_SECONDS);
            let change = change.unwrap_or_else(|_| not_read(worker, &read.item, &why));
            worker.commit(&read.settles(change)).await;
        }
    }
}

async fn look_with(worker: &Worker, turn: &Turn) -> Result<ItemChange, ReplayError> {
    let (item, store) = (&turn.item, &worker.store);
    let baseline = store
        .baseline(item.id, item.progress.attempt)
        .await?
        .unwrap_or_default();
    let last = store.last_reading(item.id).await?;
    let session = worker.itglue.session(&turn.account, Purpose::Replay);
    let observing = Observing::new(&session, &worker.clock);
    let read = read_record(&observing, &catalogue::resource, &turn.request).await;
    let reading = match read {
        Ok(snapshot) => Reading::Snapshot(Box::new(with_schema(snapshot, item))),
        Err(ReadError::NotFound) => Reading::NotThere,
        Err(ReadError::NoAddress { .. }) => Reading::Snapshot(Box::default()),
        Err(error) => return not_told(worker, turn, &error).await,
    };
    let date_offset = baseline.date_offset.or(observing.last().date_offset);
    let before = baseline.before.as_ref();
    let mut question = Question::new(turn.kind, &turn.request, item, before, date_offset);
    question.secret = match secret_sight(&question, &reading, &session).await {
        Ok(secret) => secret,
        Err(error) => return not_told(worker, turn, &error).await,
    };
    let finding = question.answer(&reading);
    let read = Read::at(worker, item);
    Ok(read.settles(decide(worker, &read, &finding, last)?))
}

/// Where nothing but a password tells whether it was carried out, and the key may see passwords:
/// whether the value is the one that was sent. It is compared where it arrives, and goes nowhere.
async fn secret_sight(
    question: &Question<'_>,
    reading: &Reading,
    session: &Session,
) -> Result<SecretSight, ReadError> {
    match (reading, question.hidden_value()) {
        (Reading::Snapshot(_), Some((id, sent))) => {
            Ok(SecretSight::of(session.has_password(id, sent).await?))
        }
        (Reading::Snapshot(_) | Reading::NotThere, _) => Ok(SecretSight::Unreadable),
    }
}

async fn not_told(
    worker: &Worker,
    turn: &Turn,
    error: &ReadError,
) -> Result<ItemChange, ReplayError> {
    let pause = pause_after(worker, turn, error).await;
    let read = Read::at(worker, &turn.item);
    let mut change = failed(worker, &read, error)?;
    change.pause = pause.map(|pause| (turn.connection.id, pause));
    Ok(read.settles(change))
}

/// The moment at which IT Glue was read for an item.
struct Read {
    now: Timestamp,
    /// With its settle as it truly is at this moment.
    item: Item,
    /// Until when it settles, if the clock has jumped over that.
    prolonged: Option<Timestamp>,
}

impl Read {
    fn at(worker: &Worker, item: &Item) -> Self {
        let now = worker.now();
        let prolonged = worker.settles.prolonged(item, now);
        let mut item = item.clone();
        item.settle_until = prolonged.or(item.settle_until);
        Self {
            now,
            item,
            prolonged,
        }
    }

    fn settles(&self, mut change: ItemChange) -> ItemChange {
        change.settle_until = self.prolonged;
        change
    }
}

fn decide(
    worker: &Worker,
    read: &Read,
    finding: &Finding,
    last: Option<PastReading>,
) -> Result<ItemChange, TransitionError> {
    let Read { now, item, .. } = read;
    let (now, settings) = (*now, &worker.settings);
    let is_final = is_confirmed(settings, item, finding, last, now);
    let event = match finding.verdict {
        Evidenced::CarriedOut(_) => Some(ItemEvent::FoundApplied),
        Evidenced::Unchanged if is_final => Some(ItemEvent::FoundUnchanged),
        Evidenced::CannotTell(_) if is_final => Some(ItemEvent::CannotTell),
        Evidenced::Unchanged | Evidenced::CannotTell(_) => None,
    };
    let details = json!({ "finding": finding.words });
    let mut change = if let Some(event) = event {
        worker.change(item, event, AuditAction::Evidence, details)?
    } else {
        let mut change = worker.note(item, AuditAction::Evidence, details);
        change.next_read_at = Some(next_look(settings, item, now));
        change
    };
    change.evidence = Some(Evidence {
        source: "read",
        finding: finding.words.clone(),
        hash: content_hash(finding.material.as_bytes()),
    });
    complete(&mut change, finding.verdict);
    Ok(change)
}

fn complete(change: &mut ItemChange, verdict: Evidenced) {
    match (change.to.state, verdict) {
        (ItemState::Applied, Evidenced::CarriedOut(id)) => {
            change.end = Some(ItemEnd {
                result: Some(ResultKind::Applied),
                resource_id: id,
                ..ItemEnd::default()
            });
        }
        (ItemState::Unresolved, Evidenced::CannotTell(reason)) => change.unresolved = Some(reason),
        // It was sent twice and never took effect: a person has to look at the record.
        (ItemState::Unresolved, Evidenced::Unchanged | Evidenced::CarriedOut(_)) => {
            change.unresolved = Some(UnresolvedReason::Conflict);
        }
        (
            ItemState::Applied
            | ItemState::None
            | ItemState::Queued
            | ItemState::Preparing
            | ItemState::Sending
            | ItemState::Uncertain
            | ItemState::Failed
            | ItemState::Skipped
            | ItemState::GivenUp,
            _,
        ) => {}
    }
}

/// Negative evidence: settled, and the reading before, settled as well, was the same.
fn is_confirmed(
    settings: &ReplaySettings,
    item: &Item,
    finding: &Finding,
    last: Option<PastReading>,
    now: Timestamp,
) -> bool {
    let Some(settle_until) = item.settle_until else {
        return false;
    };
    if now < settle_until {
        return false;
    }
    let apart = settings.scaled_millis(APART_SECONDS);
    let Some(last) =
        last.filter(|last| last.at >= settle_until && now.millis_since(last.at) >= apart)
    else {
        return false;
    };
    let agrees = last.hash == content_hash(finding.material.as_bytes());
    // A record that never holds still will not begin to. Two settled readings that tell nothing
    // need not agree then: a person is asked, and nothing is sent because of them.
    let never_agrees = now.millis_since(settle_until) > settings.scaled_millis(PATIENCE_SECONDS)
        && matches!(finding.verdict, Evidenced::CannotTell(_));
    agrees || never_agrees
}

/// The next of the looks after the send, then when it has settled, then every so often.
fn next_look(settings: &ReplaySettings, item: &Item, now: Timestamp) -> Timestamp {
    let apart = now.plus_millis(settings.scaled_millis(APART_SECONDS));
    let Some(settle_until) = item.settle_until else {
        return apart;
    };
    if now >= settle_until {
        return apart;
    }
    let begin = settle_until.plus_millis(-settings.settle_millis());
    LOOKS_SECONDS
        .into_iter()
        .map(|seconds| begin.plus_millis(settings.scaled_millis(seconds)))
        .find(|look| *look > now)
        .unwrap_or(settle_until)
}

/// A reading that brought nothing: what may work later is waited for longer.
fn failed(worker: &Worker, read: &Read, error: &ReadError) -> Result<ItemChange, TransitionError> {
    let may_work_later = error.is_passing() || matches!(error, ReadError::KeyRefused { .. });
    let patience = if may_work_later {
        LONG_PATIENCE_SECONDS
    } else {
        PATIENCE_SECONDS
    };
    let mut change = unread(worker, read, &error.to_string(), patience)?;
    if let (
        ReadError::RateLimited {
            retry_after: Some(wait),
        },
        Some(next),
    ) = (error, change.next_read_at)
    {
        let asked = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        change.next_read_at = Some(next.max(read.now.plus_millis(asked)));
    }
    Ok(change)
}

/// Tried again, until patience ends for so long after the settle time; then a person is asked.
fn unread(
    worker: &Worker,
    read: &Read,
    why: &str,
    patience_seconds: i64,
) -> Result<ItemChange, TransitionError> {
    let Read { now, item, .. } = read;
    let patience = worker.settings.scaled_millis(patience_seconds);
    let is_over = item
        .settle_until
        .is_some_and(|until| now.millis_since(until) > patience);
    if !is_over {
        return Ok(not_read(worker, item, why));
    }
    let details = json!({ "error": why });
    let mut change = worker.change(item, ItemEvent::CannotTell, AuditAction::Evidence, details)?;
    change.unresolved = Some(match item.progress.class {
        ItemClass::Set | ItemClass::Remove => UnresolvedReason::Conflict,
        ItemClass::Once | ItemClass::Secret => UnresolvedReason::NoSearch,
    });
    Ok(change)
}

fn not_read(worker: &Worker, item: &Item, why: &str) -> ItemChange {
    let mut change = worker.note(item, AuditAction::Evidence, json!({ "error": why }));
    let is_settled = item.settle_until.is_some_and(|until| change.at >= until);
    change.next_read_at = Some(if is_settled {
        worker.in_scaled_seconds(RETRY_SECONDS)
    } else {
        next_look(&worker.settings, item, change.at)
    });
    change
}

fn log_change(change: &ItemChange) {
    tracing::info!(
        proposal.id = %change.proposal_id,
        item.state = change.to.state.as_str(),
        attempt = change.to.attempt,
        finding = change.evidence.as_ref().map(|evidence| evidence.finding.as_str()),
        unresolved = change.unresolved.map(UnresolvedReason::as_str),
        "an unclear send was looked into"
    );
}
