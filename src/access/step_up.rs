//! Proving again who one is.

use secrecy::SecretString;

use super::error::SignInError;
use super::person::{Credential, Person};
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::{AuditAction, AuditEvent, SignInStage};
use crate::secrets::SessionToken;
use crate::store::StoreError;

/// What a person gives to prove again who they are.
#[derive(Debug)]
pub enum Proof {
    /// The password; enough for those without a second factor.
    Password(SecretString),
    /// A code of the app, or a recovery code.
    Code(String),
}

impl Access {
    /// The person proves again who they are; the session gets a new cookie. Whoever has a second
    /// factor gives a code of it, the others their password.
    ///
    /// # Errors
    /// [`SignInError`]; `Refused` if the proof is wrong or of the wrong kind, or the session ended.
    pub async fn step_up(&self, person: &Person, proof: Proof) -> Result<SignedIn, SignInError> {
        let Proof::Password(password) = proof else {
            unimplemented!()
        };
        let Credential::Session { id, expires_at, .. } = person.credential else {
            return Err(SignInError::Refused);
        };
        let user = self.store.user(person.id).await?;
        let is_right = self.is_password(user.as_ref(), &password).await?;
        let action = if is_right {
            AuditAction::SteppedUp
        } else {
            AuditAction::SignInFailed
        };
        let event = AuditEvent::new(self.clock.now(), person.actor(), action)
            .on("user", person.id)
            .from(person.address.clone());
        if !is_right {
            self.store.record_event(&event).await?;
            return Err(SignInError::Refused);
        }
        let cookie = SessionToken::generate();
        match self.store.step_up_session(id, cookie.hash(), &event).await {
            Ok(()) => Ok(SignedIn {
                cookie,
                expires_at,
                stage: SignInStage::Complete,
                mark: None,
            }),
            Err(StoreError::Changed) => Err(SignInError::Refused),
            Err(error) => Err(error.into()),
        }
    }
}
