//! From stage errors to answers: problem details (RFC 9457) with a stable type.

use std::time::Duration;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::access::{AccessError, Forbidden};
use crate::decision::DecisionError;
use crate::domain::FieldError;
use crate::intake::IntakeError;
use crate::review::ReviewError;

/// An answer that says what went wrong, what was not changed and what to do next.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(flatten)]
    more: Option<Box<Value>>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

impl Problem {
    /// A problem of this type.
    pub fn new(
        status: StatusCode,
        slug: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("urn:countersign:problem:{slug}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            more: None,
            retry_after: None,
        }
    }

    /// Not JSON, or JSON that could mean two things.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "Malformed", detail)
    }

    /// Fields that do not fit.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            _ => format!("{} fields do not fit; `errors` names each.", errors.len()),
        };
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-proposal",
            "Invalid proposal",
            format!("{detail} Nothing was stored."),
        );
        problem.errors = errors;
        problem
    }

    /// No such proposal, for whoever asks.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "There is no such proposal.",
        )
    }

    /// No such route.
    pub fn no_route() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "There is nothing at this address.",
        )
    }

    /// The route does not take this method.
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Method not allowed",
            "This address does not take this method.",
        )
    }

    /// Not application/json.
    pub fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Unsupported media type",
            "Send JSON, with `Content-Type: application/json` and no content encoding.",
        )
    }

    /// Over 10 MB, or over 1 MB where administrators ask.
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Too large",
            "A body may have 10 MB, as in IT Glue; 1 MB below /api/v1/admin. Nothing was stored.",
        )
    }

    /// No, unknown, expired or revoked token.
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Unauthenticated",
            "Send a valid token as `Authorization: Bearer …` or `x-api-key`.",
        )
    }

    /// A right is missing.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", detail)
    }

    fn conflict(slug: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, title, detail)
    }

    fn unavailable(retry_after: Duration, cause: &dyn std::fmt::Display) -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "connection-unavailable",
            "Connection unavailable",
            format!("{cause}. Nothing was stored; try again later."),
        );
        problem.retry_after = Some(retry_after);
        problem
    }

    /// The work behind a request ended without a result.
    pub fn interrupted() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "The request was interrupted. Read the state before you repeat it.",
        )
    }

    /// Something inside went wrong; the log knows what.
    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = chain(error), "a request could not be answered");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "Something went wrong here, and nothing was changed. The log has it under the \
             x-request-id of this answer.",
        )
    }

    /// The handler asks for another right than its route declares.
    pub fn without_proof() -> Self {
        tracing::error!("a handler asks for a right that its route does not declare");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            "This address is closed by a mistake of ours, and nothing was changed. Tell your \
             administrator.",
        )
    }

    fn refused(verdict: &crate::domain::Verdict, need: Option<&crate::policy::Need>) -> Self {
        let mut problem = Self::new(
            StatusCode::FORBIDDEN,
            "refused-by-policy",
            "Refused by policy",
            format!("{} Nothing was stored.", verdict.explanation),
        );
        problem.more = Some(Box::new(json!({
            "rule": verdict.rule,
            "group": need.and_then(|need| need.group),
            "needed": need.map(|need| json!({
                "group": need.group,
                "access": need.access,
                "deletes": need.deletes,
                "text": need.text,
            })),
        })));
        problem
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unauthenticated | AccessError::Unfinished(_) => Self::unauthenticated(),
            AccessError::AgentPaused => Self::new(
                StatusCode::FORBIDDEN,
                "agent-paused",
                "Agent paused",
                "An administrator has paused this agent. What waits is kept.",
            ),
            AccessError::WrongKind => {
                Self::forbidden("Tokens of this kind have no rights at this address.")
            }
            AccessError::Store(error) => Self::internal(&error),
        }
    }
}

impl From<Forbidden> for Problem {
    fn from(missing: Forbidden) -> Self {
        match missing {
            Forbidden::Role(role) => Self::forbidden(format!("This needs the role {role}.")),
            Forbidden::Scope(scope) => {
                Self::forbidden(format!("This needs a token with the scope `{scope}`."))
            }
            Forbidden::StepUp => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Step-up required",
                "Prove again who you are, then repeat this.",
            ),
        }
    }
}

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
            IntakeError::WrongState(status) => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!("The proposal is {status}; that is too late for this. It was not changed."),
            ),
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

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NotFound => Self::not_found(),
            ReviewError::Account(error) => Self::internal(&error),
            ReviewError::Secrets(error) => Self::internal(&error),
            ReviewError::Store(error) => Self::internal(&error),
        }
    }
}

impl From<DecisionError> for Problem {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::NotFound => Self::not_found(),
            DecisionError::ChangedSinceShown { detail } => Self::conflict(
                "changed-since-shown",
                "Changed since shown",
                format!("{detail} Your decision was not recorded."),
            ),
            DecisionError::WrongState(status) => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!("The proposal is {status}; that is too late for this. It was not changed."),
            ),
            DecisionError::Expired => Self::conflict(
                "wrong-state",
                "Wrong state",
                "The proposal has expired. The agent can propose it again.",
            ),
            DecisionError::ReasonMissing => Self::invalid(vec![FieldError::new(
                "/reason",
                "Say why; the reason is kept with the decision.",
            )]),
            DecisionError::ReasonTooLong => Self::invalid(vec![FieldError::new(
                "/reason",
                "At most 2,000 characters.",
            )]),
            DecisionError::StepUpRequired => Self::new(
                StatusCode::FORBIDDEN,
                "step-up-required",
                "Step-up required",
                "Critical proposals, and sending a write once more, need a token with the scope \
                 `decide-critical`. Nothing was decided.",
            ),
            DecisionError::NotSettled { until } => Self::conflict(
                "wrong-state",
                "Wrong state",
                format!(
                    "What was sent may still take effect{}. Nothing was changed; say it then.",
                    until.map_or_else(String::new, |until| format!(" until {until}"))
                ),
            ),
            DecisionError::OwnAgent => Self::forbidden(
                "You answer for this agent; somebody else has to decide its critical proposals.",
            ),
            DecisionError::NotYours => {
                Self::forbidden("Only the one who approved it, or an administrator, can undo it.")
            }
            DecisionError::RefusedByPolicy(verdict) => Self::refused(&verdict, None),
            DecisionError::Invalid(errors) => Self::invalid(errors),
            DecisionError::ErasesRequired(fields) => Self::invalid(
                fields
                    .into_iter()
                    .map(|field| {
                        FieldError::new(
                            "/keep",
                            format!("`{field}` is required and would be erased: keep it, or give it a value in `body`."),
                        )
                    })
                    .collect(),
            ),
            DecisionError::RecordGone => Self::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "Not found",
                "IT Glue no longer has the record. Nothing was decided; reject the proposal.",
            ),
            DecisionError::Unreachable { retry_after, cause } => {
                Self::unavailable(retry_after, &cause)
            }
            DecisionError::Account(error) => Self::internal(&error),
            DecisionError::Secrets(error) => Self::internal(&error),
            DecisionError::Store(error) => Self::internal(&error),
        }
    }
}
