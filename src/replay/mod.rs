//! The worker that carries approved writes out: never twice, never lost, never other than approved.
//!
//! The way of an item: `claim` checks it against what is stored now, `preflight` reads the record
//! on a connection of its own, `send` writes the intention down and sends the bytes, `outcome`
//! gives the ending its meaning, `read_back` looks whether the record shows what was sent. A send
//! whose ending says nothing goes to `resolve`; `recover` finds what a crash left behind.
//!
//! Invariants: no byte of a write leaves before the commit that uses up its permit, and no write is
//! sent from anywhere else; nothing leaves `uncertain` but by evidence read from IT Glue or by a
//! person; IT Glue is never called inside a transaction.

mod back_off;
mod busy;
mod check;
mod claim;
mod compare;
mod error;
mod halt;
mod health;
mod observing;
mod outcome;
mod preflight;
mod read_back;
mod recover;
mod resolve;
mod run;
mod send;
mod settings;
mod settles;
mod standing;
mod sweep;
#[cfg(test)]
mod tests;
mod turn;
mod unread;
mod worker;

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use error::ReplayError;
pub use health::Health;
pub use settings::ReplaySettings;

use crate::domain::Clock;
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;
use worker::Worker;

/// What the worker is made of.
pub struct ReplayParts {
    /// The tables.
    pub store: Store,
    /// Opens keys and bodies.
    pub vault: Vault,
    /// The way to IT Glue, shared with everybody who reads, so that all keep to one budget.
    pub itglue: Client,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whoever has work for the worker calls `notify_one` after the commit.
    pub wake: Arc<Notify>,
    /// How long it waits for what.
    pub settings: ReplaySettings,
}

/// The worker. One per database: its claims are not leased.
pub struct Replay(Arc<Worker>);

impl Replay {
    /// A worker that has not begun.
    pub fn new(parts: ReplayParts) -> Self {
        Self(Arc::new(Worker {
            store: parts.store,
            vault: parts.vault,
            itglue: parts.itglue,
            clock: parts.clock,
            wake: parts.wake,
            settings: parts.settings,
            health: Health::default(),
            busy: busy::Busy::default(),
            standings: standing::Standings::default(),
            settles: settles::Settles::default(),
            failures: back_off::Failures::default(),
            stopping: CancellationToken::new(),
            abandoned: CancellationToken::new(),
        }))
    }

    /// Tells whether the worker is well, also while it runs.
    pub fn health(&self) -> Health {
        self.0.health.clone()
    }

    /// Puts what an interrupted process left behind where it belongs. Before [`Self::run`].
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn recover(&self) -> Result<(), ReplayError> {
        recover::recover(&self.0).await
    }

    /// Works until it is told to stop; returns once nothing is in hand any more, after less than
    /// `stop_seconds` and a few more.
    pub async fn run(self, stop: CancellationToken) {
        run::run(self.0, stop).await;
    }
}
