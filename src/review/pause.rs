//! Whether anything is written at all right now.

use super::{Review, ReviewError};
use crate::access::Reviewer;

impl Review {
    /// Why every write is held back, if it is.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause(&self, _by: &Reviewer) -> Result<Option<String>, ReviewError> {
        Ok(self.store.pause_of_all().await?)
    }
}
