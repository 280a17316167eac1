//! Why a read gave no answer, by what the caller does next.

use std::time::Duration;

use super::budget::BudgetExhausted;
use super::record::NoRecord;
use super::remote_error::RemoteError;

/// Why a read gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// 404 or 410: it is not there.
    #[error("IT Glue has no such record")]
    NotFound,
    /// 401 or 403 that names no place in the request: the key is refused, at least for this kind.
    #[error("IT Glue refused the key (status {status})")]
    KeyRefused {
        /// 401 or 403.
        status: u16,
    },
    /// 401 or 403 about this record: the key works, but not here.
    #[error("IT Glue does not show this record to the key")]
    ForbiddenRecord {
        /// In its words.
        errors: Vec<RemoteError>,
    },
    /// Another 4xx: the request itself is wrong.
    #[error("IT Glue refused the request (status {status})")]
    Refused {
        /// The status.
        status: u16,
        /// In its words.
        errors: Vec<RemoteError>,
    },
    /// 429: others used up what IT Glue allows.
    #[error("IT Glue asks to wait")]
    RateLimited {
        /// As it asked; none if it named no time.
        retry_after: Option<Duration>,
    },
    /// Our own limit is reached.
    #[error("the budget of requests to IT Glue is used up")]
    BudgetExhausted {
        /// When there will be some again.
        retry_after: Duration,
    },
    /// Network, time-out or 5xx: later it may work.
    #[error("IT Glue could not be reached or did not answer: {detail}")]
    Unavailable {
        /// What happened, without addresses.
        detail: String,
    },
    /// An answer that is not JSON, of another shape, or too large.
    #[error("IT Glue gave an answer that cannot be understood: {detail}")]
    Unintelligible {
        /// What is wrong with it.
        detail: String,
    },
    /// Records of this kind have no address at which one could be read.
    #[error("a record of this kind cannot be read: {resource}")]
    NoAddress {
        /// The kind.
        resource: String,
    },
}

impl From<BudgetExhausted> for ReadError {
    fn from(error: BudgetExhausted) -> Self {
        Self::BudgetExhausted {
            retry_after: error.retry_after,
        }
    }
}

impl From<NoRecord> for ReadError {
    fn from(error: NoRecord) -> Self {
        Self::Unintelligible {
            detail: error.to_string(),
        }
    }
}

impl ReadError {
    /// Whether another try may end differently; if not, what was asked for stays unknown.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::BudgetExhausted { .. } | Self::Unavailable { .. } => {
                true
            }
            Self::NotFound
            | Self::KeyRefused { .. }
            | Self::ForbiddenRecord { .. }
            | Self::Refused { .. }
            | Self::Unintelligible { .. }
            | Self::NoAddress { .. } => false,
        }
    }

    /// For what may be missing: nothing known, unless another try may bring it.
    pub(super) fn or_unknown<T>(self) -> Result<Option<T>, Self> {
        if self.is_passing() {
            Err(self)
        } else {
            Ok(None)
        }
    }
}
