//! Agents and their tokens.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin;
use crate::api::wire::{Links, Proposal, organizations};
use crate::domain::{
    AddressRanges, AgentId, GatewayWait, OrganizationId, ScopeSet, Timestamp, TokenId, UserId,
};
use crate::store::{AgentDetails, TokenDetails};

/// An agent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agent {
    id: AgentId,
    name: String,
    /// The name of its access profile.
    profile: String,
    /// The name of its connection.
    connection: String,
    /// The organizations it is limited to; null for all of them.
    organizations: Option<Vec<OrganizationId>>,
    gateway_wait_seconds: GatewayWait,
    /// The person who answers for it.
    owner_id: Option<UserId>,
    created_at: Timestamp,
    paused_at: Option<Timestamp>,
}

impl Agent {
    /// As it is stored.
    pub fn of(agent: &AgentDetails) -> Self {
        Self {
            id: agent.agent.id,
            name: agent.agent.name.clone(),
            profile: agent.profile.name.clone(),
            connection: agent.connection.name.clone(),
            organizations: organizations(&agent.organizations),
            gateway_wait_seconds: agent.gateway_wait,
            owner_id: agent.agent.owner,
            created_at: agent.created_at,
            paused_at: agent.paused_at,
        }
    }
}

/// An agent, and how it fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentOverview {
    #[serde(flatten)]
    agent: Agent,
    owner_name: Option<String>,
    last_used_at: Option<Timestamp>,
    /// How many of its proposals are open.
    waiting: u32,
    working_tokens: u32,
    /// When the next of its tokens expires.
    next_expires_at: Option<Timestamp>,
}

impl AgentOverview {
    /// As it fares now.
    pub fn of(overview: &admin::AgentOverview) -> Self {
        Self {
            agent: Agent::of(&overview.details),
            owner_name: overview.owner_name.clone(),
            last_used_at: overview.last_used_at,
            waiting: overview.waiting,
            working_tokens: overview.tokens,
            next_expires_at: overview.expires_at,
        }
    }
}

/// All there is to an agent: its tokens, and what it proposed last.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentPage {
    #[serde(flatten)]
    overview: AgentOverview,
    tokens: Vec<Token>,
    recent: Vec<Proposal>,
}

impl AgentPage {
    /// As it is returned by a server that people reach at this address.
    pub fn of(page: &admin::AgentPage, public_url: &str) -> Self {
        let recent = page.recent.iter();
        Self {
            overview: AgentOverview::of(&page.overview),
            tokens: page.tokens.iter().map(Token::of).collect(),
            recent: recent
                .map(|one| Proposal::of(one, Links::for_people(one, public_url)))
                .collect(),
        }
    }
}

/// A token; what opens something with it is kept nowhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    id: TokenId,
    public_id: String,
    name: String,
    scopes: ScopeSet,
    created_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    addresses: AddressRanges,
    last_used_at: Option<Timestamp>,
    last_address: Option<String>,
    /// When it was last presented from an address that it may not be used from.
    refused_at: Option<Timestamp>,
}

impl Token {
    /// As it is stored.
    pub fn of(token: &TokenDetails) -> Self {
        Self {
            id: token.id,
            public_id: token.public_id.clone(),
            name: token.name.clone(),
            scopes: token.scopes,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            addresses: token.addresses.clone(),
            last_used_at: token.last_used_at,
            last_address: token.last_address.clone(),
            refused_at: token.refused_at,
        }
    }
}

/// A token that was just made: the only answer that holds it.
#[derive(Serialize, ToSchema)]
pub struct CreatedToken {
    id: TokenId,
    public_id: String,
    /// The agent's name or the person's address.
    owner: String,
    scopes: ScopeSet,
    /// What opens something. It is not shown again.
    token: String,
    expires_at: Timestamp,
}

impl CreatedToken {
    /// As it was made.
    pub fn of(created: &admin::CreatedToken) -> Self {
        Self {
            id: created.id,
            public_id: created.public_id.clone(),
            owner: created.owner.clone(),
            scopes: created.scopes,
            token: created.token.expose_secret().to_owned(),
            expires_at: created.expires_at,
        }
    }
}
