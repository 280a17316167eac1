//! The token of a request, wherever a client puts it.

use axum::http::HeaderMap;

/// The token in `Authorization: Bearer` or `x-api-key`.
pub fn presented_token(headers: &HeaderMap) -> Option<&str> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer.or_else(|| header("x-api-key"))
}
