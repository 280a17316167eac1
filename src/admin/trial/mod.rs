//! A draft of a profile, tried on what its agents proposed lately.
//!
//! Of a past proposal the record is not read again: its warnings and the rule of its verdict say
//! what is remarkable about it. What cannot be told from them counts as not passing.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Admin, AdminError, Ref};
use crate::access::Administrator;
use crate::domain::{
    AgentId, Facts, GroupRules, OrganizationId, OrganizationScope, ProfileId, TargetOrganization,
    Tier, Timestamp, VerdictKind, WarningCode,
};
use crate::policy::{Call, Located, Subject, classify, judge, locate};
use crate::store::PastProposal;

/// How far back a trial looks, in days.
pub const TRIAL_DAYS: u32 = 30;
/// How many proposals a trial looks at, the newest first.
pub const TRIAL_LIMIT: u32 = 2_000;

const DAY_SECONDS: i64 = 24 * 3600;
/// How many are judged before others get their turn.
const AT_ONCE: usize = 50;
/// How many numbers stand for a tally.
const EXAMPLES: usize = 5;
/// How many clients are named.
const NAMED_ORGANIZATIONS: usize = 20;

/// How many proposals, and the numbers of some.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// The numbers of the newest of them.
    pub examples: Vec<i64>,
}

/// A client, and how many proposals would pass by themselves there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TouchedOrganization {
    /// The organization; none for records of several clients or of none.
    pub id: Option<OrganizationId>,
    /// Its name.
    pub name: Option<String>,
    /// How many.
    pub count: u32,
}

/// What a draft would have meant for past proposals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// From when on proposals were looked at.
    pub since: Timestamp,
    /// How many were looked at.
    pub looked_at: u32,
    /// Whether there were more, which were not looked at.
    pub is_capped: bool,
    /// Those that pass by themselves under the saved rules.
    pub pass_now: Tally,
    /// Those that would pass by themselves under the draft.
    pub would_pass: Tally,
    /// Of those that would pass, the ones that people had rejected or sent back.
    pub refused_by_people: Tally,
    /// Those that the draft would refuse and the saved rules do not.
    pub newly_refused: Tally,
    /// Those of which not enough is kept to judge them; they count as not passing.
    pub unclear: Tally,
    /// The clients of those that would pass, the ones with most of them first.
    pub organizations: Vec<TouchedOrganization>,
    /// How many more clients there are than are named.
    pub other_organizations: u32,
}

impl Admin {
    /// Judges the proposals that a profile's agents made in the last [`TRIAL_DAYS`] days, at most
    /// [`TRIAL_LIMIT`], again under a draft. Nothing is changed.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn try_profile(
        &self,
        _by: &Administrator,
        profile: &Ref<ProfileId>,
        draft: &GroupRules,
    ) -> Result<Trial, AdminError> {
        let profile = self.profile_of(profile).await?;
        let since = self
            .0
            .clock
            .now()
            .plus_seconds(-i64::from(TRIAL_DAYS) * DAY_SECONDS);
        let store = &self.0.store;
        let mut past = store
            .past_proposals(profile.id, since, TRIAL_LIMIT + 1)
            .await?;
        let limit = TRIAL_LIMIT as usize;
        let is_capped = past.len() > limit;
        past.truncate(limit);
        let scopes: HashMap<AgentId, OrganizationScope> = store
            .agents()
            .await?
            .into_iter()
            .map(|details| (details.agent.id, details.organizations))
            .collect();
        let mut counted = Count::default();
        for some in past.chunks(AT_ONCE) {
            counted.add(some, &scopes, &profile.rules, draft);
            tokio::task::yield_now().await;
        }
        Ok(counted.into_trial(since, is_capped))
    }
}

/// What was counted so far.
#[derive(Default)]
struct Count {
    looked_at: u32,
    pass_now: Tally,
    would_pass: Tally,
    refused_by_people: Tally,
    newly_refused: Tally,
    unclear: Tally,
    organizations: BTreeMap<Option<OrganizationId>, (Option<String>, u32)>,
}

impl Tally {
    /// The newest come first.
    fn add(&mut self, number: i64) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(number);
        }
    }
}

impl Count {
    fn into_trial(self, since: Timestamp, is_capped: bool) -> Trial {
        let mut organizations: Vec<TouchedOrganization> = self
            .organizations
            .into_iter()
            .map(|(id, (name, count))| TouchedOrganization { id, name, count })
            .collect();
        organizations.sort_by(|one, other| {
            other
                .count
                .cmp(&one.count)
                .then_with(|| one.name.cmp(&other.name))
        });
        let others = organizations.len().saturating_sub(NAMED_ORGANIZATIONS);
        organizations.truncate(NAMED_ORGANIZATIONS);
        Trial {
            since,
            looked_at: self.looked_at,
            is_capped,
            pass_now: self.pass_now,
            would_pass: self.would_pass,
            refused_by_people: self.refused_by_people,
            newly_refused: self.newly_refused,
            unclear: self.unclear,
            organizations,
            other_organizations: u32::try_from(others).unwrap_or(u32::MAX),
        }
    }

    fn add(
        &mut self,
        past: &[PastProposal],
        scopes: &HashMap<AgentId, OrganizationScope>,
        saved: &GroupRules,
        draft: &GroupRules,
    ) {
        for proposal in past {
            self.looked_at += 1;
            let number = proposal.number;
            let scope = scopes.get(&proposal.agent_id);
            let Some((scope, (located, facts))) = scope.zip(recalled(proposal, scope)) else {
                self.unclear.add(number);
                continue;
            };
            let kind = |rules| {
                let subject = Subject { rules, scope };
                judge(&subject, &located, Some(&facts)).verdict.kind
            };
            let (now, then) = (kind(saved), kind(draft));
            if now == VerdictKind::Allowed {
                self.pass_now.add(number);
            }
            match then {
                VerdictKind::Allowed => self.passes(proposal),
                VerdictKind::Refused if now != VerdictKind::Refused => {
                    self.newly_refused.add(number);
                }
                VerdictKind::Refused | VerdictKind::NeedsApproval => {}
            }
        }
    }

    fn passes(&mut self, past: &PastProposal) {
        self.would_pass.add(past.number);
        if past.was_refused {
            self.refused_by_people.add(past.number);
        }
        let (name, count) = self.organizations.entry(past.organization_id).or_default();
        if name.is_none() {
            name.clone_from(&past.organization_name);
        }
        *count += 1;
    }
}

/// The call a proposal was, and what was remarkable about it. None where that cannot be told.
fn recalled(past: &PastProposal, scope: Option<&OrganizationScope>) -> Option<(Located, Facts)> {
    let located = match &past.body {
        Some(body) => {
            let call = Call {
                method: past.method.as_str(),
                path: &past.path,
                body: Some(body),
            };
            classify(&call).ok()?.located
        }
        None => locate(past.method.as_str(), &past.path).ok()?,
    };
    let facts = facts(past);
    // An agent that is limited to some clients: the records of several, or of nobody knows whom.
    let is_unknown = facts.organizations.contains(&TargetOrganization::Unknown);
    let is_limited = scope.is_none_or(|scope| *scope != OrganizationScope::All);
    let is_settled = !is_unknown || !is_limited || located.endpoint.account_wide;
    is_settled.then_some((located, facts))
}

/// The facts of a proposal, as its warnings and its rule tell them.
fn facts(past: &PastProposal) -> Facts {
    let has = |code| past.warnings.iter().any(|warning| warning.code == code);
    let fields = |code| -> Vec<String> {
        let of_code = past.warnings.iter().filter(|warning| warning.code == code);
        // A warning without fields is one all the same.
        of_code
            .flat_map(|warning| {
                let own = warning.fields.clone();
                if own.is_empty() {
                    vec![String::new()]
                } else {
                    own
                }
            })
            .collect()
    };
    let mut erased = fields(WarningCode::ErasesTraits);
    erased.extend(fields(WarningCode::ErasesRequired));
    Facts {
        organizations: vec![match past.organization_id {
            Some(organization) if !has(WarningCode::OrganizationUnknown) => {
                TargetOrganization::Known(organization)
            }
            Some(_) | None => TargetOrganization::Unknown,
        }],
        crosses_organizations: has(WarningCode::OtherOrganization),
        erased,
        cannot_keep: fields(WarningCode::CannotKeep),
        // The floor comes before what any profile says, so its rule tells of a secret.
        writes_secret: past.rule == "floor.password_write",
        restriction_changed: has(WarningCode::RestrictionChanged),
        // Of the harmless kind alone, they do not make it critical.
        deceptive_characters: has(WarningCode::DeceptiveCharacters) && past.tier == Tier::Critical,
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests;
