//! Why a proposal is not taken in, by what the agent would do about it.

use std::time::Duration;

use crate::access::AccountError;
use crate::domain::{FieldError, Proposal, ProposalStatus, Verdict};
use crate::itglue::ReadError;
use crate::policy::{Need, Rejection};
use crate::secrets::OpenError;
use crate::store::StoreError;

/// Why a proposal is not taken in. Nothing was stored and nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The path is none of the catalogue, or plays tricks.
    #[error("unknown endpoint: {detail}")]
    UnknownEndpoint {
        /// What is wrong with it.
        detail: String,
    },
    /// Fields that do not fit.
    #[error("the proposal does not fit")]
    Invalid(Vec<FieldError>),
    /// The policy says no.
    #[error("refused by {}", verdict.rule)]
    Refused {
        /// With which rule.
        verdict: Verdict,
        /// What would be needed.
        need: Option<Need>,
    },
    /// IT Glue has no such record, or does not show it.
    #[error("the record does not exist in IT Glue")]
    RecordNotFound,
    /// The agent has no such proposal.
    #[error("no such proposal")]
    NotFound,
    /// A person proposed it, so no agent changes it or takes it back.
    #[error("a person proposed it")]
    ProposedByPerson,
    /// The record, or what it would become, is of a client that is not among the person's.
    #[error("it reaches a client of others")]
    OtherClients,
    /// The proposal is past the state in which this can be done.
    #[error("the proposal is {0}")]
    WrongState(ProposalStatus),
    /// The database was restored from a backup and that is not accepted yet, so what looks unsent
    /// may have been sent since.
    #[error("a restored database is not accepted yet")]
    HeldAfterRestore,
    /// The idempotency key came with other content before.
    #[error("the idempotency key was used for another proposal")]
    IdempotencyKeyReused,
    /// The first request with this idempotency key has not been answered yet.
    #[error("a request with this idempotency key is in progress")]
    InProgress,
    /// This open proposal of the agent asks for the same value.
    #[error("proposal #{} asks for this value already", .0.number)]
    DuplicatePending(Box<Proposal>),
    /// The token has sent too much, or has too much waiting.
    #[error("too many requests")]
    TooMany {
        /// When to try again.
        retry_after: Duration,
        /// Which limit it was.
        detail: String,
    },
    /// IT Glue could not be read.
    #[error("IT Glue could not be read")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
        /// Why.
        #[source]
        cause: ReadError,
    },
    /// The connection's key cannot be opened.
    #[error("the connection cannot be used")]
    Account(#[from] AccountError),
    /// What was stored cannot be opened.
    #[error("stored secrets cannot be opened")]
    Secrets(#[from] OpenError),
    /// The tables.
    #[error(transparent)]
    Store(StoreError),
}

/// How long to wait where IT Glue does not say.
const TRY_AGAIN: Duration = Duration::from_secs(15);

impl From<StoreError> for IntakeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            StoreError::TooManyWaiting => Self::TooMany {
                retry_after: Duration::from_mins(1),
                detail: "This token has as many proposals waiting as it may; \
                         withdraw some, or wait for decisions."
                    .to_owned(),
            },
            error => Self::Store(error),
        }
    }
}

impl From<Rejection> for IntakeError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::UnknownEndpoint { detail } => Self::UnknownEndpoint { detail },
            Rejection::InvalidQuery(errors) | Rejection::Invalid(errors) => Self::Invalid(errors),
        }
    }
}

impl From<ReadError> for IntakeError {
    fn from(cause: ReadError) -> Self {
        match cause {
            ReadError::NotFound | ReadError::ForbiddenRecord { .. } => Self::RecordNotFound,
            ReadError::NoAddress { resource } => Self::Invalid(vec![FieldError::new(
                "/path",
                format!(
                    "Records of the kind {resource} cannot be read, so no change of one can be shown to a technician."
                ),
            )]),
            ReadError::RateLimited { retry_after } => Self::Unavailable {
                retry_after: retry_after.unwrap_or(TRY_AGAIN),
                cause,
            },
            ReadError::BudgetExhausted { retry_after } => Self::Unavailable { retry_after, cause },
            ReadError::KeyRefused { .. }
            | ReadError::Refused { .. }
            | ReadError::Unavailable { .. }
            | ReadError::Unintelligible { .. } => Self::Unavailable {
                retry_after: TRY_AGAIN,
                cause,
            },
        }
    }
}
