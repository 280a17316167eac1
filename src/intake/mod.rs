//! From an agent's request to a stored proposal: request → policy → pre-image → stored proposal.
//!
//! Nothing is written to IT Glue from here. A refusal leaves an audit row; whatever cannot be read,
//! understood or checked is answered and not stored.

mod error;
mod limiter;
mod own;
mod permissions;
mod revert;
mod submission;
mod submit;
mod waiting;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::domain::{Clock, FixedSettings};
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;

pub use error::IntakeError;
pub use permissions::{Checked, Permissions};
pub use revert::Revert;
pub use submission::{Submission, SubmissionText};
pub use submit::Submitted;
pub use waiting::preferred_wait;

use limiter::{InFlight, Limiter};

/// What intake is made of.
#[derive(Clone)]
pub struct IntakeParts {
    /// The tables.
    pub store: Store,
    /// Opens keys, seals secrets.
    pub vault: Vault,
    /// Reads from IT Glue.
    pub itglue: Client,
    /// The time and new ids.
    pub clock: Arc<dyn Clock>,
    /// Wakes the worker.
    pub wake: Arc<Notify>,
    /// Limits.
    pub settings: IntakeSettings,
    /// What the operator gave of the settings that could change later, such as how long a proposal
    /// may wait for a decision.
    pub fixed: FixedSettings,
}

/// Limits of intake.
#[derive(Clone, Copy, Debug)]
pub struct IntakeSettings {
    /// How many requests a token may make.
    pub rate_requests: u32,
    /// In how many seconds.
    pub rate_seconds: u32,
    /// How many proposals of a token may wait.
    pub waiting_cap: u32,
}

/// Takes proposals in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    parts: IntakeParts,
    limiter: Arc<Limiter>,
    in_flight: InFlight,
}

impl Intake {
    /// Over these parts.
    pub fn new(parts: IntakeParts) -> Self {
        let limiter = Arc::new(Limiter::new(&parts.settings));
        Self {
            parts,
            limiter,
            in_flight: InFlight::default(),
        }
    }
}
