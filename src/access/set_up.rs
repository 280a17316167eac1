//! The first administrator, by a code that only the operator of the machine can read.

use secrecy::SecretString;

use super::error::SetUpError;
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::{Email, PersonName};
use crate::store::StoreError;

/// What somebody presents to become the first administrator.
#[derive(Debug)]
pub struct Found {
    /// The code that was printed.
    pub code: SecretString,
    /// What they will sign in with.
    pub email: Email,
    /// What colleagues call them.
    pub name: PersonName,
    /// Their password.
    pub password: SecretString,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
}

impl Access {
    /// Whether there is an administrator, so that the set-up is closed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn is_set_up(&self) -> Result<bool, StoreError> {
        unimplemented!()
    }

    /// A new code for the set-up, valid for an hour; earlier ones are void. `None` if it is closed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn issue_setup_code(&self) -> Result<Option<SecretString>, StoreError> {
        unimplemented!()
    }

    /// Whether this code opens the set-up. A wrong one is counted.
    ///
    /// # Errors
    /// [`SetUpError`], `WrongCode` and `Wait` among them.
    pub async fn check_setup_code(
        &self,
        code: &str,
        address: Option<String>,
    ) -> Result<(), SetUpError> {
        let _ = (code, address);
        unimplemented!()
    }

    /// Makes the first administrator and signs them in. The code is used up.
    ///
    /// # Errors
    /// [`SetUpError`]; of many at once, one is made and the others find it `Closed`.
    pub async fn found(&self, request: Found) -> Result<SignedIn, SetUpError> {
        let _ = request;
        unimplemented!()
    }
}
