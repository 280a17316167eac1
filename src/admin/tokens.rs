//! Tokens of agents and people: made, shown once, revoked.

use secrecy::SecretString;
use serde_json::json;

use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{
    AddressRanges, AgentId, AuditAction, AuditEvent, Email, Name, Scope, ScopeSet, Timestamp,
    TokenId, TokenKind, UserId,
};
use crate::secrets::{PlainToken, PresentedToken, PublicTokenId};
use crate::store::{NewToken, StoreError, TokenDetails, TokenOwner};

/// How long a token lasts if nothing else is said.
pub const DEFAULT_TOKEN_DAYS: u32 = 90;
/// How long a token can last.
pub const LONGEST_TOKEN_DAYS: u32 = 365;

/// How long two tokens of a rotation can both work.
pub const LONGEST_OVERLAP_HOURS: u32 = 7 * 24;

const HOUR_SECONDS: i64 = 3600;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

/// A token that was just made. Its text is nowhere else.
#[derive(Debug)]
pub struct CreatedToken {
    /// What revokes it.
    pub id: TokenId,
    /// The part of it that is no secret.
    pub public_id: String,
    /// The token itself.
    pub token: SecretString,
    /// Whose: the agent's name or the person's address.
    pub owner: String,
    /// What it may do; nothing for agents, whose profile says it.
    pub scopes: ScopeSet,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// What for; none: named after its owner.
    pub name: Option<Name>,
    /// How many days it lasts.
    pub days: u32,
    /// From where it may be used.
    pub addresses: AddressRanges,
}

impl Default for TokenRequest {
    fn default() -> Self {
        Self {
            name: None,
            days: DEFAULT_TOKEN_DAYS,
            addresses: AddressRanges::default(),
        }
    }
}

/// How a token is named to be revoked: by its id, its public part, or the leaked token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenReference {
    /// By its id.
    Id(TokenId),
    /// By the part that is no secret.
    PublicId(String),
}

impl TokenReference {
    /// Reads what a person gives; `None` if it can name no token.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Some(Self::Id(id));
        }
        let public_id = match PresentedToken::parse(text) {
            Ok(token) => token.public_id,
            Err(_) => text.parse::<PublicTokenId>().ok()?,
        };
        Some(Self::PublicId(public_id.as_str().to_owned()))
    }
}

/// A token to be made, and whose.
struct Wanted<'a> {
    kind: TokenKind,
    owner: TokenOwner,
    owner_name: &'a str,
    name: &'a str,
    scopes: ScopeSet,
    addresses: AddressRanges,
    seconds: i64,
}

impl Admin {
    /// Makes a token with which a person's own programs act for them, within these scopes. That
    /// `decide-critical` is given at all is what the administrator's fresh proof is for.
    ///
    /// # Errors
    /// [`AdminError`], `ScopeBeyondRole` among them.
    pub async fn create_user_token(
        &self,
        by: &ProvenAdministrator,
        email: &Email,
        scopes: Option<ScopeSet>,
        request: TokenRequest,
    ) -> Result<CreatedToken, AdminError> {
        let user = self.enabled_user(email).await?;
        let usual = ScopeSet::EMPTY.with(Scope::Read).with(Scope::Decide);
        let scopes = scopes.unwrap_or_else(|| usual.limited_to(user.role));
        if let Some(scope) = scopes.iter().find(|scope| !scope.is_open_to(user.role)) {
            let role = user.role;
            return Err(AdminError::ScopeBeyondRole { scope, role });
        }
        if scopes.is_empty() {
            return Err(AdminError::NoScope);
        }
        let name = request.name.as_ref().map(Name::as_str);
        let wanted = Wanted {
            kind: TokenKind::User,
            owner: TokenOwner::User(user.id),
            owner_name: &user.email,
            name: name.unwrap_or(&user.email),
            scopes,
            addresses: request.addresses,
            seconds: seconds_of(request.days)?,
        };
        self.create_token(by, &wanted).await
    }

    /// Makes a token for an agent.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `BadExpiry` among them.
    pub async fn create_agent_token(
        &self,
        by: &ProvenAdministrator,
        agent: &Ref<AgentId>,
        request: TokenRequest,
    ) -> Result<CreatedToken, AdminError> {
        let agent = self.agent_of(agent).await?;
        let name = request.name.as_ref().map(Name::as_str);
        let wanted = Wanted {
            kind: TokenKind::Agent,
            owner: TokenOwner::Agent(agent.agent.id),
            owner_name: &agent.agent.name,
            name: name.unwrap_or(&agent.agent.name),
            scopes: ScopeSet::EMPTY,
            addresses: request.addresses,
            seconds: seconds_of(request.days)?,
        };
        self.create_token(by, &wanted).await
    }

    /// Makes a token that takes the place of another one: for the same, as long as that one was
    /// made for. The old one still works for so many hours, and no longer than it would have.
    ///
    /// # Errors
    /// [`AdminError`], `Missing`, `TokenEnded` and `BadOverlap` among them.
    pub async fn rotate_token(
        &self,
        by: &ProvenAdministrator,
        id: TokenId,
        overlap_hours: u32,
    ) -> Result<CreatedToken, AdminError> {
        if overlap_hours > LONGEST_OVERLAP_HOURS {
            return Err(AdminError::BadOverlap);
        }
        let store = &self.0.store;
        let missing = || AdminError::Missing {
            kind: Kind::Token,
            name: id.to_string(),
            known: Vec::new(),
        };
        let old = store.token(id).await?.ok_or_else(missing)?;
        let ended = || AdminError::TokenEnded(old.public_id.clone());
        if !old.works_at(self.0.clock.now()) {
            return Err(ended());
        }
        let (kind, owner_name) = self.owner_of(&old).await?;
        let lifetime = old.expires_at.millis_since(old.created_at) / 1000;
        let wanted = Wanted {
            kind,
            owner: old.owner,
            owner_name: &owner_name,
            name: &old.name,
            scopes: old.scopes,
            addresses: old.addresses.clone(),
            seconds: lifetime.clamp(1, i64::from(LONGEST_TOKEN_DAYS) * DAY_SECONDS),
        };
        let made = self.make(by, AuditAction::TokenRotated, &wanted);
        let overlap = i64::from(overlap_hours) * HOUR_SECONDS;
        let old_until = made.event.at.plus_seconds(overlap);
        let event = with_detail(made.event, "replaces", json!(old.id));
        let event = with_detail(event, "overlap_hours", json!(overlap_hours));
        match store
            .replace_token(&made.token, old.id, old_until, &event)
            .await
        {
            Ok(()) => Ok(made.created),
            Err(StoreError::Changed) => Err(ended()),
            Err(error) => Err(error.into()),
        }
    }

    /// The tokens of an agent, the newest first, those that ended included.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn agent_tokens(
        &self,
        _by: &Administrator,
        agent: &Ref<AgentId>,
    ) -> Result<Vec<TokenDetails>, AdminError> {
        let agent = self.agent_of(agent).await?.agent;
        Ok(self.0.store.tokens_of(TokenOwner::Agent(agent.id)).await?)
    }

    /// The tokens of a person, the newest first, those that ended included.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn user_tokens(
        &self,
        _by: &Administrator,
        user: UserId,
    ) -> Result<Vec<TokenDetails>, AdminError> {
        Ok(self.0.store.tokens_of(TokenOwner::User(user)).await?)
    }

    /// The token that a person names.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn token_of(
        &self,
        _by: &Administrator,
        reference: &TokenReference,
    ) -> Result<TokenDetails, AdminError> {
        let store = &self.0.store;
        let (token, name) = match reference {
            TokenReference::Id(id) => (store.token(*id).await?, id.to_string()),
            TokenReference::PublicId(id) => (store.token_by_public_id(id).await?, id.clone()),
        };
        token.ok_or(AdminError::Missing {
            kind: Kind::Token,
            name,
            known: Vec::new(),
        })
    }

    /// Revokes a token: the next request with it is refused. Revoked already is no error.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn revoke_token(
        &self,
        by: &ProvenAdministrator,
        reference: &TokenReference,
    ) -> Result<TokenDetails, AdminError> {
        let token = self.token_of(by, reference).await?;
        let event = self
            .event(by, AuditAction::TokenRevoked, owner_details(token.owner))
            .on("token", token.id);
        let is_new = self.0.store.revoke_token(token.id, &event).await?;
        Ok(TokenDetails {
            revoked_at: if is_new {
                Some(event.at)
            } else {
                token.revoked_at
            },
            ..token
        })
    }

    async fn create_token(
        &self,
        by: &ProvenAdministrator,
        wanted: &Wanted<'_>,
    ) -> Result<CreatedToken, AdminError> {
        let made = self.make(by, AuditAction::TokenCreated, wanted);
        self.0.store.create_token(&made.token, &made.event).await?;
        Ok(made.created)
    }

    fn make(&self, by: &ProvenAdministrator, action: AuditAction, wanted: &Wanted<'_>) -> Made {
        let plain = PlainToken::generate(wanted.kind);
        let id = TokenId(self.0.clock.new_id());
        let mut event = self
            .event(by, action, owner_details(wanted.owner))
            .on("token", id);
        let expires_at = event.at.plus_seconds(wanted.seconds);
        for (key, value) in [
            ("name", json!(wanted.name)),
            ("scopes", json!(wanted.scopes)),
            ("addresses", json!(wanted.addresses)),
            ("expires_at", json!(expires_at)),
        ] {
            event = with_detail(event, key, value);
        }
        let token = NewToken {
            id,
            public_id: plain.public_id().as_str().to_owned(),
            hash: *plain.hash().as_bytes(),
            owner: wanted.owner,
            name: wanted.name.to_owned(),
            scopes: wanted.scopes,
            addresses: wanted.addresses.clone(),
            created_at: event.at,
            expires_at,
        };
        let created = CreatedToken {
            id,
            public_id: token.public_id.clone(),
            token: plain.reveal(),
            owner: wanted.owner_name.to_owned(),
            scopes: token.scopes,
            expires_at,
        };
        Made {
            token,
            event,
            created,
        }
    }

    /// What kind of token it is, and what its owner is called.
    async fn owner_of(&self, token: &TokenDetails) -> Result<(TokenKind, String), AdminError> {
        match token.owner {
            TokenOwner::Agent(id) => {
                let agent = self.agent_of(&Ref::Id(id)).await?;
                Ok((TokenKind::Agent, agent.agent.name))
            }
            TokenOwner::User(id) => match self.0.store.user(id).await? {
                Some(user) if user.disabled_at.is_none() => Ok((TokenKind::User, user.email)),
                Some(user) => Err(AdminError::Disabled(user.email)),
                None => Err(AdminError::Missing {
                    kind: Kind::Person,
                    name: id.to_string(),
                    known: Vec::new(),
                }),
            },
        }
    }
}

/// A token that was made and is not kept yet.
struct Made {
    token: NewToken,
    event: AuditEvent,
    created: CreatedToken,
}

fn seconds_of(days: u32) -> Result<i64, AdminError> {
    if (1..=LONGEST_TOKEN_DAYS).contains(&days) {
        Ok(i64::from(days) * DAY_SECONDS)
    } else {
        Err(AdminError::BadExpiry)
    }
}

fn with_detail(mut event: AuditEvent, key: &str, value: serde_json::Value) -> AuditEvent {
    if let Some(details) = event.details.as_object_mut() {
        details.insert(key.to_owned(), value);
    }
    event
}

fn owner_details(owner: TokenOwner) -> serde_json::Value {
    match owner {
        TokenOwner::Agent(id) => json!({ "agent": id }),
        TokenOwner::User(id) => json!({ "user": id }),
    }
}
