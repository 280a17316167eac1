//! Why something cannot be shown.

use crate::access::AccountError;
use crate::secrets::OpenError;
use crate::store::StoreError;

/// Why something cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such proposal.
    #[error("no such proposal")]
    NotFound,
    /// The connection's key cannot be opened.
    #[error("the connection cannot be used")]
    Account(#[from] AccountError),
    /// What was stored cannot be opened.
    #[error("stored secrets cannot be opened")]
    Secrets(#[from] OpenError),
    /// The tables.
    #[error(transparent)]
    Store(#[from] StoreError),
}
