//! What an interrupted process left behind (replay protocol, section 9).

use serde_json::json;

use super::error::ReplayError;
use super::outcome::FIRST_LOOK_SECONDS;
use super::worker::{Committed, Worker};
use crate::domain::{AuditAction, Item, ItemEvent, ItemId, ItemState, TransitionError};
use crate::store::{AttemptEnd, Due, ItemChange};

/// Puts every interrupted item where it belongs. Nothing is in hand yet.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn recover(worker: &Worker) -> Result<(), ReplayError> {
    for due in worker.store.interrupted().await? {
        put_back(worker, &due.item).await?;
    }
    Ok(())
}

/// The same for one item, whose task ended early.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn recover_one(worker: &Worker, id: ItemId) -> Result<(), ReplayError> {
    let interrupted = worker.store.interrupted().await?;
    if let Some(due) = interrupted.iter().find(|due| due.item.id == id) {
        put_back(worker, &due.item).await?;
    }
    Ok(())
}

/// The same for one item that was found in no hand while it is being prepared or sent, in this
/// attempt.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn recover_dropped(
    worker: &Worker,
    id: ItemId,
    attempt: u32,
) -> Result<(), ReplayError> {
    let interrupted = worker.store.interrupted().await?;
    // Whoever let go of it meanwhile may have brought it further, or taken it up anew.
    let is_dropped = |due: &&Due| {
        let progress = due.item.progress;
        let is_on_its_way = matches!(progress.state, ItemState::Preparing | ItemState::Sending);
        due.item.id == id && progress.attempt == attempt && is_on_its_way
    };
    if let Some(due) = interrupted.iter().find(is_dropped) {
        put_back(worker, &due.item).await?;
    }
    Ok(())
}

async fn put_back(worker: &Worker, item: &Item) -> Result<(), ReplayError> {
    let Some(change) = recovered(worker, item)? else {
        return Ok(());
    };
    if worker.commit(&change).await == Committed::Yes {
        tracing::warn!(
            proposal.id = %item.proposal_id,
            item.position = item.position,
            was = item.progress.state.as_str(),
            item.state = change.to.state.as_str(),
            "an interrupted item was found"
        );
    }
    Ok(())
}

fn recovered(worker: &Worker, item: &Item) -> Result<Option<ItemChange>, TransitionError> {
    let details = json!({ "was": item.progress.state.as_str() });
    let action = AuditAction::Recovered;
    Ok(match item.progress.state {
        // Nothing was sent: the intention comes first, and it is not on disk.
        ItemState::Preparing => Some(worker.change(item, ItemEvent::Released, action, details)?),
        ItemState::Sending => {
            let mut change = worker.change(item, ItemEvent::EndedUnclear, action, details)?;
            change.attempt_end = Some(AttemptEnd {
                first_byte_at: None,
                window_ms: None,
                ending: "interrupted".to_owned(),
                http_status: None,
                response: None,
            });
            settle_anew(worker, &mut change);
            Some(change)
        }
        ItemState::Uncertain => {
            let mut change = worker.note(item, action, details);
            settle_anew(worker, &mut change);
            Some(change)
        }
        ItemState::None
        | ItemState::Queued
        | ItemState::Unresolved
        | ItemState::Applied
        | ItemState::Failed
        | ItemState::Skipped
        | ItemState::GivenUp => None,
    })
}

/// In full: a clock that jumped while nobody looked cannot shorten it.
fn settle_anew(worker: &Worker, change: &mut ItemChange) {
    let settle = worker.settings.settle_millis();
    change.settle_until = Some(change.at.plus_millis(settle));
    worker.settles.begin(change.item_id, settle);
    let first_look = worker.settings.scaled_millis(FIRST_LOOK_SECONDS);
    change.next_read_at = Some(change.at.plus_millis(first_look));
}
