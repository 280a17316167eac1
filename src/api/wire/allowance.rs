//! What a token may do, and what would become of a request, as agents are told.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{GroupRules, OrganizationId, Tier, VerdictKind};
use crate::intake::{Checked, Permissions};
use crate::policy::Floor;

/// What a token may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permissions)]
pub struct Allowance {
    /// The name of the access profile.
    profile: String,
    groups: GroupRules,
    /// The organizations it is limited to; null for all of them.
    organizations: Option<Vec<OrganizationId>>,
    /// What no profile lifts.
    floors: Vec<Floor>,
}

impl Allowance {
    /// Of these permissions.
    pub fn of(permissions: &Permissions) -> Self {
        Self {
            profile: permissions.profile.clone(),
            groups: permissions.rules.clone(),
            organizations: super::organizations(&permissions.organizations),
            floors: permissions.floors.to_vec(),
        }
    }
}

/// What would become of a request. Nothing was stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedRequest)]
pub struct Answer {
    verdict: VerdictKind,
    rule: String,
    explanation: String,
    tier: Tier,
    /// Whether the tier can only be higher, because no body was sent.
    at_least: bool,
    /// What would be needed, if it is refused.
    needed: Option<String>,
}

impl Answer {
    /// Of this judgement.
    pub fn of(checked: &Checked) -> Self {
        let verdict = &checked.judgement.verdict;
        Self {
            verdict: verdict.kind,
            rule: verdict.rule.clone(),
            explanation: verdict.explanation.clone(),
            tier: checked.judgement.tier,
            at_least: checked.is_at_least,
            needed: checked.need.as_ref().map(|need| need.text.clone()),
        }
    }
}
