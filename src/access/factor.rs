//! The second factor: offered, confirmed, asked for, replaced, removed.

use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::error::{FactorError, Forbidden, SignInError};
use super::guessing::Guesser;
use super::person::{Credential, Person};
use super::service::Access;
use super::sign_in::{SignedIn, Unfinished};
use crate::domain::{Actor, AuditAction, AuditEvent, SessionId, SignInStage, Timestamp, UserId};
use crate::secrets::{
    FactorSeed, OneTimeSecret, OpenError, Place, SessionToken, hash_of_code, is_app_code,
};
use crate::store::{NewFactor, RenewedSession, StoreError, UsedCode};

const RECOVERY_CODES: usize = 10;

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

/// An [`Enroller`] who may, and the session that goes on afterwards.
struct Enrolling {
    user: UserId,
    email: String,
    actor: Actor,
    session: SessionId,
    expires_at: Timestamp,
    address: Option<String>,
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
        match unfinished.stage {
            SignInStage::Code => {}
            SignInStage::Complete | SignInStage::Enrolment => return Err(SignInError::Refused),
        }
        let (session, user) = (&unfinished.session, &unfinished.session.user);
        let guesser = Guesser {
            email: &user.email,
            user_id: Some(user.id),
            is_known: session.is_known,
            address: unfinished.address.as_ref(),
        };
        let tried = self.count_try(&guesser).await?;
        let expires_at = session
            .created_at
            .plus_seconds(self.settings.absolute_seconds);
        let (renewed, signed_in) = self.renewal(user.id, session.id, expires_at);
        let event = AuditEvent::new(self.clock.now(), unfinished.actor(), AuditAction::SignedIn)
            .on("user", user.id)
            .with(serde_json::json!({ "role": user.role, "recovery_code": !is_app_code(code) }))
            .from(unfinished.address.clone());
        let completed = match self.used_code(user.id, code).await? {
            Some(code) => {
                let complete = self.store.complete_session(user.id, renewed, code, &event);
                is_done(complete.await)?
            }
            None => false,
        };
        if !completed {
            let address = unfinished.address.clone();
            self.was_wrong(&tried, unfinished.actor(), address).await?;
            return Err(SignInError::Refused);
        }
        self.was_right(&tried).await?;
        Ok(signed_in)
    }

    /// A seed to set up a code app with. The present factor stays until the new one is confirmed.
    ///
    /// # Errors
    /// [`FactorError`]; a person who is signed in needs a fresh proof.
    pub async fn offer_factor(&self, who: Enroller<'_>) -> Result<Offer, FactorError> {
        let who = self.enrolling(who)?;
        let offered = if let Some(offered) = self.store.factor(who.user).await?.offered {
            offered
        } else {
            let new = FactorSeed::generate();
            let place = offer_place(&who.user.0);
            let sealed = self.vault.seal_bytes(place, new.as_bytes());
            self.store.offer_factor(who.user, &sealed).await?
        };
        let seed = self.open_seed(offer_place(&who.user.0), &offered)?;
        Ok(Offer {
            uri: seed.to_uri(&who.email),
            seed: seed.to_base32(),
        })
    }

    /// Takes the offered seed as the second factor. Every other session of the person ends, and this
    /// one counts as freshly proved.
    ///
    /// # Errors
    /// [`FactorError`]; `Refused` if the code is not one of the offered seed.
    pub async fn confirm_factor(
        &self,
        who: Enroller<'_>,
        code: &str,
    ) -> Result<Enrolled, FactorError> {
        let who = self.enrolling(who)?;
        let now = self.clock.now();
        let stored = self.store.factor(who.user).await?;
        let offered = stored.offered.ok_or(FactorError::Refused)?;
        let seed = self.open_seed(offer_place(&who.user.0), &offered)?;
        let step = seed.step_of(code, now).ok_or(FactorError::Refused)?;
        let (recovery_codes, hashes) = recovery_codes();
        let (session, signed_in) = self.renewal(who.user, who.session, who.expires_at);
        let sealed = self
            .vault
            .seal_bytes(seed_place(&who.user.0), seed.as_bytes());
        let factor = NewFactor {
            user_id: who.user,
            offered: &offered,
            seed: &sealed,
            step,
            recovery_codes: &hashes,
            session,
        };
        let event = AuditEvent::new(now, who.actor, AuditAction::FactorSet)
            .on("user", who.user)
            .with(serde_json::json!({ "replaces": stored.seed.is_some() }))
            .from(who.address);
        if !is_done(self.store.set_factor(&factor, &event).await)? {
            return Err(FactorError::Ended);
        }
        Ok(Enrolled {
            signed_in,
            recovery_codes,
        })
    }

    /// Goes back to the password alone. Every other session of the person ends.
    ///
    /// # Errors
    /// [`FactorError`]; needs a fresh proof, and is refused where a factor is required.
    pub async fn remove_factor(&self, person: &Person) -> Result<SignedIn, FactorError> {
        let who = self.enrolling(Enroller::Person(person))?;
        if self.settings.second_factor.is_required_of(person.role) {
            return Err(FactorError::Required);
        }
        if !person.has_factor {
            return Err(FactorError::Missing);
        }
        let (session, signed_in) = self.renewal(who.user, who.session, who.expires_at);
        let event = self.event(person, AuditAction::FactorRemoved);
        let removed = self.store.remove_factor(who.user, Some(session), &event);
        if !is_done(removed.await)? {
            return Err(FactorError::Ended);
        }
        Ok(signed_in)
    }

    /// Ten new recovery codes, to be shown once. The old ones are void.
    ///
    /// # Errors
    /// [`FactorError`]; needs a fresh proof.
    pub async fn renew_recovery_codes(
        &self,
        person: &Person,
    ) -> Result<Vec<SecretString>, FactorError> {
        self.enrolling(Enroller::Person(person))?;
        if !person.has_factor {
            return Err(FactorError::Missing);
        }
        let (codes, hashes) = recovery_codes();
        let event = self.event(person, AuditAction::RecoveryCodesRenewed);
        self.store
            .set_recovery_codes(person.id, &hashes, &event)
            .await?;
        Ok(codes)
    }

    /// What this code would use up, if it is right. Whether it was used before, the store knows.
    pub(super) async fn used_code(
        &self,
        user: UserId,
        typed: &str,
    ) -> Result<Option<UsedCode>, SignInError> {
        if !is_app_code(typed) {
            return Ok(Some(UsedCode::Recovery(hash_of_code(typed))));
        }
        let Some(sealed) = self.store.factor(user).await?.seed else {
            return Ok(None);
        };
        let seed = self.open_seed(seed_place(&user.0), &sealed)?;
        Ok(seed.step_of(typed, self.clock.now()).map(UsedCode::Step))
    }

    /// A session that goes on, complete, and what its browser gets.
    pub(super) fn renewal(
        &self,
        user: UserId,
        session: SessionId,
        expires_at: Timestamp,
    ) -> (RenewedSession, SignedIn) {
        let cookie = SessionToken::generate();
        let renewed = RenewedSession {
            id: session,
            secret_hash: cookie.hash(),
            expires_at,
        };
        let signed_in = SignedIn {
            cookie,
            expires_at,
            stage: SignInStage::Complete,
            mark: Some(self.mark_of(user)),
        };
        (renewed, signed_in)
    }

    /// An event of now, by a person about themselves.
    pub(super) fn event(&self, person: &Person, action: AuditAction) -> AuditEvent {
        AuditEvent::new(self.clock.now(), person.actor(), action)
            .on("user", person.id)
            .from(person.address.clone())
    }

    fn enrolling(&self, who: Enroller<'_>) -> Result<Enrolling, Forbidden> {
        match who {
            Enroller::Unfinished(unfinished) => match unfinished.stage {
                SignInStage::Enrolment => Ok(Enrolling {
                    user: unfinished.session.user.id,
                    email: unfinished.session.user.email.clone(),
                    actor: unfinished.actor(),
                    session: unfinished.session.id,
                    expires_at: unfinished
                        .session
                        .created_at
                        .plus_seconds(self.settings.absolute_seconds),
                    address: unfinished.address.clone(),
                }),
                SignInStage::Complete | SignInStage::Code => Err(Forbidden::StepUp),
            },
            Enroller::Person(person) => match person.credential {
                Credential::Session { id, expires_at, .. } if person.is_fresh(self.clock.now()) => {
                    Ok(Enrolling {
                        user: person.id,
                        email: person.email.clone(),
                        actor: person.actor(),
                        session: id,
                        expires_at,
                        address: person.address.clone(),
                    })
                }
                Credential::Session { .. } | Credential::Token { .. } => Err(Forbidden::StepUp),
            },
        }
    }

    fn open_seed(&self, place: Place<'_>, sealed: &[u8]) -> Result<FactorSeed, OpenError> {
        let bytes = self.vault.open_bytes(place, sealed)?;
        FactorSeed::from_bytes(bytes.expose_secret()).ok_or(OpenError::Malformed)
    }
}

/// Where the seed of this person is sealed.
fn seed_place(user: &Uuid) -> Place<'_> {
    Place::new("users", "factor_seed", user)
}

/// Where a seed that was shown and not confirmed is sealed.
fn offer_place(user: &Uuid) -> Place<'_> {
    Place::new("users", "factor_offered", user)
}

/// New recovery codes, and what is stored of them.
fn recovery_codes() -> (Vec<SecretString>, Vec<[u8; 32]>) {
    (0..RECOVERY_CODES)
        .map(|_| OneTimeSecret::recovery_code())
        .map(|code| {
            let hash = code.hash();
            (code.reveal(), hash)
        })
        .unzip()
}

/// Whether a change came through; somebody may have been faster.
pub(super) fn is_done(changed: Result<(), StoreError>) -> Result<bool, StoreError> {
    match changed {
        Ok(()) => Ok(true),
        Err(StoreError::Changed) => Ok(false),
        Err(error) => Err(error),
    }
}
