//! From stage errors to answers: problem details (RFC 9457) with a stable type. One file for each
//! stage maps its errors, all of them.

mod access;
mod admin;
mod decision;
mod intake;
mod notify;
mod review;

use std::time::Duration;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::FieldError;

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

    /// Fields of a proposal or a decision that do not fit.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let (slug, title) = ("invalid-proposal", "Invalid proposal");
        Self::unfit(slug, title, errors, "Nothing was stored.")
    }

    /// Members or parameters of another request that do not fit.
    pub fn invalid_request(errors: Vec<FieldError>) -> Self {
        let (slug, title) = ("invalid-request", "Invalid request");
        Self::unfit(slug, title, errors, "Nothing was changed.")
    }

    /// What does not fit is another request than a proposal.
    #[must_use]
    pub fn of_request(self) -> Self {
        Self::invalid_request(self.errors)
    }

    fn unfit(slug: &str, title: &'static str, errors: Vec<FieldError>, effect: &str) -> Self {
        let what = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            _ => format!("{} fields do not fit; `errors` names each.", errors.len()),
        };
        let detail = format!("{what} {effect}");
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, title, detail);
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

    /// What the path names cannot be the id or the name of anything.
    pub fn nothing_named() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "There is nothing of this id or name. Nothing was changed.",
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

    /// The same, with more members.
    fn with(mut self, more: Value) -> Self {
        self.more = Some(Box::new(more));
        self
    }

    fn conflict(slug: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, title, detail)
    }

    fn held_after_restore() -> Self {
        Self::conflict(
            "wrong-state",
            "Wrong state",
            "The database was restored from a backup, and nobody has accepted that yet. What looks \
             unsent may have been sent since, so nothing was changed. An administrator accepts it \
             first; then try again.",
        )
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
