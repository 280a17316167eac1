//! What goes wrong inside the worker, by what happens next.

use crate::access::AccountError;
use crate::domain::TransitionError;
use crate::secrets::OpenError;
use crate::store::StoreError;

/// An error of the worker. What IT Glue answers is not one: every ending has its meaning.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The database did not answer: tried again, and nothing is claimed until it works.
    #[error("the database did not take it; it is tried again")]
    Store(#[from] StoreError),
    /// A change that cannot happen from here: the item waits and is taken up anew.
    #[error("the item cannot go that way; it is taken up anew")]
    Transition(#[from] TransitionError),
    /// The stored body does not open: the item waits until the key is at hand.
    #[error("the stored body does not open; the item waits")]
    Body(#[from] OpenError),
    /// The connection cannot be used: its items wait until an administrator has seen to it.
    #[error("the connection cannot be used; its items wait")]
    Account(#[from] AccountError),
    /// The row an item hangs on is missing, or the catalogue no longer names its kind: it waits.
    #[error("the {0} of the item is not known; it waits")]
    Missing(&'static str),
}
