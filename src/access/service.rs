//! From what was presented to who it is.

use std::sync::Arc;

use serde_json::json;

use super::agent::Agent;
use super::error::AccessError;
use super::person::{Credential, Person};
use crate::domain::{
    Actor, AuditAction, AuditEvent, Clock, FixedSettings, SecondFactor, SignInStage, Timestamp,
    TokenKind,
};
use crate::secrets::{PasswordHasher, PresentedToken, TokenHash, Vault};
use crate::store::{Session, Store, StoreError, TokenDetails, TokenOwner, UserDetails};

/// When a token or session was last used is written down no more often than this.
const TOUCH_MILLIS: i64 = 60 * 1000;

/// What [`Access`] is made of.
#[derive(Clone)]
pub struct AccessParts {
    /// The tables.
    pub store: Store,
    /// Seals the seeds of second factors, signs marks.
    pub vault: Vault,
    /// Hashes passwords.
    pub hasher: PasswordHasher,
    /// Time and ids.
    pub clock: Arc<dyn Clock>,
    /// What the operator set.
    pub settings: AccessSettings,
}

/// What an operator sets about sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// Who has to have a second factor.
    pub second_factor: SecondFactor,
    /// A session that nobody uses ends after this time.
    pub idle_seconds: i64,
    /// A session ends after this time, however much it is used.
    pub absolute_seconds: i64,
}

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            second_factor: SecondFactor::Deciders,
            idle_seconds: 60 * 60,
            absolute_seconds: 12 * 60 * 60,
        }
    }
}

/// Finds out who is asking.
#[derive(Clone)]
pub struct Access {
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) hasher: PasswordHasher,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: AccessSettings,
}

impl Access {
    /// Over these parts.
    pub fn new(parts: AccessParts) -> Self {
        let AccessParts {
            store,
            vault,
            hasher,
            clock,
            settings,
        } = parts;
        Self {
            store,
            vault,
            hasher,
            clock,
            settings,
        }
    }

    /// The agent behind a token.
    ///
    /// # Errors
    /// [`AccessError`]: the token opens nothing here.
    pub async fn agent(
        &self,
        presented: &str,
        address: Option<String>,
    ) -> Result<Agent, AccessError> {
        let token = self
            .token(presented, TokenKind::Agent, address.as_deref())
            .await?;
        let TokenOwner::Agent(id) = token.owner else {
            return Err(AccessError::WrongKind);
        };
        let account = self
            .store
            .agent(id)
            .await?
            .ok_or(AccessError::Unauthenticated)?;
        let details = &account.details;
        if details.paused_at.or(details.profile_paused_at).is_some() {
            return Err(AccessError::AgentPaused);
        }
        Ok(Agent {
            account,
            token_id: token.id,
            address,
        })
    }

    /// Whether an agent that was let in before still would be, with the same token. Says until when
    /// if nothing else happens.
    ///
    /// # Errors
    /// [`AccessError`]: the token opens nothing any more.
    pub async fn still_admits(&self, agent: &Agent) -> Result<Timestamp, AccessError> {
        let token = self.store.token(agent.token_id()).await?;
        let token = token.ok_or(AccessError::Unauthenticated)?;
        if !token.works_at(self.clock.now()) {
            return Err(AccessError::Unauthenticated);
        }
        let account = self.store.agent(agent.id()).await?;
        let details = account.ok_or(AccessError::Unauthenticated)?.details;
        if details.paused_at.or(details.profile_paused_at).is_some() {
            return Err(AccessError::AgentPaused);
        }
        Ok(token.expires_at)
    }

    /// The person behind a token.
    ///
    /// # Errors
    /// [`AccessError`]: the token opens nothing here.
    pub async fn person_by_token(
        &self,
        presented: &str,
        address: Option<String>,
    ) -> Result<Person, AccessError> {
        let token = self
            .token(presented, TokenKind::User, address.as_deref())
            .await?;
        let TokenOwner::User(id) = token.owner else {
            return Err(AccessError::WrongKind);
        };
        let user = self
            .store
            .user(id)
            .await?
            .ok_or(AccessError::Unauthenticated)?;
        let credential = Credential::Token {
            id: token.id,
            scopes: token.scopes,
        };
        enabled(user, credential, address)
    }

    /// The person behind a session cookie.
    ///
    /// # Errors
    /// [`AccessError`]: no such session, it has ended, or the sign-in is not complete.
    pub async fn person_by_session(
        &self,
        cookie: &str,
        address: Option<String>,
    ) -> Result<Person, AccessError> {
        let session = self.session(cookie).await?;
        match self.missing_stage(&session) {
            SignInStage::Complete => {}
            stage @ (SignInStage::Code | SignInStage::Enrolment) => {
                return Err(AccessError::Unfinished(stage));
            }
        }
        let now = self.clock.now();
        if now.millis_since(session.last_seen_at) > TOUCH_MILLIS {
            self.store.touch_session(session.id, now).await?;
        }
        let credential = Credential::Session {
            id: session.id,
            step_up_at: session.step_up_at,
            expires_at: session.expires_at,
        };
        enabled(session.user, credential, address)
    }

    /// Ends the session of this person's browser. Without one, there is nothing to end.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn sign_out(&self, person: &Person) -> Result<(), AccessError> {
        let Credential::Session { id, .. } = person.credential else {
            return Ok(());
        };
        let event = AuditEvent::new(self.clock.now(), person.actor(), AuditAction::SignedOut)
            .on("user", person.id)
            .from(person.address.clone());
        self.store.end_session(person.id, id, &event).await?;
        Ok(())
    }

    async fn token(
        &self,
        presented: &str,
        kind: TokenKind,
        address: Option<&str>,
    ) -> Result<TokenDetails, AccessError> {
        let presented =
            PresentedToken::parse(presented).map_err(|_| AccessError::Unauthenticated)?;
        let token = self
            .store
            .token_by_public_id(presented.public_id.as_str())
            .await?
            .ok_or(AccessError::Unauthenticated)?;
        let now = self.clock.now();
        let is_same = TokenHash::from_bytes(token.hash).is_same(&presented.hash);
        if !is_same || !token.works_at(now) {
            return Err(AccessError::Unauthenticated);
        }
        if presented.kind != kind {
            return Err(AccessError::WrongKind);
        }
        if !token.addresses.admit(address) {
            self.note_foreign_address(&token, now, address).await?;
            return Err(AccessError::Unauthenticated);
        }
        let is_seen_long_ago = token
            .last_used_at
            .is_none_or(|used| now.millis_since(used) > TOUCH_MILLIS);
        if is_seen_long_ago {
            self.store.touch_token(token.id, now, address).await?;
        }
        Ok(token)
    }

    /// What the operator set, with what administrators have shortened meanwhile.
    pub(super) async fn settings_now(&self) -> Result<AccessSettings, StoreError> {
        let live = self.store.live_settings(&FixedSettings::default()).await?;
        let idle = i64::from(live.session_idle_minutes) * 60;
        let absolute = i64::from(live.session_hours) * 3600;
        Ok(AccessSettings {
            idle_seconds: self.settings.idle_seconds.min(idle),
            absolute_seconds: self.settings.absolute_seconds.min(absolute),
            ..self.settings
        })
    }

    /// The token was the right one, in the wrong place: perhaps it was stolen.
    async fn note_foreign_address(
        &self,
        token: &TokenDetails,
        now: Timestamp,
        address: Option<&str>,
    ) -> Result<(), AccessError> {
        let details = json!({ "token": token.public_id, "why": "not from this address" });
        let event = AuditEvent::new(now, Actor::Nobody, AuditAction::TokenRefused)
            .on("token", token.id)
            .with(details)
            .from(address.map(str::to_owned));
        Ok(self.store.note_foreign_address(token.id, &event).await?)
    }
}

pub(super) fn is_alive(session: &Session, now: Timestamp, settings: AccessSettings) -> bool {
    session.ended_at.is_none()
        && now < session.expires_at
        && now < session.created_at.plus_seconds(settings.absolute_seconds)
        && now <= session.last_seen_at.plus_seconds(settings.idle_seconds)
}

fn enabled(
    user: UserDetails,
    credential: Credential,
    address: Option<String>,
) -> Result<Person, AccessError> {
    if user.disabled_at.is_some() {
        return Err(AccessError::Unauthenticated);
    }
    Ok(Person {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        organizations: user.organizations,
        has_factor: user.factor_since.is_some(),
        credential,
        address,
    })
}
