//! Request headers with a meaning of their own.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Problem;
use crate::domain::FieldError;
use crate::intake::preferred_wait;

const LONGEST_KEY: usize = 255;

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
        let values = parts.headers.get_all("prefer").iter();
        let values = values.filter_map(|value| value.to_str().ok());
        Ok(Self(preferred_wait(values)))
    }
}
