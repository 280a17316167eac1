//! What a person is shown: the queue, and a proposal as its record stands now.
//!
//! Opening a pending proposal reads the record. If it has moved, the proposal is put together anew
//! as a new round, which no earlier fingerprint can approve. Nothing is decided here.

mod error;
mod history;
mod open;
mod pause;
mod queue;
mod rebuild;
mod trail;

use std::sync::Arc;

use crate::domain::Clock;
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;

pub use error::ReviewError;
pub use history::{Known, Past};
pub use open::{Key, Notice, Opened};
pub use queue::QueuePage;
pub use trail::{Candidate, Sight, Trail};

/// Shows what waits and what became of it. Cheap to clone.
#[derive(Clone)]
pub struct Review {
    store: Store,
    vault: Vault,
    itglue: Client,
    clock: Arc<dyn Clock>,
}

impl Review {
    /// Over these parts.
    pub const fn new(store: Store, vault: Vault, itglue: Client, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            vault,
            itglue,
            clock,
        }
    }
}
