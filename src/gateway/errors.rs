//! From stage errors to answers in IT Glue's shape (api-facts, section 9): what happened, what was
//! not changed, what to do next.

use std::time::Duration;

use axum::Json;
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::access::AccessError;
use crate::domain::{FieldError, Verdict};
use crate::intake::IntakeError;
use crate::itglue::{ReadError, RemoteError};
use crate::policy::Need;
use crate::reading::ReadingError;

/// The media type of everything here.
pub const JSON_API: &str = "application/vnd.api+json";
/// What IT Glue takes.
const METHODS: &str = "GET, POST, PATCH, DELETE";
/// How long to wait where IT Glue asks to and does not say how long.
const UNSAID: Duration = Duration::from_secs(30);

/// An answer that is an error.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    errors: Vec<Entry>,
    retry_after: Option<Duration>,
    location: Option<String>,
    allow: Option<&'static str>,
}

#[derive(Debug)]
struct Entry {
    title: Option<String>,
    detail: String,
    pointer: Option<String>,
}

impl Refusal {
    /// With one sentence or some.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::of(status, vec![Entry::of(detail)])
    }

    fn of(status: StatusCode, errors: Vec<Entry>) -> Self {
        Self {
            status,
            errors,
            retry_after: None,
            location: None,
            allow: None,
        }
    }

    /// Another method than those of IT Glue.
    pub fn method_not_allowed() -> Self {
        let refusal = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "IT Glue takes GET, POST, PATCH and DELETE. Nothing was changed.",
        );
        Self {
            allow: Some(METHODS),
            ..refusal
        }
    }

    /// The same, and where more is to be read.
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    /// The work behind a request ended without a result.
    pub fn interrupted() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The request was interrupted. Read the state before you repeat it.",
        )
    }

    fn after(mut self, retry_after: Duration) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    fn fields(status: StatusCode, errors: Vec<FieldError>) -> Self {
        let entry = |error: FieldError| Entry {
            title: None,
            detail: error.detail,
            // Where a body is read through the gateway, it is the whole request.
            pointer: error.pointer.strip_prefix("/body").map(str::to_owned),
        };
        Self::of(status, errors.into_iter().map(entry).collect())
    }

    fn by_policy(verdict: &Verdict, need: Option<&Need>) -> Self {
        let needed = need.map(|need| format!(" {}", need.text));
        let detail = format!(
            "{}{} Nothing was changed. (Rule {}.)",
            verdict.explanation,
            needed.unwrap_or_default(),
            verdict.rule
        );
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = chain(error), "a request could not be answered");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong in Countersign, and nothing was changed. The log has it under the \
             x-request-id of this answer.",
        )
    }
}

impl Entry {
    fn of(detail: impl Into<String>) -> Self {
        Self {
            title: None,
            detail: detail.into(),
            pointer: None,
        }
    }
}

/// What happened, and why.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unauthenticated | AccessError::Unfinished(_) => Self::new(
                StatusCode::UNAUTHORIZED,
                "Send the token of a Countersign agent as `x-api-key`.",
            ),
            AccessError::AgentPaused => Self::new(
                StatusCode::FORBIDDEN,
                "An administrator has paused this agent. What waits is kept.",
            ),
            AccessError::WrongKind => Self::new(
                StatusCode::FORBIDDEN,
                "The gateway takes tokens of agents, and this is another one.",
            ),
            AccessError::Store(error) => Self::internal(&error),
        }
    }
}

impl From<ReadingError> for Refusal {
    fn from(error: ReadingError) -> Self {
        match error {
            ReadingError::UnknownEndpoint { detail } => Self::new(StatusCode::NOT_FOUND, detail),
            ReadingError::InvalidQuery(errors) => Self::fields(StatusCode::BAD_REQUEST, errors),
            ReadingError::Refused { verdict, need } => Self::by_policy(&verdict, need.as_ref()),
            ReadingError::Read(error) => error.into(),
            ReadingError::NotCollectable => Self::new(
                StatusCode::CONFLICT,
                "The value was handed out already, or can no longer be: the approval is ten \
                 minutes old, was taken back, or is held back by a pause. Ask again, and a \
                 technician decides anew.",
            ),
            ReadingError::Secrets(error) => Self::internal(&error),
            ReadingError::Account(error) => Self::internal(&error),
            ReadingError::Store(error) => Self::internal(&error),
        }
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound | ReadError::ForbiddenRecord { .. } => Self::new(
                StatusCode::NOT_FOUND,
                "IT Glue has no such record, or does not show it to this connection.",
            ),
            ReadError::Refused { status, errors } => Self::in_its_words(status, errors),
            ReadError::RateLimited { retry_after } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "IT Glue asks to wait before the next request.",
            )
            .after(retry_after.unwrap_or(UNSAID)),
            ReadError::BudgetExhausted { retry_after } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "The requests that IT Glue allows this connection are used up for the moment.",
            )
            .after(retry_after),
            ReadError::KeyRefused { .. }
            | ReadError::Unavailable { .. }
            | ReadError::Unintelligible { .. }
            | ReadError::NoAddress { .. } => {
                Self::new(StatusCode::BAD_GATEWAY, format!("{error}."))
            }
        }
    }
}

impl Refusal {
    /// What IT Glue refused, as it said so.
    pub fn in_its_words(status: u16, errors: Vec<RemoteError>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        if errors.is_empty() {
            return Self::new(status, "IT Glue refused the request without saying why.");
        }
        let entry = |error: RemoteError| Entry {
            title: error.title,
            detail: error.detail.unwrap_or_default(),
            pointer: error.pointer,
        };
        Self::of(status, errors.into_iter().map(entry).collect())
    }
}

/// A limit is told as IT Glue tells its own.
const fn unavailable(cause: &ReadError) -> StatusCode {
    match cause {
        ReadError::RateLimited { .. } | ReadError::BudgetExhausted { .. } => {
            StatusCode::TOO_MANY_REQUESTS
        }
        ReadError::NotFound
        | ReadError::ForbiddenRecord { .. }
        | ReadError::NoAddress { .. }
        | ReadError::KeyRefused { .. }
        | ReadError::Refused { .. }
        | ReadError::Unavailable { .. }
        | ReadError::Unintelligible { .. } => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<IntakeError> for Refusal {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::UnknownEndpoint { detail } => Self::new(StatusCode::NOT_FOUND, detail),
            IntakeError::Invalid(errors) => Self::fields(StatusCode::UNPROCESSABLE_ENTITY, errors),
            IntakeError::Refused { verdict, need } => Self::by_policy(&verdict, need.as_ref()),
            IntakeError::RecordNotFound => Self::new(
                StatusCode::NOT_FOUND,
                "IT Glue has no such record, or does not show it to this connection. Nothing was \
                 changed.",
            ),
            IntakeError::NotFound => Self::new(StatusCode::NOT_FOUND, "There is no such proposal."),
            IntakeError::ProposedByPerson => Self::new(
                StatusCode::FORBIDDEN,
                "A person proposed this, and no agent changes it. It was not changed.",
            ),
            IntakeError::OtherClients => Self::new(
                StatusCode::FORBIDDEN,
                "This would reach a client that is not among yours. Nothing was stored.",
            ),
            IntakeError::WrongState(status) => Self::new(
                StatusCode::CONFLICT,
                format!("The proposal is {status}; that is too late for this. It was not changed."),
            ),
            IntakeError::HeldAfterRestore => Self::new(
                StatusCode::CONFLICT,
                "The database was restored from a backup, and no administrator has accepted that \
                 yet. It was not changed.",
            ),
            IntakeError::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key came with other content before. Nothing was stored.",
            ),
            IntakeError::InProgress => Self::new(
                StatusCode::CONFLICT,
                "The same request is being answered already. Nothing more was stored.",
            ),
            IntakeError::DuplicatePending(first) => Self::new(
                StatusCode::CONFLICT,
                format!(
                    "Proposal {} asks for this value already, and is open. Nothing more was stored.",
                    first.number
                ),
            ),
            IntakeError::TooMany {
                retry_after,
                detail,
            } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("{detail} Nothing was stored."),
            )
            .after(retry_after),
            IntakeError::Unavailable { retry_after, cause } => Self::new(
                unavailable(&cause),
                format!("{cause}. Nothing was stored; try again later."),
            )
            .after(retry_after),
            IntakeError::Account(error) => Self::internal(&error),
            IntakeError::Secrets(error) => Self::internal(&error),
            IntakeError::Store(error) => Self::internal(&error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let errors: Vec<Value> = self
            .errors
            .into_iter()
            .map(|entry| {
                let mut error = json!({
                    "status": self.status.as_u16(),
                    "title": entry.title.as_deref().unwrap_or(title),
                    "detail": entry.detail,
                });
                if let (Some(pointer), Some(members)) = (entry.pointer, error.as_object_mut()) {
                    members.insert("source".to_owned(), json!({ "pointer": pointer }));
                }
                error
            })
            .collect();
        let body = Json(json!({ "errors": errors }));
        let mut response = (self.status, [(CONTENT_TYPE, JSON_API)], body).into_response();
        let headers = response.headers_mut();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if let Some(methods) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(methods));
        }
        if let Some(location) = self.location.and_then(|at| HeaderValue::try_from(at).ok()) {
            headers.insert(LOCATION, location);
        }
        response
    }
}
