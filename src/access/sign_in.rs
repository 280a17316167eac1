//! Signing in with address and password.

use secrecy::SecretString;
use serde_json::json;

use super::error::{AccessError, SignInError};
use super::guessing::Guesser;
use super::service::{Access, is_alive};
use crate::domain::{
    Actor, AuditAction, AuditEvent, Email, Role, SessionId, SignInStage, Timestamp, UserId,
};
use crate::secrets::{PasswordError, SessionToken, Standing};
use crate::store::{NewSession, Session, StoreError, UserDetails};

/// Whoever has given the password gives the code within ten minutes.
const CODE_SECONDS: i64 = 10 * 60;
/// Whoever has to set up a second factor may have to find their phone first.
const ENROLMENT_SECONDS: i64 = 30 * 60;
/// So much is kept of what a browser calls itself.
const BROWSER_CHARACTERS: usize = 200;

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

impl std::fmt::Debug for SignedIn {
    /// Without the mark, which is a credential of a kind.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("cookie", &self.cookie)
            .field("expires_at", &self.expires_at)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
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

    /// Who acts, for the audit.
    pub(super) const fn actor(&self) -> Actor {
        signed_in(self.session.user.id, self.session.id)
    }
}

/// A browser that a session is started for.
pub(super) struct Browser {
    pub address: Option<String>,
    pub name: Option<String>,
    pub is_known: bool,
}

impl Access {
    /// Signs a person in, as far as a password goes. Whatever was wrong, the work and the answer are
    /// the same.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if address and password do not fit.
    pub async fn sign_in(&self, request: SignIn) -> Result<SignedIn, SignInError> {
        let user = match request.email.parse::<Email>() {
            Ok(email) => self.store.user_by_email(email.as_str()).await?,
            Err(_) => None,
        };
        let is_known = user
            .as_ref()
            .is_some_and(|user| self.is_marked(user.id, request.mark.as_ref()));
        let tried = self
            .count_try(&Guesser {
                email: &request.email,
                user_id: user.as_ref().map(|user| user.id),
                is_known,
                address: request.address.as_ref(),
            })
            .await?;
        let user = user.filter(|user| user.disabled_at.is_none());
        let is_right = match self.is_password(user.as_ref(), &request.password).await {
            Ok(is_right) => is_right,
            Err(error) => {
                self.take_back(&tried).await?;
                return Err(error);
            }
        };
        let Some(mut user) = user.filter(|_| is_right) else {
            self.was_wrong(&tried, Actor::Nobody, request.address)
                .await?;
            return Err(SignInError::Refused);
        };
        self.raise_parameters(&mut user, &request.password).await?;
        let stage = self.stage_of(&user);
        match stage {
            SignInStage::Code => self.take_back(&tried).await?,
            SignInStage::Complete | SignInStage::Enrolment => self.was_right(&tried).await?,
        }
        let browser = Browser {
            address: request.address,
            name: request.browser,
            is_known,
        };
        self.start_session(&user, stage, browser).await
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
        let session = self.session(cookie).await?;
        match self.missing_stage(&session) {
            SignInStage::Complete => Err(AccessError::Unauthenticated),
            stage @ (SignInStage::Code | SignInStage::Enrolment) => Ok(Unfinished {
                session,
                stage,
                address,
            }),
        }
    }

    /// The session behind a cookie, whatever its stage.
    pub(super) async fn session(&self, cookie: &str) -> Result<Session, AccessError> {
        let secret = SessionToken::parse(cookie).ok_or(AccessError::Unauthenticated)?;
        let session = self.store.session(secret.hash()).await?;
        let settings = self.settings_now().await?;
        session
            .filter(|session| is_alive(session, self.clock.now(), settings))
            .filter(|session| session.user.disabled_at.is_none())
            .ok_or(AccessError::Unauthenticated)
    }

    /// What a session lacks. One that was complete lacks a second factor as soon as one is required
    /// of its person.
    pub(super) fn missing_stage(&self, session: &Session) -> SignInStage {
        match session.stage {
            SignInStage::Complete if self.lacks_factor(&session.user) => SignInStage::Enrolment,
            stage => stage,
        }
    }

    /// What is missing once the password was right.
    pub(super) fn stage_of(&self, user: &UserDetails) -> SignInStage {
        if user.factor_since.is_some() {
            SignInStage::Code
        } else if self.lacks_factor(user) {
            SignInStage::Enrolment
        } else {
            SignInStage::Complete
        }
    }

    /// How good a password of this role has to be.
    pub(super) const fn standing_of(&self, role: Role) -> Standing {
        Standing::of(role, self.settings.second_factor)
    }

    pub(super) async fn is_password(
        &self,
        user: Option<&UserDetails>,
        password: &SecretString,
    ) -> Result<bool, SignInError> {
        let hash = user.and_then(|user| user.password_hash.as_deref());
        Ok(self.hasher.verify(password, hash).await?)
    }

    /// A session of this browser, to be kept, and what the browser gets for it.
    pub(super) fn new_session(
        &self,
        user: UserId,
        stage: SignInStage,
        browser: Browser,
    ) -> (NewSession, SignedIn) {
        let now = self.clock.now();
        let cookie = SessionToken::generate();
        let lasts = match stage {
            SignInStage::Complete => self.settings.absolute_seconds,
            SignInStage::Code => CODE_SECONDS,
            SignInStage::Enrolment => ENROLMENT_SECONDS,
        };
        let session = NewSession {
            id: SessionId(self.clock.new_id()),
            secret_hash: cookie.hash(),
            user_id: user,
            created_at: now,
            expires_at: now.plus_seconds(lasts),
            address: browser.address,
            browser: browser
                .name
                .map(|name| name.chars().take(BROWSER_CHARACTERS).collect()),
            stage,
            is_known: browser.is_known,
            step_up_at: None,
        };
        let signed_in = SignedIn {
            cookie,
            expires_at: session.expires_at,
            stage,
            mark: (stage == SignInStage::Complete).then(|| self.mark_of(user)),
        };
        (session, signed_in)
    }

    fn lacks_factor(&self, user: &UserDetails) -> bool {
        user.factor_since.is_none() && self.settings.second_factor.is_required_of(user.role)
    }

    async fn raise_parameters(
        &self,
        user: &mut UserDetails,
        password: &SecretString,
    ) -> Result<(), SignInError> {
        let Some(verified) = user.password_hash.as_deref() else {
            return Ok(());
        };
        if !self.hasher.needs_rehash(verified) {
            return Ok(());
        }
        match self.hasher.rehash(password).await {
            Ok(hash) => {
                self.store
                    .raise_password_hash(user.id, verified, &hash)
                    .await?;
                user.password_hash = Some(hash);
                Ok(())
            }
            // The next sign-in does it.
            Err(PasswordError::Busy) => Ok(()),
            Err(error) => Err(SignInError::Password(error)),
        }
    }

    async fn start_session(
        &self,
        user: &UserDetails,
        stage: SignInStage,
        browser: Browser,
    ) -> Result<SignedIn, SignInError> {
        let address = browser.address.clone();
        let (session, opened) = self.new_session(user.id, stage, browser);
        let action = match stage {
            SignInStage::Complete => AuditAction::SignedIn,
            SignInStage::Code | SignInStage::Enrolment => AuditAction::PasswordAccepted,
        };
        let event = AuditEvent::new(session.created_at, signed_in(user.id, session.id), action)
            .on("user", user.id)
            .with(json!({ "role": user.role, "stage": stage }))
            .from(address);
        match self.store.create_session(&session, user, &event).await {
            Ok(()) => Ok(opened),
            // Switched off, or the password changed, while this one was checked.
            Err(StoreError::Changed) => Err(SignInError::Refused),
            Err(error) => Err(error.into()),
        }
    }
}

pub(super) const fn signed_in(id: UserId, session: SessionId) -> Actor {
    Actor::Person {
        id,
        session: Some(session),
        token: None,
    }
}
