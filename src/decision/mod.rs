//! What people say: approve, reject, send back, undo, resolve, revert, "seen". One transaction each.
//!
//! An approval is bound to what was shown: fingerprint, round and the live record, read again
//! before the transaction. Of several people at once, one wins. Nothing is written to IT Glue here.
//! A revert is a new proposal, so it asks `intake` for one: the only stage that asks another.

mod approve;
mod edits;
mod error;
mod look;
mod preview;
mod refuse;
mod resolve;
mod revert;
mod saying;
mod seen;
mod teamwork;
mod undo;
mod weigh;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::access::Technician;
use crate::domain::{Clock, FixedSettings, Proposal, ProposalId};
use crate::intake::Intake;
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;

pub use approve::Approve;
pub use error::DecisionError;
pub use preview::Preview;
pub use resolve::Resolve;
pub use revert::{RevertChange, RevertPlan};

/// What deciding is made of.
#[derive(Clone)]
pub struct DecisionParts {
    /// The tables.
    pub store: Store,
    /// Opens keys, seals secrets.
    pub vault: Vault,
    /// Reads from IT Glue.
    pub itglue: Client,
    /// The time and new ids.
    pub clock: Arc<dyn Clock>,
    /// Takes the proposal in that reverts another.
    pub intake: Intake,
    /// Wakes the worker.
    pub wake: Arc<Notify>,
    /// What the operator gave of the settings that could change later, such as how long an
    /// approval can be undone.
    pub fixed: FixedSettings,
}

/// Carries out what people decide. Cheap to clone.
#[derive(Clone)]
pub struct Decision {
    parts: DecisionParts,
}

impl Decision {
    /// Over these parts.
    pub const fn new(parts: DecisionParts) -> Self {
        Self { parts }
    }

    /// The proposal, if it is about this person's clients. Another's is as if it were not there.
    async fn find(&self, who: &Technician, id: ProposalId) -> Result<Proposal, DecisionError> {
        let own = who.person().organizations();
        self.parts
            .store
            .proposal(id)
            .await?
            .filter(|proposal| proposal.clients.are_within(own))
            .ok_or(DecisionError::NotFound)
    }

    /// Nothing is ended on the word of restored tables before somebody has accepted them.
    fn require_accepted(&self) -> Result<(), DecisionError> {
        if self.parts.store.is_held_after_restore() {
            return Err(DecisionError::HeldAfterRestore);
        }
        Ok(())
    }
}
