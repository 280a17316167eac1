//! Why a proposal could not be shown.

use super::Problem;
use crate::review::ReviewError;

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
