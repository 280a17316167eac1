//! Links that invite a person or let them choose another password.

use secrecy::SecretString;

use super::error::LinkError;
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::{LinkPurpose, Timestamp};
use crate::store::StoreError;

/// What a valid link says before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose it is.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// How many characters the password needs at least.
    pub shortest_password: u8,
}

/// What somebody presents with a link.
#[derive(Debug)]
pub struct UseLink {
    /// What stood in the link.
    pub secret: SecretString,
    /// The password they chose.
    pub password: SecretString,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
}

impl Access {
    /// What this link is for. `None` if it is unknown, used, expired or replaced.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn link(&self, secret: &str) -> Result<Option<LinkView>, StoreError> {
        let _ = secret;
        unimplemented!()
    }

    /// Sets the password of the person and signs them in. Their earlier sessions end, and an account
    /// that was closed is open again. A second factor is still asked for.
    ///
    /// # Errors
    /// [`LinkError`]; with `Gone` nothing can be done with this link any more.
    pub async fn use_link(&self, request: UseLink) -> Result<SignedIn, LinkError> {
        let _ = request;
        unimplemented!()
    }
}
