//! Why an item that was taken up is not sent now, and what is stored instead.

use serde_json::json;

use super::error::ReplayError;
use super::worker::{Committed, Worker};
use crate::domain::{
    AuditAction, Item, ItemEvent, ItemState, Progress, Proposal, TransitionError, Warning,
};
use crate::secrets::{Bound, BoundItem, OpenError, fingerprint_of};
use crate::store::{ItemChange, Returned, StoreError};

/// A stop on the way to the send. Nothing has left.
pub(super) enum Halt {
    /// This is stored.
    Change(Box<ItemChange>),
    /// The proposal goes back before people.
    Return(Box<Returned>),
    /// Somebody else was faster; nothing is stored.
    Overtaken,
    /// The intent may or may not be on disk, but surely nothing was sent.
    NotWritten(Progress, StoreError),
    /// Something inside failed; the item waits.
    Failed(ReplayError),
}

impl<E: Into<ReplayError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Halt {
    /// The item goes back to the queue, for this long.
    pub(super) fn release(worker: &Worker, item: &Item, why: &str, wait_millis: i64) -> Self {
        match released(worker, item, why, wait_millis) {
            Ok(change) => Self::Change(Box::new(change)),
            Err(error) => error.into(),
        }
    }

    /// The item goes back to the queue, for a while that grows with its failures in a row.
    pub(super) fn back_off(worker: &Worker, item: &Item, why: &str) -> Self {
        let wait = worker.back_off(item, why);
        Self::release(worker, item, why, wait)
    }

    /// The whole proposal goes back before people, one round on.
    pub(super) fn return_to_people(
        worker: &Worker,
        proposal: &Proposal,
        why: &str,
        warning: Option<Warning>,
    ) -> Self {
        match returned(worker, proposal, why, warning) {
            Ok(returned) => Self::Return(Box::new(returned)),
            Err(error) => error.into(),
        }
    }

    /// Stores what has to be stored.
    pub(super) async fn settle(self, worker: &Worker, item: &Item) {
        match self {
            Self::Change(change) => {
                log_change(&change);
                worker.commit(&change).await;
            }
            Self::Return(returned) => give_back(worker, item, &returned).await,
            Self::Overtaken => {}
            Self::NotWritten(intended, error) => take_back(worker, item, intended, &error).await,
            Self::Failed(error) => wait_after(worker, item, &error).await,
        }
    }
}

/// Whether nothing of a proposal was ever sent, and nothing of it ended.
pub(super) fn is_unsent(proposal: &Proposal) -> bool {
    proposal.items.iter().all(|item| {
        !item.progress.was_sent()
            && matches!(
                item.progress.state,
                ItemState::None | ItemState::Queued | ItemState::Preparing
            )
    })
}

/// What puts a proposal before people again.
///
/// # Errors
/// If a body cannot be opened, so that the fingerprint of the next round cannot be computed.
pub(super) fn returned(
    worker: &Worker,
    proposal: &Proposal,
    why: &str,
    warning: Option<Warning>,
) -> Result<Returned, OpenError> {
    let bound = Bound {
        proposal: proposal.id,
        revision: proposal.revision,
        round: proposal.round + 1,
        connection: proposal.connection.id,
    };
    let items = proposal.items.iter().map(BoundItem::from);
    let at = worker.now();
    Ok(Returned {
        proposal_id: proposal.id,
        round: proposal.round,
        fingerprint: fingerprint_of(&worker.vault, bound, items)?,
        warning,
        is_stale: true,
        at,
        audit: crate::domain::AuditEvent::new(
            at,
            crate::domain::Actor::Worker,
            AuditAction::Returned,
        )
        .on("proposal", proposal.id)
        .with(json!({ "round": proposal.round, "why": why })),
    })
}

fn released(
    worker: &Worker,
    item: &Item,
    why: &str,
    wait_millis: i64,
) -> Result<ItemChange, TransitionError> {
    let details = json!({ "why": why });
    let mut change = worker.change(item, ItemEvent::Released, AuditAction::Released, details)?;
    change.hold_reason = Some(why.to_owned());
    change.not_before = (wait_millis > 0).then(|| change.at.plus_millis(wait_millis));
    Ok(change)
}

async fn give_back(worker: &Worker, item: &Item, returned: &Returned) {
    match worker.store.return_to_people(returned).await {
        Ok(()) => tracing::info!(
            proposal.id = %returned.proposal_id,
            why = %returned.audit.details,
            "an approved proposal went back before people"
        ),
        Err(error) => wait_after(worker, item, &error.into()).await,
    }
}

async fn wait_after(worker: &Worker, item: &Item, error: &ReplayError) {
    tracing::error!(
        proposal.id = %item.proposal_id,
        item.position = item.position,
        error = error as &dyn std::error::Error,
        "an item could not be prepared; it waits"
    );
    let why = error.to_string();
    let wait = worker.back_off(item, &why);
    if let Ok(change) = released(worker, item, &why, wait) {
        worker.commit(&change).await;
    }
}

/// Whichever of the two the disk holds, the item goes back to the queue: nothing was sent.
async fn take_back(worker: &Worker, item: &Item, intended: Progress, error: &StoreError) {
    tracing::error!(
        proposal.id = %item.proposal_id,
        item.position = item.position,
        error = error as &dyn std::error::Error,
        "the intention to send could not be stored; nothing was sent"
    );
    let why = "the intention to send could not be stored";
    let wait = worker.back_off(item, why);
    if let Ok(change) = released(worker, item, why, wait)
        && worker.commit(&change).await != Committed::Overtaken
    {
        return;
    }
    let sending = Item {
        progress: intended,
        ..item.clone()
    };
    let details = json!({ "why": why });
    let not_sent = worker.change(
        &sending,
        ItemEvent::NotCarriedOut,
        AuditAction::Ended,
        details,
    );
    if let Ok(mut change) = not_sent {
        change.hold_reason = Some(why.to_owned());
        change.not_before = Some(change.at.plus_millis(wait));
        worker.commit(&change).await;
    }
}

fn log_change(change: &ItemChange) {
    tracing::info!(
        proposal.id = %change.proposal_id,
        item.state = change.to.state.as_str(),
        attempt = change.to.attempt,
        why = change.hold_reason.as_deref(),
        "an item was not sent"
    );
}
