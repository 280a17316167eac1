//! What a page begins with on which something is decided.

use super::{Opened, Surroundings, Viewer, open, refused, surroundings, technician};
use crate::access::Technician;
use crate::web::error::WebError;
use crate::web::handoff::Refused;

/// What somebody who is about to decide has before them.
pub struct AtHand {
    /// Who that is.
    pub technician: Technician,
    /// The proposal, as it is now.
    pub opened: Opened,
    /// What is around the page.
    pub around: Surroundings,
    /// Who that is, as the page has to know.
    pub viewer: Viewer,
    /// What they tried before, and why it was refused.
    pub refused: Refused,
}

impl AtHand {
    /// That of the proposal with this number.
    ///
    /// # Errors
    /// For who may not decide, or if it cannot be opened.
    pub async fn of(number: Option<i64>) -> Result<Self, WebError> {
        let technician = technician().await?;
        let opened = open(&technician.reviewer(), number).await?;
        let around = surroundings(Some(technician.person()));
        let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
        Ok(Self {
            refused: refused().await,
            technician,
            opened,
            around,
            viewer,
        })
    }
}
