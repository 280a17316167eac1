//! Requests that no door takes: compressed bodies, tokens in the address, bodies that take too long.
//! And what the layers below say in their own words is said in ours: problem details, nothing else.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

use crate::api::Problem;

/// What our own tokens begin with.
const TOKENS: [&str; 2] = ["cs_agent_", "cs_user_"];
/// Names under which clients put tokens into a query.
const TOKEN_NAMES: [&str; 7] = [
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "authorization",
    "token",
    "x-api-key",
];
/// What a server function says of its own errors, for the islands that called it.
const OF_SERVER_FUNCTION: &str = "serverfnerror";

/// Refuses what no door takes, before anything of the body is read.
pub(super) async fn refuse_unfit(request: Request, next: Next) -> Response {
    if is_encoded(request.headers()) {
        return Problem::unsupported_media_type().into_response();
    }
    let (path, query) = (request.uri().path(), request.uri().query());
    if query.is_some_and(|query| holds_token(path, query)) {
        return token_in_address().into_response();
    }
    next.run(request).await
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// An address is written into logs and histories on the way, so a token in it is known to others.
fn holds_token(path: &str, query: &str) -> bool {
    let is_api = path.starts_with("/api/") || path.starts_with("/itglue");
    query.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let is_named = TOKEN_NAMES.contains(&name.as_str());
        let is_token = TOKENS.iter().any(|token| value.contains(token));
        is_token || (is_api && is_named)
    })
}

/// Percent-decoded and in small letters, for comparing.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let escaped = (*first == b'%').then(|| after.first_chunk::<2>()).flatten();
        let byte = escaped.and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        if byte.is_some() {
            rest = after.get(2..).unwrap_or_default();
        }
        bytes.push(byte.unwrap_or(*first).to_ascii_lowercase());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn token_in_address() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed",
        "Malformed",
        "A token does not belong in an address: send it as `Authorization: Bearer …` or \
         `x-api-key`. Nothing was done. If this token was real, revoke it, because addresses are \
         written into logs on the way.",
    )
}

/// Gives an answer up that does not begin in time.
pub(super) async fn answer_in_time(
    State(time): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "timed-out",
            "Timed out",
            "The answer took too long and was given up. What was begun may still take effect: \
             read the state before you repeat it.",
        )
        .into_response(),
    }
}

/// Stops reading a body that was not sent in time, and says so.
pub(super) async fn read_in_time(
    State(time): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let is_late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        Body::new(Deadlined {
            body,
            deadline: Box::pin(tokio::time::sleep(time)),
            is_late: Arc::clone(&is_late),
        })
    });
    let response = next.run(request).await;
    if !is_late.load(Ordering::SeqCst) {
        return response;
    }
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "timed-out",
        "Timed out",
        format!(
            "The request was not sent to its end within {} seconds, and was not read on. Nothing \
             was changed; send it again.",
            time.as_secs()
        ),
    )
    .into_response()
}

/// A body that ends in an error at its deadline.
struct Deadlined {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    is_late: Arc<AtomicBool>,
}

impl hyper::body::Body for Deadlined {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            self.is_late.store(true, Ordering::SeqCst);
            return Poll::Ready(Some(Err(axum::Error::new(Late))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body was not there in time.
#[derive(Debug, thiserror::Error)]
#[error("the body was not sent in time")]
struct Late;

/// Says in our words what a layer below refused in its own.
pub(super) async fn in_our_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.headers().contains_key(OF_SERVER_FUNCTION) {
        return response;
    }
    let kind = response.headers().get(CONTENT_TYPE);
    let is_plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_plain {
        return response;
    }
    let mut said = problem(status).into_response();
    for name in [axum::http::header::ALLOW, axum::http::header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            said.headers_mut().insert(name, value.clone());
        }
    }
    said
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::no_route(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            status,
            "too-large",
            "Too large",
            "A body may have 10 MB where IT Glue takes as much, and 1 MB elsewhere. Nothing was \
             changed.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::unsupported_media_type(),
        _ if status.is_client_error() => Problem::new(
            status,
            "malformed",
            "Malformed",
            "The request cannot be read as it was sent. Nothing was changed.",
        ),
        _ => Problem::new(
            status,
            "internal",
            "Internal error",
            "Something went wrong here. Read the state before you repeat it; the log has it under \
             the x-request-id of this answer.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/api/v1/proposals", "token=abc", true)]
    #[case("/api/v1/proposals", "limit=1&API_KEY=abc", true)]
    #[case("/api/v1/proposals", "x%2dapi%2dkey=abc", true)]
    #[case("/itglue/contacts", "access_token=abc", true)]
    #[case("/queue", "q=cs_agent_1_2", true)]
    #[case("/queue", "q=CS%5FUSER%5F1", true)]
    #[case("/queue", "token=abc", false)]
    #[case("/api/v1/proposals", "ticket=token&limit=1", false)]
    #[case("/api/v1/proposals", "ticket=%", false)]
    #[case("/api/v1/proposals", "%e2%82=%zz", false)]
    fn t3_a_token_in_a_query_is_seen(
        #[case] path: &str,
        #[case] query: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(holds_token(path, query), expected);
    }
}
