//! Why nobody listens.

use std::time::Duration;

use axum::http::StatusCode;

use super::Problem;
use crate::notify::FeedError;

/// One that was left open is noticed as soon as its connection is.
const UNTIL_ONE_ENDS: Duration = Duration::from_secs(15);

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::TooMany => {
                let mut problem = Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-requests",
                    "Too many requests",
                    "This token has as many event streams open as it may. Close one, or let the \
                     programs that share the token share a stream.",
                );
                problem.retry_after = Some(UNTIL_ONE_ENDS);
                problem
            }
            FeedError::Access(error) => error.into(),
            FeedError::Store(error) => Self::internal(&error),
        }
    }
}
