//! Why a request cannot be read as one the catalogue knows.

use crate::domain::FieldError;

/// A request that is not judged, because it does not mean one thing only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such route, path tricks included: 404 `unknown-endpoint`.
    #[error("unknown endpoint: {detail}")]
    UnknownEndpoint {
        /// What is wrong with it, in a sentence.
        detail: String,
    },
    /// The query of a *read* asks for something unknown or unclear: 422 `invalid-proposal` at the
    /// REST door, 400 at the gateway.
    #[error("invalid query")]
    InvalidQuery(Vec<FieldError>),
    /// Method, query of a write, or body: 422 `invalid-proposal`, one entry per field. Pointers
    /// count from the proposal: `/body/data/type`.
    #[error("invalid proposal")]
    Invalid(Vec<FieldError>),
}

impl Rejection {
    pub(super) fn unknown(detail: impl Into<String>) -> Self {
        Self::UnknownEndpoint {
            detail: detail.into(),
        }
    }

    pub(super) fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, detail)])
    }
}
