//! The loop: sweep, claim, read what is due, sleep until something is.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::busy::{Hand, Held};
use super::claim::carry_out;
use super::error::ReplayError;
use super::read_back::read_back_later;
use super::recover::{recover_dropped, recover_one};
use super::resolve::look;
use super::sweep::{pauses, probe, sweep};
use super::worker::{Worker, sleep_millis};
use crate::domain::{ItemId, ItemState};
use crate::store::{ConnectionDetails, Due};

/// The longest sleep; whoever has work for the worker wakes it earlier.
const TICK_SECONDS: i64 = 1;
const SHORTEST_SLEEP_MILLIS: i64 = 5;
/// How long commits may take after the sends were given up.
const LAST_COMMITS: Duration = Duration::from_secs(3);

/// Works until it is told to stop, then ends in order.
pub(super) async fn run(worker: Arc<Worker>, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    while !stop.is_cancelled() {
        pass(&worker, &tasks, &stop).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = worker.wake.notified() => {}
            () = sleep(&worker) => {}
        }
    }
    finish(&worker, &tasks).await;
}

/// One of each; what fails is tried again by the next pass and does not stop the rest.
async fn pass(worker: &Arc<Worker>, tasks: &TaskTracker, stop: &CancellationToken) {
    log_failure("sweeping", sweep(worker).await);
    log_failure("putting back", put_back_dropped(worker, tasks).await);
    log_failure("claiming", claim(worker, tasks, stop).await);
    log_failure("reading", read_what_is_due(worker, tasks).await);
}

fn log_failure(step: &str, result: Result<(), ReplayError>) {
    if let Err(error) = result {
        tracing::error!(
            step,
            error = &error as &dyn std::error::Error,
            "a step of the worker was cut short; the next pass goes on"
        );
    }
}

async fn claim(
    worker: &Arc<Worker>,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> Result<(), ReplayError> {
    let pauses = pauses(worker).await?;
    for connection in pauses.to_probe {
        begin_probe(worker, tasks, connection);
    }
    while !stop.is_cancelled() && !worker.health.cannot_commit() {
        let busy = worker.busy.full(&pauses.on_trial);
        let Some(due) = worker.store.claim_next(worker.now(), &busy).await? else {
            break;
        };
        let hand = Hand::Writing(due.proposal.connection.id, due.item.progress.attempt);
        if let Some(held) = worker.busy.take(due.item.id.0, hand) {
            begin(worker, tasks, held, due, Work::CarryOut);
        }
    }
    Ok(())
}

async fn read_what_is_due(worker: &Arc<Worker>, tasks: &TaskTracker) -> Result<(), ReplayError> {
    for read in worker.store.due_reads(worker.now()).await? {
        let Some(held) = worker.busy.take(read.item_id.0, Hand::Reading) else {
            continue;
        };
        // Looked up once it is in hand: whoever had it before may have read it meanwhile.
        let Some(due) = worker.store.due_read(read, worker.now()).await? else {
            continue;
        };
        let work = match due.item.progress.state {
            ItemState::Uncertain => Work::Look,
            ItemState::Applied => Work::ReadBack,
            ItemState::None
            | ItemState::Queued
            | ItemState::Preparing
            | ItemState::Sending
            | ItemState::Unresolved
            | ItemState::Failed
            | ItemState::Skipped
            | ItemState::GivenUp => continue,
        };
        begin(worker, tasks, held, due, work);
    }
    Ok(())
}

fn begin_probe(worker: &Arc<Worker>, tasks: &TaskTracker, connection: ConnectionDetails) {
    if let Some(held) = worker.busy.take(connection.id.0, Hand::Reading) {
        let worker = Arc::clone(worker);
        tasks.spawn(async move {
            probe(&worker, connection).await;
            drop(held);
        });
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    CarryOut,
    Look,
    ReadBack,
}

/// Starts a task for an item in hand. A task that ends early leaves the item as a crash would.
fn begin(worker: &Arc<Worker>, tasks: &TaskTracker, held: Held, due: Due, work: Work) {
    let id = due.item.id;
    let worker = Arc::clone(worker);
    let inner = {
        let worker = Arc::clone(&worker);
        async move {
            match work {
                Work::CarryOut => Box::pin(carry_out(&worker, due)).await,
                Work::Look => look(&worker, due).await,
                Work::ReadBack => read_back_later(&worker, due).await,
            }
        }
    };
    tasks.spawn(async move {
        if tokio::spawn(inner).await.is_err() {
            recover_early_end(&worker, id).await;
        }
        drop(held);
        worker.wake.notify_one();
    });
}

/// What is being prepared or sent and is in no hand: the claim was stored and then cut short, or a
/// task ended early and could not say so.
async fn put_back_dropped(worker: &Arc<Worker>, tasks: &TaskTracker) -> Result<(), ReplayError> {
    for (id, attempt) in worker.store.on_their_way().await? {
        let Some(held) = worker.busy.take(id.0, Hand::Reading) else {
            continue;
        };
        let worker = Arc::clone(worker);
        tasks.spawn(async move {
            log_failure("putting back", recover_dropped(&worker, id, attempt).await);
            drop(held);
        });
    }
    Ok(())
}

async fn recover_early_end(worker: &Worker, id: ItemId) {
    tracing::error!(item.id = %id, "a task ended early; its item is put back as after a crash");
    if let Err(error) = recover_one(worker, id).await {
        tracing::error!(
            item.id = %id,
            error = &error as &dyn std::error::Error,
            "the item could not be put back; it is tried again"
        );
    }
}

async fn sleep(worker: &Worker) {
    let tick = worker.settings.scaled_millis(TICK_SECONDS).clamp(10, 1000);
    let until_due = match worker.store.next_due_at(worker.now()).await {
        Ok(Some(due)) => due.millis_since(worker.now()),
        Ok(None) | Err(_) => tick,
    };
    // What is overdue already waits for something else than time.
    let wait = if until_due > 0 { until_due } else { tick };
    sleep_millis(wait.clamp(SHORTEST_SLEEP_MILLIS, tick)).await;
}

/// Nothing new; what is prepared goes back; sends may end; what still runs then is unclear.
async fn finish(worker: &Worker, tasks: &TaskTracker) {
    worker.health.note_stop();
    worker.stopping.cancel();
    tasks.close();
    let patience = Duration::from_secs(u64::from(worker.settings.stop_seconds));
    if tokio::time::timeout(patience, tasks.wait()).await.is_ok() {
        return;
    }
    worker.abandoned.cancel();
    if tokio::time::timeout(LAST_COMMITS, tasks.wait())
        .await
        .is_err()
    {
        tracing::error!("items are still in hand; the next start finds them");
    }
}
