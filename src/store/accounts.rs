//! Connections, profiles, agents and tokens, as the store takes and gives them.

use serde_json::Value;

use crate::domain::{
    AddressRanges, AgentId, AgentRef, ConnectionId, ConnectionRef, GatewayWait, GroupRules, Method,
    OrganizationId, OrganizationScope, Preset, ProfileId, ScopeSet, SettingKey, Tier, Timestamp,
    TokenId, UserId, Warning, named_enum,
};

/// A connection to be added. The key is already encrypted.
#[derive(Clone, Debug)]
pub struct NewConnection {
    /// The id.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// `us`, `eu` or `au`.
    pub region: String,
    /// Instead of the region's own address.
    pub base_url: Option<String>,
    /// The encrypted key.
    pub sealed_key: Vec<u8>,
    /// For people to tell keys apart.
    pub key_last_four: String,
}

named_enum! {
    /// Why nothing is sent over a connection for now.
    pub enum PauseKind {
        /// A person said so.
        Operator = "operator",
        /// IT Glue refuses the key.
        KeyRefused = "key_refused",
        /// IT Glue asked to wait.
        RateLimited = "rate_limited",
        /// Five sends in a row ended unclear.
        Breaker = "breaker",
    }
}

/// That nothing is sent over a connection for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionPause {
    /// Why.
    pub kind: PauseKind,
    /// In words.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
}

/// A connection.
#[derive(Clone, Debug)]
pub struct ConnectionDetails {
    /// The id.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
    /// `us`, `eu` or `au`.
    pub region: String,
    /// Instead of the region's own address.
    pub base_url: Option<String>,
    /// The encrypted key.
    pub sealed_key: Vec<u8>,
    /// For people to tell keys apart.
    pub key_last_four: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// Whether it is paused.
    pub pause: Option<ConnectionPause>,
    /// What it has shown of itself lately.
    pub notes: ConnectionNotes,
}

/// What a connection has shown of itself lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectionNotes {
    /// When it was last tried out.
    pub tested_at: Option<Timestamp>,
    /// Whether the key may read the values of passwords, as that found.
    pub password_access: Option<bool>,
    /// When IT Glue last answered as it should, to the minute.
    pub last_success_at: Option<Timestamp>,
}

/// What still needs a connection or an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Proposals that have not come to their end.
    pub waiting: u32,
    /// Agents.
    pub agents: u32,
}

/// What became of removing something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Done,
    /// It is still needed; nothing was changed.
    InUse(Uses),
}

/// How the tokens of an agent are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenUse {
    /// When one of them was last used.
    pub last_used_at: Option<Timestamp>,
    /// How many work.
    pub working: u32,
    /// When the next of those expires.
    pub next_expiry: Option<Timestamp>,
}

/// What is to be different in an agent; what is not named stays.
#[derive(Clone, Debug, Default)]
pub struct AgentEdit {
    /// Its name.
    pub name: Option<String>,
    /// What it may do.
    pub profile: Option<ProfileId>,
    /// Where it may do it.
    pub connection: Option<ConnectionId>,
    /// The organizations it may see.
    pub organizations: Option<OrganizationScope>,
    /// How long the gateway lets a held write of it wait.
    pub gateway_wait: Option<GatewayWait>,
    /// Who answers for it.
    pub owner: Option<UserId>,
}

/// A setting that an administrator has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// Which.
    pub key: SettingKey,
    /// To what.
    pub value: String,
    /// When.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: String,
}

/// A profile to be added.
#[derive(Clone, Debug)]
pub struct NewProfile {
    /// The id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Where it starts from.
    pub preset: Preset,
    /// What it says, group by group.
    pub rules: GroupRules,
}

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileDetails {
    /// The id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Where it started from.
    pub preset: Preset,
    /// What it says, group by group.
    pub rules: GroupRules,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What can be changed about a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileContent {
    /// Its name.
    pub name: String,
    /// Where it starts from.
    pub preset: Preset,
    /// What it says, group by group.
    pub rules: GroupRules,
}

/// Who changed a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProfileEditor {
    /// A person, by name.
    Person(String),
    /// The operator of the machine, on the command line.
    Operator,
}

/// A proposal of the past, as far as judging it again takes.
#[derive(Clone, Debug, PartialEq)]
pub struct PastProposal {
    /// Its number.
    pub number: i64,
    /// Who proposed it.
    pub agent_id: AgentId,
    /// The method.
    pub method: Method,
    /// IT Glue's path.
    pub path: String,
    /// The body, where the groups it needs depend on it.
    pub body: Option<Value>,
    /// The rule of its verdict.
    pub rule: String,
    /// How much care its decision needed.
    pub tier: Tier,
    /// What a technician was told.
    pub warnings: Vec<Warning>,
    /// The client, if all of its records belong to one.
    pub organization_id: Option<OrganizationId>,
    /// That client's name.
    pub organization_name: Option<String>,
    /// Whether a person rejected it or sent it back.
    pub was_refused: bool,
}

/// An agent to be added.
#[derive(Clone, Debug)]
pub struct NewAgent {
    /// The id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub profile_id: ProfileId,
    /// Where it may do it.
    pub connection_id: ConnectionId,
    /// Who answers for it.
    pub owner_id: Option<UserId>,
    /// The organizations it may see.
    pub organizations: OrganizationScope,
    /// How long the gateway lets a held write of it wait for its decision.
    pub gateway_wait: GatewayWait,
}

/// An agent.
#[derive(Clone, Debug)]
pub struct AgentDetails {
    /// Who it is.
    pub agent: AgentRef,
    /// What it may do.
    pub profile: ProfileDetails,
    /// Where it may do it.
    pub connection: ConnectionRef,
    /// The organizations it may see.
    pub organizations: OrganizationScope,
    /// How long the gateway lets a held write of it wait for its decision, before it answers.
    pub gateway_wait: GatewayWait,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was paused.
    pub paused_at: Option<Timestamp>,
    /// Why.
    pub pause_reason: Option<String>,
    /// When its profile was paused.
    pub profile_paused_at: Option<Timestamp>,
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenOwner {
    /// An agent's.
    Agent(AgentId),
    /// A person's.
    User(UserId),
}

/// A token to be kept. The token itself is never stored.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The id.
    pub id: TokenId,
    /// The part by which it is found.
    pub public_id: String,
    /// SHA-256 of the whole token.
    pub hash: [u8; 32],
    /// Whose.
    pub owner: TokenOwner,
    /// What for.
    pub name: String,
    /// What a person's token may do; empty for agents.
    pub scopes: ScopeSet,
    /// From where it may be used.
    pub addresses: AddressRanges,
    /// From when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A token.
#[derive(Clone, Debug)]
pub struct TokenDetails {
    /// The id.
    pub id: TokenId,
    /// The part by which it is found.
    pub public_id: String,
    /// SHA-256 of the whole token.
    pub hash: [u8; 32],
    /// Whose.
    pub owner: TokenOwner,
    /// What for.
    pub name: String,
    /// What a person's token may do.
    pub scopes: ScopeSet,
    /// From when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// From where it may be used.
    pub addresses: AddressRanges,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// From where.
    pub last_address: Option<String>,
    /// When it was last presented from an address that it may not be used from.
    pub refused_at: Option<Timestamp>,
}

impl TokenDetails {
    /// Whether it opens anything at this time.
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// What an agent's token opens: the agent with its profile, and how to reach its IT Glue.
#[derive(Clone, Debug)]
pub struct AgentAccount {
    /// The agent.
    pub details: AgentDetails,
    /// Its connection, key encrypted.
    pub connection: ConnectionDetails,
}
