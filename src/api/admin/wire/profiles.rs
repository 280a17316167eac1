//! Access profiles, and what one would say.

use serde::Serialize;
use utoipa::ToSchema;

use crate::admin;
use crate::domain::{
    AgentId, AgentRef, GroupRules, Method, PermissionGroup, Preset, ProfileId, Tier, Timestamp,
    VerdictKind,
};
use crate::store::ProfileDetails;

/// An access profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    id: ProfileId,
    name: String,
    /// Where it started from.
    preset: Preset,
    /// Counts its changes, from 1.
    version: i64,
    updated_at: Timestamp,
    groups: GroupRules,
}

impl Profile {
    /// As it is stored.
    pub fn of(profile: &ProfileDetails) -> Self {
        Self {
            id: profile.id,
            name: profile.name.clone(),
            preset: profile.preset,
            version: profile.version,
            updated_at: profile.updated_at,
            groups: profile.rules.clone(),
        }
    }
}

/// A profile, who uses it and who changed it last.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileOverview {
    #[serde(flatten)]
    profile: Profile,
    agents: Vec<AgentName>,
    changed_by: Option<String>,
}

impl ProfileOverview {
    /// As it is now.
    pub fn of(overview: &admin::ProfileOverview) -> Self {
        Self {
            profile: Profile::of(&overview.profile),
            agents: overview.agents.iter().map(AgentName::of).collect(),
            changed_by: overview.changed_by.clone(),
        }
    }
}

/// An agent, by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentName {
    id: AgentId,
    name: String,
}

impl AgentName {
    /// Of this agent.
    pub fn of(agent: &AgentRef) -> Self {
        Self {
            id: agent.id,
            name: agent.name.clone(),
        }
    }
}

/// What the policy says of a made-up call, saved and draft side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIf {
    method: Method,
    path: String,
    groups: Vec<PermissionGroup>,
    agent: Option<AgentName>,
    saved: Said,
    draft: Said,
}

/// What one set of rules says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WhatIfAnswer)]
struct Said {
    verdict: VerdictKind,
    rule: String,
    explanation: String,
    tier: Tier,
    /// What would be needed, if it is refused.
    needed: Option<String>,
}

impl WhatIf {
    /// As it was judged.
    pub fn of(what_if: &admin::WhatIf) -> Self {
        Self {
            method: what_if.route.method,
            path: what_if.route.path.clone(),
            groups: what_if.groups.clone(),
            agent: what_if.agent.as_ref().map(AgentName::of),
            saved: said(&what_if.saved),
            draft: said(&what_if.draft),
        }
    }
}

fn said(answer: &admin::Answer) -> Said {
    let verdict = &answer.judgement.verdict;
    Said {
        verdict: verdict.kind,
        rule: verdict.rule.clone(),
        explanation: verdict.explanation.clone(),
        tier: answer.judgement.tier,
        needed: answer.need.as_ref().map(|need| need.text.clone()),
    }
}
