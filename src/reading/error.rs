//! Why a read gives an agent nothing, by what the agent would do about it.

use crate::access::AccountError;
use crate::domain::{FieldError, Verdict};
use crate::itglue::ReadError;
use crate::policy::{Need, Rejection};
use crate::secrets::OpenError;
use crate::store::StoreError;

/// Why a read gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// The path is none of the catalogue, or plays tricks.
    #[error("unknown endpoint: {detail}")]
    UnknownEndpoint {
        /// What is wrong with it.
        detail: String,
    },
    /// The query asks for something unknown or unclear.
    #[error("the query does not fit")]
    InvalidQuery(Vec<FieldError>),
    /// The policy says no.
    #[error("refused by {}", verdict.rule)]
    Refused {
        /// With which rule.
        verdict: Verdict,
        /// What would be needed.
        need: Option<Need>,
    },
    /// IT Glue gave no answer that could be handed out.
    #[error("IT Glue could not be read")]
    Read(#[from] ReadError),
    /// There is no approval under which the value could be handed out now.
    #[error("the value cannot be handed out now")]
    NotCollectable,
    /// What was stored cannot be opened.
    #[error("stored secrets cannot be opened")]
    Secrets(#[from] OpenError),
    /// The connection's key cannot be opened.
    #[error("the connection cannot be used")]
    Account(#[from] AccountError),
    /// The tables.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Rejection> for ReadingError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownEndpoint { detail } => Self::UnknownEndpoint { detail },
            Rejection::InvalidQuery(errors) | Rejection::Invalid(errors) => {
                Self::InvalidQuery(errors)
            }
        }
    }
}
