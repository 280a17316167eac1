//! What every step of the worker needs: the handles, and the one way to commit a change.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::back_off::Failures;
use super::busy::Busy;
use super::health::Health;
use super::settings::ReplaySettings;
use super::settles::Settles;
use super::standing::Standings;
use crate::domain::{
    Actor, AuditAction, AuditEvent, Clock, Item, ItemEvent, Timestamp, TransitionError,
};
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::{ItemChange, Store};

/// How long to wait before a commit that failed is tried again.
const RETRY_SECONDS: i64 = 1;

/// The handles of the worker, shared by the tasks it starts.
pub(super) struct Worker {
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) itglue: Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) wake: Arc<Notify>,
    pub(super) settings: ReplaySettings,
    pub(super) health: Health,
    pub(super) busy: Busy,
    pub(super) standings: Standings,
    pub(super) settles: Settles,
    pub(super) failures: Failures,
    /// Nothing new is begun.
    pub(super) stopping: CancellationToken,
    /// What still runs is given up.
    pub(super) abandoned: CancellationToken,
}

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// It is stored.
    Yes,
    /// Somebody else was faster; nothing more is to be done.
    Overtaken,
    /// The process ends; the next start finds the item as it was.
    Abandoned,
}

impl Worker {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A time this far ahead, scaled like the settle time.
    pub(super) fn in_scaled_seconds(&self, seconds: i64) -> Timestamp {
        self.now().plus_millis(self.settings.scaled_millis(seconds))
    }

    /// How long an item waits after one more try that failed for this reason, in milliseconds.
    pub(super) fn back_off(&self, item: &Item, why: &str) -> i64 {
        self.failures.back_off(&self.settings, item.id, why)
    }

    /// An audit event about an item, with its place and attempt among the details.
    pub(super) fn event(&self, item: &Item, action: AuditAction, details: Value) -> AuditEvent {
        let mut all = json!({ "position": item.position, "attempt": item.progress.attempt });
        if let (Value::Object(all), Value::Object(details)) = (&mut all, details) {
            all.extend(details);
        }
        AuditEvent::new(self.now(), Actor::Worker, action)
            .on("proposal", item.proposal_id)
            .with(all)
    }

    /// What an event makes of an item, ready to be completed and committed.
    pub(super) fn change(
        &self,
        item: &Item,
        event: ItemEvent,
        action: AuditAction,
        details: Value,
    ) -> Result<ItemChange, TransitionError> {
        let to = item.progress.step(event)?;
        let audit = self.event(item, action, details);
        Ok(ItemChange::new(item, to, audit.at, audit))
    }

    /// A change that leaves an item in its state.
    pub(super) fn note(&self, item: &Item, action: AuditAction, details: Value) -> ItemChange {
        let audit = self.event(item, action, details);
        ItemChange::new(item, item.progress, audit.at, audit)
    }

    /// Commits a change, and tries again while the process lives: what happened outside cannot be
    /// undone because the disk is full. Meanwhile nothing is claimed.
    pub(super) async fn commit(&self, change: &ItemChange) -> Committed {
        loop {
            match self.store.change_item(change).await {
                Ok(is_stored) => {
                    self.health.note_commit(true);
                    return if is_stored {
                        Committed::Yes
                    } else {
                        Committed::Overtaken
                    };
                }
                Err(error) => {
                    self.health.note_commit(false);
                    tracing::error!(
                        proposal.id = %change.proposal_id,
                        item.state = change.to.state.as_str(),
                        %error,
                        "a change could not be stored; it is tried again, nothing is claimed"
                    );
                }
            }
            tokio::select! {
                () = self.abandoned.cancelled() => return Committed::Abandoned,
                () = sleep_millis(self.settings.scaled_millis(RETRY_SECONDS)) => {}
            }
        }
    }
}

/// Waits by the clock of the process.
pub(super) async fn sleep_millis(millis: i64) {
    let millis = u64::try_from(millis).unwrap_or(0);
    tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
}
