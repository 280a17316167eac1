//! Proving again who one is.

use secrecy::SecretString;

use super::error::SignInError;
use super::factor::is_done;
use super::guessing::{Guesser, Try};
use super::person::{Credential, Person};
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::AuditAction;
use crate::store::UserDetails;

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
        let Credential::Session { id, expires_at, .. } = person.credential else {
            return Err(SignInError::Refused);
        };
        let (tried, code) = match proof {
            Proof::Password(password) if !person.has_factor => {
                let (tried, _) = self.verified(person, &password).await?;
                (tried, None)
            }
            Proof::Code(code) if person.has_factor => {
                let tried = self.count_try(&guesser(person)).await?;
                let Some(used) = self.used_code(person.id, &code).await? else {
                    return self.refuse(&tried, person).await;
                };
                (tried, Some(used))
            }
            Proof::Password(_) | Proof::Code(_) => return Err(SignInError::Refused),
        };
        let (session, signed_in) = self.renewal(person.id, id, expires_at);
        let event = self.event(person, AuditAction::SteppedUp);
        let renewed = self.store.step_up_session(person.id, session, code, &event);
        if !is_done(renewed.await)? {
            return self.refuse(&tried, person).await;
        }
        self.was_right(&tried).await?;
        Ok(signed_in)
    }

    /// The person's row, once this was found to be their password. The try stays counted until the
    /// caller says what became of it.
    pub(super) async fn verified(
        &self,
        person: &Person,
        password: &SecretString,
    ) -> Result<(Try, UserDetails), SignInError> {
        let tried = self.count_try(&guesser(person)).await?;
        let user = self.store.user(person.id).await?;
        let is_right = match self.is_password(user.as_ref(), password).await {
            Ok(is_right) => is_right,
            Err(error) => {
                self.take_back(&tried).await?;
                return Err(error);
            }
        };
        match user.filter(|_| is_right) {
            Some(user) => Ok((tried, user)),
            None => self.refuse(&tried, person).await,
        }
    }

    async fn refuse<T>(&self, tried: &Try, person: &Person) -> Result<T, SignInError> {
        let address = person.address.clone();
        self.was_wrong(tried, person.actor(), address).await?;
        Err(SignInError::Refused)
    }
}

/// Whoever is signed in does so in a browser that is known.
fn guesser(person: &Person) -> Guesser<'_> {
    Guesser {
        email: &person.email,
        user_id: Some(person.id),
        is_known: true,
        address: person.address.as_ref(),
    }
}
