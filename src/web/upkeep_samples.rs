//! Connections, agents, tokens and settings as the stages would hand them over.

use super::context::{
    AgentChoices, AgentDetails, AgentOverview, AgentSheet, BudgetUse, ConnectionDetails,
    ConnectionHealth, ConnectionNotes, ConnectionOverview, Limits, TokenDetails, TokenOwner,
};
use super::samples::{NOW, id};
use crate::domain::{
    AddressRanges, AgentId, AgentRef, ConnectionId, ConnectionRef, GatewayWait, OrganizationScope,
    Pause, PauseScope, Preset, ProfileId, ScopeSet, SettingKey, SettingOrigin, SettingView,
    TokenId, UserId,
};
use crate::web::context::ProfileDetails;

const DAY_SECONDS: i64 = 24 * 3600;

/// A connection that works.
pub fn connection_overview() -> ConnectionOverview {
    ConnectionOverview {
        connection: ConnectionDetails {
            id: ConnectionId(id(20)),
            name: "main".to_owned(),
            region: "eu".to_owned(),
            base_url: None,
            sealed_key: Vec::new(),
            key_last_four: "c4f7".to_owned(),
            created_at: NOW.plus_seconds(-30 * DAY_SECONDS),
            pause: None,
            notes: ConnectionNotes {
                tested_at: Some(NOW.plus_seconds(-60)),
                password_access: Some(false),
                last_success_at: Some(NOW.plus_seconds(-60)),
            },
        },
        health: ConnectionHealth::Working,
        health_detail: None,
        waiting: 3,
        agents: 2,
        budget: Some(BudgetUse {
            used: 210,
            limit: 3000,
            per_seconds: 300,
        }),
        last_success_at: Some(NOW.plus_seconds(-60)),
        password_access: Some(false),
    }
}

/// An agent that was seen a minute ago, with one token.
pub fn agent_overview() -> AgentOverview {
    AgentOverview {
        details: AgentDetails {
            agent: AgentRef {
                id: AgentId(id(30)),
                name: "triage-bot".to_owned(),
                owner: Some(UserId(id(1))),
            },
            profile: ProfileDetails {
                id: ProfileId(id(40)),
                name: "Documentation".to_owned(),
                preset: Preset::Documentation,
                rules: Preset::Documentation.rules(),
                version: 1,
                updated_at: NOW,
            },
            connection: ConnectionRef {
                id: ConnectionId(id(20)),
                name: "main".to_owned(),
            },
            organizations: OrganizationScope::All,
            gateway_wait: GatewayWait::default(),
            created_at: NOW.plus_seconds(-30 * DAY_SECONDS),
            paused_at: None,
            pause_reason: None,
            profile_paused_at: None,
        },
        owner_name: Some("Sam Fox".to_owned()),
        last_used_at: Some(NOW.plus_seconds(-60)),
        waiting: 2,
        tokens: 1,
        expires_at: Some(NOW.plus_seconds(60 * DAY_SECONDS)),
    }
}

/// The same with its token and one proposal.
pub fn agent_sheet() -> AgentSheet {
    AgentSheet {
        overview: agent_overview(),
        tokens: vec![token()],
        recent: vec![super::samples::routine().proposal],
    }
}

/// A token that works.
pub fn token() -> TokenDetails {
    TokenDetails {
        id: TokenId(id(50)),
        public_id: "k7Qm2xZ9".to_owned(),
        hash: [0; 32],
        owner: TokenOwner::Agent(AgentId(id(30))),
        name: "triage-bot".to_owned(),
        scopes: ScopeSet::EMPTY,
        created_at: NOW.plus_seconds(-30 * DAY_SECONDS),
        expires_at: NOW.plus_seconds(60 * DAY_SECONDS),
        revoked_at: None,
        addresses: AddressRanges::default(),
        last_used_at: Some(NOW.plus_seconds(-60)),
        last_address: Some("203.0.113.9".to_owned()),
        refused_at: None,
    }
}

/// What there is to choose from.
pub fn choices() -> AgentChoices {
    let one = |number: u128, name: &str| vec![(id(number).to_string(), name.to_owned())];
    AgentChoices {
        profiles: one(40, "Documentation"),
        connections: one(20, "main"),
        owners: one(1, "Sam Fox"),
    }
}

/// What one token may ask for.
pub const LIMITS: Limits = Limits {
    requests: 60,
    per_seconds: 60,
    waiting: 200,
};

/// That a person paused something.
pub fn pause(scope: PauseScope, reason: &str) -> Pause {
    Pause {
        scope,
        name: "it".to_owned(),
        reason: reason.to_owned(),
        since: NOW.plus_seconds(-600),
        by: "Alex Morgan".to_owned(),
    }
}

/// Every setting, each from somewhere else.
pub fn settings() -> Vec<SettingView> {
    let dashboard = SettingOrigin::Dashboard {
        by: "Alex Morgan".to_owned(),
        at: NOW,
    };
    let setting = |key: SettingKey, value: &str, origin: SettingOrigin| SettingView {
        key,
        default: key.default_text().to_owned(),
        value: value.to_owned(),
        origin,
    };
    vec![
        setting(SettingKey::HoldSeconds, "3", SettingOrigin::Operator),
        setting(SettingKey::ProposalTtl, "24h", dashboard),
        setting(SettingKey::SessionIdleMinutes, "60", SettingOrigin::Default),
        setting(SettingKey::SessionHours, "12", SettingOrigin::Default),
    ]
}
