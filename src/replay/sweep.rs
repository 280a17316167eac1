//! What time alone brings about: holds, expiry, approvals that waited too long, pauses that end.

use std::collections::HashSet;

use serde_json::json;

use super::check::too_old;
use super::error::ReplayError;
use super::halt::{is_unsent, returned};
use super::standing::is_on_trial;
use super::unread::probe_key;
use super::worker::Worker;
use crate::access::open_account;
use crate::domain::{
    Actor, AuditAction, AuditEvent, COLLECT_SECONDS, ConnectionId, ItemEvent, ItemState,
    ResultKind, UnresolvedReason,
};
use crate::store::{ConnectionDetails, ItemEnd, PauseKind, StoreError};

/// How often a refused key is tried.
const PROBE_SECONDS: i64 = 60;
/// How long an agent may have been away and still be told what it missed.
const KEPT_CHANGES_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What the pauses of the connections ask for.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// Connections that may carry one item at a time, to see whether they work again.
    pub(super) on_trial: HashSet<ConnectionId>,
    /// Connections whose key is to be tried.
    pub(super) to_probe: Vec<ConnectionDetails>,
}

/// Ends what time ends. Each part is cheap if there is nothing to do.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn sweep(worker: &Worker) -> Result<(), ReplayError> {
    let (store, now) = (&worker.store, worker.now());
    store.release_held(now).await?;
    store.expire_proposals(now).await?;
    let keep = i64::from(worker.settings.keep_secrets_seconds);
    store.erase_secrets(now.plus_seconds(-keep), now).await?;
    store
        .forget_changes(now.plus_seconds(-KEPT_CHANGES_SECONDS))
        .await?;
    end_uncollected(worker).await?;
    look_for_doubted(worker).await?;
    return_overdue(worker).await
}

/// What waited behind another when a restored database was accepted, once it is its turn (replay
/// protocol, section 9).
async fn look_for_doubted(worker: &Worker) -> Result<(), ReplayError> {
    for due in worker.store.doubted_in_turn().await? {
        let (event, action) = (ItemEvent::LookedFor, AuditAction::Recovered);
        let why = "it may have been sent since the backup that was restored";
        let mut change = worker.change(&due.item, event, action, json!({ "why": why }))?;
        match change.to.state {
            ItemState::Unresolved => change.unresolved = Some(UnresolvedReason::Ambiguous),
            ItemState::Uncertain => change.next_read_at = Some(change.at),
            ItemState::None
            | ItemState::Queued
            | ItemState::Preparing
            | ItemState::Sending
            | ItemState::Applied
            | ItemState::Failed
            | ItemState::Skipped
            | ItemState::GivenUp => {}
        }
        // False: somebody was faster, and it does not wait any more.
        worker.store.change_item(&change).await?;
    }
    Ok(())
}

/// Values of passwords that nobody collected in time (replay protocol, section 11).
async fn end_uncollected(worker: &Worker) -> Result<(), ReplayError> {
    let approved_before = worker.now().plus_seconds(-COLLECT_SECONDS);
    for due in worker.store.uncollected(approved_before).await? {
        let (event, action) = (ItemEvent::NotCollected, AuditAction::SecretNotCollected);
        let mut change = worker.change(&due.item, event, action, json!({}))?;
        change.end = Some(ItemEnd {
            result: Some(ResultKind::NotApplied),
            ..ItemEnd::default()
        });
        // False: it was collected just now, or the approval was taken back.
        worker.store.change_item(&change).await?;
    }
    Ok(())
}

/// Approvals that a pause or an outage has kept waiting for too long.
async fn return_overdue(worker: &Worker) -> Result<(), ReplayError> {
    let max_age = i64::from(worker.settings.approval_max_age_seconds);
    let before = worker.now().plus_seconds(-max_age);
    for due in worker.store.overdue_approvals(before).await? {
        if !is_unsent(&due.proposal) {
            continue;
        }
        let why = "the approval is too old";
        let returned = match returned(worker, &due.proposal, why, Some(too_old())) {
            Ok(returned) => returned,
            Err(error) => {
                tracing::error!(
                    proposal.id = %due.proposal.id,
                    error = &error as &dyn std::error::Error,
                    "an approval that is too old could not be given back; the others are"
                );
                continue;
            }
        };
        match worker.store.return_to_people(&returned).await {
            // Somebody was faster, and it is no longer waiting.
            Ok(()) | Err(StoreError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Ends pauses whose time is over and says what the others ask for.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn pauses(worker: &Worker) -> Result<Pauses, ReplayError> {
    let now = worker.now();
    let mut pauses = Pauses::default();
    for connection in worker.store.connections().await? {
        let Some(pause) = &connection.pause else {
            continue;
        };
        match pause.kind {
            PauseKind::Operator => {}
            PauseKind::RateLimited => {
                if pause.until.is_some_and(|until| until <= now) {
                    lift(worker, connection.id, PauseKind::RateLimited).await?;
                }
            }
            PauseKind::Breaker => {
                if is_on_trial(&connection, now) {
                    pauses.on_trial.insert(connection.id);
                }
            }
            PauseKind::KeyRefused => {
                let interval = worker.settings.scaled_millis(PROBE_SECONDS);
                let id = connection.id;
                if worker.standings.begin_probe(id, pause.since, now, interval) {
                    pauses.to_probe.push(connection);
                }
            }
        }
    }
    Ok(pauses)
}

/// Tries a refused key and lets the connection go on if it works again.
pub(super) async fn probe(worker: &Worker, connection: ConnectionDetails) {
    let account = match open_account(&worker.vault, &connection) {
        Ok(account) => account,
        Err(error) => {
            tracing::error!(
                connection.id = %connection.id,
                error = &error as &dyn std::error::Error,
                "the key of a connection cannot be opened; it stays paused"
            );
            return;
        }
    };
    let probed = tokio::select! {
        () = worker.stopping.cancelled() => return,
        probed = probe_key(&worker.itglue, &account) => probed,
    };
    let lifted = match probed {
        Ok(()) => lift(worker, connection.id, PauseKind::KeyRefused).await,
        Err(error) => {
            tracing::info!(connection.id = %connection.id, %error, "the key does not work yet");
            return;
        }
    };
    if let Err(error) = lifted {
        tracing::error!(
            connection.id = %connection.id,
            error = &error as &dyn std::error::Error,
            "a working connection could not be resumed; it is tried again"
        );
    }
    worker.wake.notify_one();
}

/// Ends a pause of this kind; one of another kind, which may be a person's, stays.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn lift(
    worker: &Worker,
    connection: ConnectionId,
    kind: PauseKind,
) -> Result<(), ReplayError> {
    let event = AuditEvent::new(worker.now(), Actor::Worker, AuditAction::ConnectionResumed)
        .on("connection", connection)
        .with(json!({ "pause": kind.as_str() }));
    if worker.store.lift_pause(connection, kind, &event).await? {
        tracing::info!(connection.id = %connection, pause = kind.as_str(), "a connection goes on");
    }
    Ok(())
}
