//! One claimed item, from its checks to its end.

use std::time::Duration;

use super::check::check;
use super::halt::Halt;
use super::preflight::{Ready, preflight, stopping};
use super::send::send;
use super::turn::Turn;
use super::worker::Worker;
use crate::domain::CrashPoint;
use crate::itglue::Purpose;
use crate::store::Due;

/// Read, write, read back: taken at once, so that nothing waits in between.
const REQUESTS_PER_ITEM: u32 = 3;
/// How long an item in hand waits for them.
const BUDGET_WAIT: Duration = Duration::from_secs(5);

/// Carries out an item that was claimed, or stores why not.
pub(super) async fn carry_out(worker: &Worker, due: Due) {
    let item = due.item.clone();
    CrashPoint::Claimed.pass(item.position).await;
    let sent = match prepare(worker, due).await {
        Ok(ready) => {
            CrashPoint::Preflighted.pass(item.position).await;
            Box::pin(send(worker, ready)).await
        }
        Err(halt) => Err(halt),
    };
    if let Err(halt) = sent {
        halt.settle(worker, &item).await;
    }
}

async fn prepare(worker: &Worker, due: Due) -> Result<Ready, Halt> {
    let turn = check(worker, due).await?;
    take_budget(worker, &turn).await?;
    preflight(worker, turn).await
}

async fn take_budget(worker: &Worker, turn: &Turn) -> Result<(), Halt> {
    let budget = worker.itglue.budget(turn.connection.id);
    let taken = tokio::select! {
        () = worker.stopping.cancelled() => return Err(stopping(worker, &turn.item)),
        taken = budget.take(REQUESTS_PER_ITEM, Purpose::Replay, BUDGET_WAIT) => taken,
    };
    taken.map_err(|exhausted| {
        let wait = i64::try_from(exhausted.retry_after.as_millis()).unwrap_or(i64::MAX);
        Halt::release(worker, &turn.item, "waits for the budget of requests", wait)
    })
}
