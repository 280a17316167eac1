//! The second factor: offered, confirmed, asked for, replaced, removed.

use secrecy::SecretString;

use super::error::{FactorError, SignInError};
use super::person::Person;
use super::service::Access;
use super::sign_in::{SignedIn, Unfinished};

/// Who sets up a second factor.
#[derive(Clone, Copy, Debug)]
pub enum Enroller<'a> {
    /// Somebody who has to before the sign-in is complete.
    Unfinished(&'a Unfinished),
    /// Somebody who is signed in and has just proved who they are.
    Person(&'a Person),
}

/// A seed for a code app. The same one until it is confirmed.
#[derive(Debug)]
pub struct Offer {
    /// The seed in base32, to be typed.
    pub seed: SecretString,
    /// The same as an `otpauth://` address, to be scanned.
    pub uri: SecretString,
}

/// A second factor that was set up.
#[derive(Debug)]
pub struct Enrolled {
    /// The session, complete now, with its new cookie.
    pub signed_in: SignedIn,
    /// Ten codes for the day the app is lost, to be shown once.
    pub recovery_codes: Vec<SecretString>,
}

impl Access {
    /// Completes a sign-in with a code of the app or a recovery code.
    ///
    /// # Errors
    /// [`SignInError`]; `Refused` if the code is not the one of now, or was used before.
    pub async fn give_code(
        &self,
        unfinished: &Unfinished,
        code: &str,
    ) -> Result<SignedIn, SignInError> {
        let _ = (unfinished, code);
        unimplemented!()
    }

    /// A seed to set up a code app with. The present factor stays until the new one is confirmed.
    ///
    /// # Errors
    /// [`FactorError`]; a person who is signed in needs a fresh proof.
    pub async fn offer_factor(&self, who: Enroller<'_>) -> Result<Offer, FactorError> {
        let _ = who;
        unimplemented!()
    }

    /// Takes the offered seed as the second factor. Every other session of the person ends.
    ///
    /// # Errors
    /// [`FactorError`]; `Refused` if the code is not one of the offered seed.
    pub async fn confirm_factor(
        &self,
        who: Enroller<'_>,
        code: &str,
    ) -> Result<Enrolled, FactorError> {
        let _ = (who, code);
        unimplemented!()
    }

    /// Goes back to the password alone. Every other session of the person ends.
    ///
    /// # Errors
    /// [`FactorError`]; needs a fresh proof, and is refused where a factor is required.
    pub async fn remove_factor(&self, person: &Person) -> Result<SignedIn, FactorError> {
        let _ = person;
        unimplemented!()
    }

    /// Ten new recovery codes, to be shown once. The old ones are void.
    ///
    /// # Errors
    /// [`FactorError`]; needs a fresh proof.
    pub async fn renew_recovery_codes(
        &self,
        person: &Person,
    ) -> Result<Vec<SecretString>, FactorError> {
        let _ = person;
        unimplemented!()
    }
}
