//! Signing in with address and password, and proving again who one is.

use secrecy::SecretString;
use serde_json::json;

use super::error::SignInError;
use super::person::{Credential, Person};
use super::service::Access;
use crate::domain::{Actor, AuditAction, AuditEvent, Email, SessionId, Timestamp, UserId};
use crate::secrets::{PasswordError, SessionToken};
use crate::store::{NewSession, StoreError, UserDetails};

/// A session ends after twelve hours, however much it is used.
const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;

/// What somebody presents to sign in.
#[derive(Debug)]
pub struct SignIn {
    /// The address, as typed.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
}

/// A sign-in that worked.
#[derive(Debug)]
pub struct SignedIn {
    /// The value for the cookie.
    pub cookie: SessionToken,
    /// Until when it lasts at the latest.
    pub expires_at: Timestamp,
}

impl Access {
    /// Signs a person in. Whatever was wrong, the work and the answer are the same.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if address and password do not fit.
    pub async fn sign_in(&self, request: SignIn) -> Result<SignedIn, SignInError> {
        let user = match request.email.parse::<Email>() {
            Ok(email) => self.store.user_by_email(email.as_str()).await?,
            Err(_) => None,
        };
        let user = user.filter(|user| user.disabled_at.is_none());
        let is_right = self.is_password(user.as_ref(), &request.password).await?;
        let now = self.clock.now();
        let Some(user) = user.filter(|_| is_right) else {
            let event = AuditEvent::new(now, Actor::Nobody, AuditAction::SignInFailed)
                .from(request.address);
            self.store.record_event(&event).await?;
            return Err(SignInError::Refused);
        };
        self.raise_parameters(&user, &request.password).await?;
        self.start_session(&user, request, now).await
    }

    /// The person proves again who they are; the session gets a new cookie.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if the password is wrong or the session has ended.
    pub async fn step_up(
        &self,
        person: &Person,
        password: &SecretString,
    ) -> Result<SignedIn, SignInError> {
        let Credential::Session { id, expires_at, .. } = person.credential else {
            return Err(SignInError::Refused);
        };
        let user = self.store.user(person.id).await?;
        let is_right = self.is_password(user.as_ref(), password).await?;
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
            Ok(()) => Ok(SignedIn { cookie, expires_at }),
            Err(StoreError::Changed) => Err(SignInError::Refused),
            Err(error) => Err(error.into()),
        }
    }

    async fn is_password(
        &self,
        user: Option<&UserDetails>,
        password: &SecretString,
    ) -> Result<bool, SignInError> {
        let hash = user.and_then(|user| user.password_hash.as_deref());
        match self.hasher.verify(password, hash).await {
            Ok(is_right) => Ok(is_right),
            Err(PasswordError::Busy) => Err(SignInError::Busy),
            Err(error) => Err(SignInError::Password(error)),
        }
    }

    async fn raise_parameters(
        &self,
        user: &UserDetails,
        password: &SecretString,
    ) -> Result<(), SignInError> {
        let is_old = user
            .password_hash
            .as_deref()
            .is_some_and(|hash| self.hasher.needs_rehash(hash));
        if is_old {
            let hash = self
                .hasher
                .rehash(password)
                .await
                .map_err(SignInError::Password)?;
            self.store.set_password_hash(user.id, &hash, None).await?;
        }
        Ok(())
    }

    async fn start_session(
        &self,
        user: &UserDetails,
        request: SignIn,
        now: Timestamp,
    ) -> Result<SignedIn, SignInError> {
        let cookie = SessionToken::generate();
        let session = NewSession {
            id: SessionId(self.clock.new_id()),
            secret_hash: cookie.hash(),
            user_id: user.id,
            created_at: now,
            expires_at: now.plus_seconds(ABSOLUTE_SECONDS),
            address: request.address.clone(),
            browser: request
                .browser
                .map(|browser| browser.chars().take(200).collect()),
        };
        let event = AuditEvent::new(now, signed_in(user.id, session.id), AuditAction::SignedIn)
            .on("user", user.id)
            .with(json!({ "role": user.role }))
            .from(request.address);
        self.store.create_session(&session, &event).await?;
        Ok(SignedIn {
            cookie,
            expires_at: session.expires_at,
        })
    }
}

const fn signed_in(id: UserId, session: SessionId) -> Actor {
    Actor::Person {
        id,
        session: Some(session),
        token: None,
    }
}
