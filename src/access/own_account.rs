//! What a person sees and changes of their own account.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::error::{AccessError, ChangePasswordError, SignInError};
use super::factor::is_done;
use super::person::{Credential, Person};
use super::service::Access;
use super::sign_in::SignedIn;
use crate::domain::{
    AuditAction, Email, OrganizationScope, PersonName, Role, SessionId, Timestamp,
};
use crate::secrets::{NewPassword, WeakPassword};
use crate::store::{Lasting, StoreError};

/// A person's own account.
#[derive(Clone, Debug)]
pub struct Account {
    /// What they sign in with.
    pub email: String,
    /// What colleagues call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The clients whose proposals they see and decide.
    pub organizations: OrganizationScope,
    /// Since when they have a second factor.
    pub factor_since: Option<Timestamp>,
    /// Whether their role needs one.
    pub is_factor_required: bool,
    /// How many recovery codes are not used up.
    pub recovery_codes_left: u32,
    /// How many characters a new password needs at least.
    pub shortest_password: u8,
    /// Where they are signed in, the last used first.
    pub sessions: Vec<SessionView>,
}

/// One sign-in of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Which.
    pub id: SessionId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// From where.
    pub address: Option<String>,
    /// With which browser.
    pub browser: Option<String>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Access {
    /// The person's own account.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn account(&self, person: &Person) -> Result<Account, AccessError> {
        let user = self.store.user(person.id).await?;
        let user = user.ok_or(AccessError::Unauthenticated)?;
        let this = session_of(person);
        let sessions = self
            .store
            .sessions_of(person.id, self.lasting().await?)
            .await?;
        Ok(Account {
            recovery_codes_left: self.store.recovery_codes_left(person.id).await?,
            is_factor_required: self.settings.second_factor.is_required_of(user.role),
            shortest_password: self.standing_of(user.role).shortest(),
            email: user.email,
            name: user.name,
            role: user.role,
            organizations: user.organizations,
            factor_since: user.factor_since,
            sessions: sessions
                .into_iter()
                .map(|session| SessionView {
                    id: session.id,
                    created_at: session.created_at,
                    last_seen_at: session.last_seen_at,
                    address: session.address,
                    browser: session.browser,
                    is_this: Some(session.id) == this,
                })
                .collect(),
        })
    }

    /// Ends one of the person's own sessions. One that is not theirs, or has ended, is no error.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_session_of(
        &self,
        person: &Person,
        session: SessionId,
    ) -> Result<(), AccessError> {
        let event = self
            .event(person, AuditAction::SessionsEnded)
            .with(json!({ "session": session }));
        self.store.end_session(person.id, session, &event).await?;
        Ok(())
    }

    /// Ends every session of the person but the one that asks.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn end_other_sessions(&self, person: &Person) -> Result<(), AccessError> {
        let event = self.event(person, AuditAction::SessionsEnded);
        self.store
            .end_sessions(person.id, session_of(person), &event)
            .await?;
        Ok(())
    }

    /// Sets another password. Every other session ends; this one gets a new cookie.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; nothing has changed then.
    pub async fn change_password(
        &self,
        person: &Person,
        current: SecretString,
        new: SecretString,
    ) -> Result<SignedIn, ChangePasswordError> {
        let Credential::Session { id, expires_at, .. } = person.credential else {
            return Err(SignInError::Refused.into());
        };
        let chosen = self.chosen_password(&new, &person.name, &person.email, person.role)?;
        let chosen = chosen.map_err(ChangePasswordError::Weak)?;
        let (tried, user) = self.verified(person, &current).await?;
        let hash = match self.hasher.hash(&chosen).await {
            Ok(hash) => hash,
            Err(error) => {
                self.take_back(&tried).await?;
                return Err(SignInError::from(error).into());
            }
        };
        let verified = user.password_hash.unwrap_or_default();
        let (session, signed_in) = self.renewal(person.id, id, expires_at);
        let event = self.event(person, AuditAction::PasswordChanged);
        let changed = self
            .store
            .change_password(person.id, &verified, &hash, session, &event);
        if !is_done(changed.await)? {
            return Err(SignInError::Refused.into());
        }
        self.was_right(&tried).await?;
        Ok(signed_in)
    }

    /// Sets another name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn change_name(&self, person: &Person, name: PersonName) -> Result<(), AccessError> {
        let event = self
            .event(person, AuditAction::UserChanged)
            .with(json!({ "name": name }));
        self.store
            .rename_user(person.id, name.as_str(), &event)
            .await?;
        Ok(())
    }

    /// A password that a person chose, if it is good enough where it stands.
    pub(super) fn chosen_password(
        &self,
        text: &SecretString,
        name: &str,
        email: &str,
        role: Role,
    ) -> Result<Result<NewPassword, Vec<WeakPassword>>, StoreError> {
        let stored = |detail: String| StoreError::Inconsistent {
            table: "users",
            row: email.to_owned(),
            detail,
        };
        let name: PersonName = name
            .parse()
            .map_err(|error| stored(format!("the name {error}")))?;
        let email: Email = email
            .parse()
            .map_err(|error| stored(format!("the address {error}")))?;
        let standing = self.standing_of(role);
        Ok(NewPassword::parse(
            text.expose_secret(),
            &name,
            &email,
            standing,
        ))
    }

    /// Which sessions are still of use now.
    async fn lasting(&self) -> Result<Lasting, StoreError> {
        let at = self.clock.now();
        let idle = self.settings_now().await?.idle_seconds;
        Ok(Lasting {
            at,
            seen_since: at.plus_seconds(-idle),
        })
    }
}

const fn session_of(person: &Person) -> Option<SessionId> {
    match person.credential {
        Credential::Session { id, .. } => Some(id),
        Credential::Token { .. } => None,
    }
}
