//! Whether the worker can write down what it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells whether the worker is well. Clones look at the same worker.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    cannot_commit: AtomicBool,
    stopped: AtomicBool,
}

impl Health {
    /// False while the outcome of a send cannot be stored, and once the worker was told to stop:
    /// nothing new is claimed then.
    pub fn is_well(&self) -> bool {
        !self.cannot_commit() && !self.0.stopped.load(Ordering::SeqCst)
    }

    pub(super) fn cannot_commit(&self) -> bool {
        self.0.cannot_commit.load(Ordering::SeqCst)
    }

    pub(super) fn note_commit(&self, worked: bool) {
        self.0.cannot_commit.store(!worked, Ordering::SeqCst);
    }

    pub(super) fn note_stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
    }
}
