//! What is refused before the gateway is reached, such as a compressed body: said in IT Glue's shape
//! all the same, because its clients read nothing else.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::PREFIX;
use super::errors::Refusal;

/// More than any of our own problems says.
const LARGEST_PROBLEM: usize = 64 * 1024;

/// Says problems of layers outside of the gateway in IT Glue's shape, below its address alone.
pub async fn in_its_shape(request: Request, next: Next) -> Response {
    let rest = request.uri().path().strip_prefix(PREFIX);
    let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind.as_bytes() == b"application/problem+json");
    if !is_ours || !is_problem {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_PROBLEM).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let detail = problem.get("detail").and_then(Value::as_str);
    let detail = detail.unwrap_or_default();
    let mut said = Refusal::new(parts.status, detail).into_response();
    if let Some(wait) = parts.headers.get(RETRY_AFTER) {
        said.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    said
}
