//! Request headers with a meaning of their own.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Problem;
use crate::domain::FieldError;

const LONGEST_KEY: usize = 255;
const LONGEST_WAIT_SECONDS: u64 = 60;

/// `Idempotency-Key`, if it was sent.
pub struct IdempotencyKey(pub Option<String>);

/// `Prefer: wait=N`, at most 60 seconds.
pub struct PreferWait(pub Option<Duration>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let key = value.to_str().unwrap_or_default().trim();
        let is_usable = !key.is_empty() && key.len() <= LONGEST_KEY;
        if !is_usable {
            return Err(Problem::invalid(vec![FieldError::new(
                "/headers/idempotency-key",
                "1 to 255 visible ASCII characters.",
            )]));
        }
        Ok(Self(Some(key.to_owned())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PreferWait {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self(wait(&parts.headers)))
    }
}

fn wait(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .filter_map(|preference| preference.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(LONGEST_WAIT_SECONDS)))
}
