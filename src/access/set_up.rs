//! The first administrator, by a code that only the operator of the machine can read.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::error::SetUpError;
use super::guessing::{Hindrance, count, setup_key};
use super::service::Access;
use super::sign_in::{Browser, SignedIn, signed_in};
use crate::domain::{
    Actor, AuditAction, AuditEvent, Email, OrganizationScope, PersonName, Role, SignInStage, UserId,
};
use crate::secrets::{NewPassword, OneTimeSecret, hash_of_code};
use crate::store::{NewUser, StoreError};

/// A code is valid for an hour.
const CODE_SECONDS: i64 = 60 * 60;

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
        self.store.has_administrator().await
    }

    /// A new code for the set-up, valid for an hour; earlier ones are void. `None` if it is closed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn issue_setup_code(&self) -> Result<Option<SecretString>, StoreError> {
        let now = self.clock.now();
        let code = OneTimeSecret::setup_code();
        let expires_at = now.plus_seconds(CODE_SECONDS);
        let event = AuditEvent::new(now, Actor::Operator, AuditAction::SetUpCodeIssued)
            .with(json!({ "expires_at": expires_at }));
        let is_open = self
            .store
            .set_setup_code(code.hash(), expires_at, &event)
            .await?;
        Ok(is_open.then(|| code.reveal()))
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
        let now = self.clock.now();
        let failure = AuditEvent::new(now, Actor::Nobody, AuditAction::SetUpCodeRefused)
            .from(address.clone());
        let key = setup_key(address.as_ref());
        let looked_at = self.store.try_setup_code(
            hash_of_code(code),
            &key,
            |key, before| count(key, before, now),
            &failure,
        );
        match looked_at.await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(SetUpError::WrongCode),
            Ok(Err(Hindrance::Wait(seconds))) => Err(SetUpError::Wait { seconds }),
            Ok(Err(Hindrance::Closed)) | Err(StoreError::Changed) => Err(SetUpError::Closed),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the first administrator and signs them in. The code is used up.
    ///
    /// # Errors
    /// [`SetUpError`]; of many at once, one is made and the others find it `Closed`.
    pub async fn found(&self, request: Found) -> Result<SignedIn, SetUpError> {
        let code = request.code.expose_secret();
        self.check_setup_code(code, request.address.clone()).await?;
        let user = self.founder(&request).await?;
        let stage = if self.settings.second_factor.is_required_of(user.role) {
            SignInStage::Enrolment
        } else {
            SignInStage::Complete
        };
        let browser = Browser {
            address: request.address.clone(),
            name: request.browser,
            is_known: false,
        };
        let (mut session, opened) = self.new_session(user.id, stage, browser);
        // Whoever has just chosen the password need not give it again, unless there is more to prove.
        session.step_up_at = (stage == SignInStage::Complete).then_some(session.created_at);
        let actor = signed_in(user.id, session.id);
        let event = AuditEvent::new(session.created_at, actor, AuditAction::SetUp)
            .on("user", user.id)
            .with(json!({ "email": user.email }))
            .from(request.address);
        let found = self
            .store
            .found(hash_of_code(code), &user, &session, &event);
        match found.await {
            Ok(()) => Ok(opened),
            Err(StoreError::Changed) if self.is_set_up().await? => Err(SetUpError::Closed),
            Err(StoreError::Changed) => Err(SetUpError::WrongCode),
            Err(StoreError::NameTaken) => Err(SetUpError::EmailTaken),
            Err(error) => Err(error.into()),
        }
    }
    /// The administrator to be, if their password is good enough.
    async fn founder(&self, request: &Found) -> Result<NewUser, SetUpError> {
        let role = Role::Administrator;
        let standing = self.standing_of(role);
        let password = request.password.expose_secret();
        let chosen = NewPassword::parse(password, &request.name, &request.email, standing)
            .map_err(SetUpError::Weak)?;
        Ok(NewUser {
            id: UserId(self.clock.new_id()),
            email: request.email.as_str().to_owned(),
            name: request.name.as_str().to_owned(),
            role,
            password_hash: Some(self.hasher.hash(&chosen).await?),
            organizations: OrganizationScope::All,
        })
    }
}
