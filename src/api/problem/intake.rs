//! Why a proposal was not taken in.

use axum::http::StatusCode;
use serde_json::json;

use super::Problem;
use crate::domain::Proposal;
use crate::intake::IntakeError;

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::UnknownEndpoint { detail } => Self::new(
                StatusCode::NOT_FOUND,
                "unknown-endpoint",
                "Unknown endpoint",
                detail,
            ),
            IntakeError::Invalid(errors) => Self::invalid(errors),
            IntakeError::Refused { verdict, need } => Self::refused(&verdict, need.as_ref()),
            IntakeError::RecordNotFound => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "Not found",
                "IT Glue has no such record, or does not show it. Nothing was stored.",
            ),
            IntakeError::NotFound => Self::not_found(),
            IntakeError::ProposedByPerson => Self::forbidden(
                "A person proposed this, to take an earlier write back. An agent neither changes it \
                 nor takes it back. It was not changed.",
            ),
            IntakeError::OtherClients => Self::forbidden(
                "This would reach a client that is not among yours. Nothing was stored. Let \
                 somebody do it who has the client.",
            ),
            IntakeError::WrongState(status) => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!("The proposal is {status}; that is too late for this. It was not changed."),
            ),
            IntakeError::HeldAfterRestore => Self::held_after_restore(),
            IntakeError::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "Idempotency key reused",
                "This Idempotency-Key came with other content before. Use a new key for a new \
                 proposal. Nothing was stored.",
            ),
            IntakeError::InProgress => Self::conflict(
                "in-progress",
                "In progress",
                "The first request with this Idempotency-Key has not been answered yet.",
            ),
            IntakeError::DuplicatePending(first) => duplicate(&first),
            IntakeError::TooMany {
                retry_after,
                detail,
            } => {
                let mut problem = Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-requests",
                    "Too many requests",
                    format!("{detail} Nothing was stored."),
                );
                problem.retry_after = Some(retry_after);
                problem
            }
            IntakeError::Unavailable { retry_after, cause } => {
                Self::unavailable(retry_after, &cause)
            }
            IntakeError::Account(error) => Self::internal(&error),
            IntakeError::Secrets(error) => Self::internal(&error),
            IntakeError::Store(error) => Self::internal(&error),
        }
    }
}

/// The value is asked for by this open proposal.
fn duplicate(first: &Proposal) -> Problem {
    let detail = format!(
        "Your proposal {} asks for this value already and is {}. Nothing new was stored. Follow that \
         one: revise it if it was sent back; once it is approved, collect the value with a GET of \
         this path at the gateway, below `/itglue`.",
        first.number, first.status
    );
    Problem::conflict("duplicate-pending", "Duplicate pending", detail).with(json!({
        "number": first.number,
        "links": { "self": format!("/api/v1/proposals/{}", first.id) },
    }))
}
