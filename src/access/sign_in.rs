//! Signing in with address and password, and proving again who one is.

use secrecy::SecretString;
use serde_json::json;

use super::error::{AccessError, SignInError};
use super::service::Access;
use crate::domain::{
    Actor, AuditAction, AuditEvent, Email, SessionId, SignInStage, Timestamp, UserId,
};
use crate::secrets::{PasswordError, SessionToken};
use crate::store::{NewSession, Session, UserDetails};

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
    /// The mark that says whose browser it is, where it has one from a sign-in before.
    pub mark: Option<String>,
}

/// A sign-in that worked.
#[derive(Debug)]
pub struct SignedIn {
    /// The value for the cookie of the session.
    pub cookie: SessionToken,
    /// Until when it lasts at the latest.
    pub expires_at: Timestamp,
    /// How far it has come.
    pub stage: SignInStage,
    /// The mark to leave in the browser, if it is to get one: strangers who guess passwords do not
    /// lock it out.
    pub mark: Option<String>,
}

/// A sign-in that has not come to its end. It opens nothing but the step that is missing.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub(super) session: Session,
    pub(super) stage: SignInStage,
    pub(super) address: Option<String>,
}

impl Unfinished {
    /// The step that is missing; never `Complete`.
    pub const fn stage(&self) -> SignInStage {
        self.stage
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.session.user.name
    }

    /// The address they gave.
    pub fn email(&self) -> &str {
        &self.session.user.email
    }
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

    /// The sign-in behind a cookie whose session is not complete.
    ///
    /// # Errors
    /// [`AccessError::Unauthenticated`] if there is none, or it needs nothing more.
    pub async fn unfinished(
        &self,
        cookie: &str,
        address: Option<String>,
    ) -> Result<Unfinished, AccessError> {
        let _ = (cookie, address);
        unimplemented!()
    }

    pub(super) async fn is_password(
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
            stage: SignInStage::Complete,
            mark: None,
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
