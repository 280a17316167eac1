//! The one pure function that decides: request × profile × floors → verdict, rule and tier.
//!
//! Invariants: floors come first, then the groups, the strictest wins; what is not known is
//! refused. No other code decides.

use super::cells;
use super::locate::{Located, Reach};
use super::rule::{Rule, Wanted};
use super::tier;
use crate::domain::{
    AccessLevel, Facts, GroupRules, GroupSet, Judgement, Operation, OrganizationScope,
    PermissionGroup, TargetOrganization, VerdictKind,
};

/// Whose request it is: what the agent's profile and scope say.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The rules of the profile.
    pub rules: &'a GroupRules,
    /// The organizations the agent is limited to.
    pub scope: &'a OrganizationScope,
}

/// What would be needed for a request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The group whose setting refuses it, if it is one.
    pub group: Option<PermissionGroup>,
    /// The access level that group would need.
    pub access: Option<AccessLevel>,
    /// Whether deletes would have to be on in that group.
    pub deletes: bool,
    /// In a sentence, for people and agents.
    pub text: String,
}

/// Judges a request. `facts` come from the body and the live record; `permissions/check` has none,
/// and its tier then means "at least".
///
/// Without facts, an agent limited to some organizations is refused a read whose organization the
/// address does not settle, as `organization.unknown`: read the record, then judge with its facts.
pub fn judge(subject: &Subject<'_>, located: &Located, facts: Option<&Facts>) -> Judgement {
    Judgement {
        verdict: decide(subject, located, facts).verdict(),
        tier: tier::of(located, facts),
    }
}

/// What would be needed, if the request is refused.
pub fn needs(subject: &Subject<'_>, located: &Located, facts: Option<&Facts>) -> Option<Need> {
    let rule = decide(subject, located, facts);
    if rule.kind() != VerdictKind::Refused {
        return None;
    }
    let need = |group, access, deletes, text| Need {
        group,
        access,
        deletes,
        text,
    };
    Some(match rule.wanted(located.is_write()) {
        Wanted::Access(group, access) => need(
            Some(group),
            Some(access),
            false,
            format!(
                "The profile would have to give {access} on {}.",
                group.label()
            ),
        ),
        Wanted::Deletes(group) => need(
            Some(group),
            None,
            true,
            format!(
                "The profile would have to allow deletes in {}.",
                group.label()
            ),
        ),
        Wanted::Scope => need(
            None,
            None,
            false,
            "An agent with access to that organization would be needed.".to_owned(),
        ),
        Wanted::Nothing => need(None, None, false, "No setting allows this.".to_owned()),
    })
}

/// Whether a profile lets records of all these groups be read.
pub(super) fn may_read(rules: &GroupRules, groups: GroupSet) -> bool {
    let is_disabled = |group| rules.of(group).access == AccessLevel::Disabled;
    !groups.iter().any(is_disabled)
}

fn decide(subject: &Subject<'_>, located: &Located, facts: Option<&Facts>) -> Rule {
    let groups = required_groups(located, facts);
    sealed(located)
        .or_else(|| refused_by_group(subject.rules, located, groups))
        .or_else(|| refused_by_scope(subject.scope, located, facts))
        .or_else(|| asked_by_floor(located, groups))
        .or_else(|| asked_by_group(subject.rules, located, groups))
        .or_else(|| facts.and_then(|facts| asked_by_content(located, facts)))
        .or_else(|| located.group().map(Rule::Allowed))
        .unwrap_or(Rule::Denied(None))
}

/// A secret inside another record needs the passwords group as well.
fn required_groups(located: &Located, facts: Option<&Facts>) -> GroupSet {
    if facts.is_some_and(|facts| facts.writes_secret) {
        located.groups.with(PermissionGroup::Passwords)
    } else {
        located.groups
    }
}

fn sealed(located: &Located) -> Option<Rule> {
    let endpoint = located.endpoint;
    if endpoint.deletes_organizations() {
        return Some(Rule::OrganizationDelete);
    }
    (endpoint.denied || endpoint.groups.is_empty())
        .then_some(Rule::Denied(endpoint.reason.as_deref()))
}

fn refused_by_group(rules: &GroupRules, located: &Located, groups: GroupSet) -> Option<Rule> {
    let access = |group: &PermissionGroup| rules.of(*group).access;
    let is_disabled = |group: &PermissionGroup| access(group) == AccessLevel::Disabled;
    let is_read_only =
        |group: &PermissionGroup| located.is_write() && access(group) != AccessLevel::ReadWrite;
    let is_delete_off = |group: &PermissionGroup| {
        located.operation == Operation::Delete && !rules.of(*group).delete
    };
    let first_disabled = groups.iter().find(is_disabled).map(Rule::Disabled);
    first_disabled
        .or_else(|| groups.iter().find(is_read_only).map(Rule::ReadOnly))
        .or_else(|| groups.iter().find(is_delete_off).map(Rule::DeleteOff))
}

fn refused_by_scope(
    scope: &OrganizationScope,
    located: &Located,
    facts: Option<&Facts>,
) -> Option<Rule> {
    if *scope == OrganizationScope::All {
        return None;
    }
    let strange = located
        .organizations
        .iter()
        .find(|organization| !scope.covers(**organization));
    if let Some(organization) = strange {
        return Some(Rule::OutOfScope(*organization));
    }
    if located.endpoint.account_wide {
        return located.is_write().then_some(Rule::AccountWide);
    }
    if located.endpoint.resource == "organizations" && located.operation == Operation::Create {
        return Some(Rule::NewOrganization);
    }
    match facts {
        Some(facts) => refused_by_facts(scope, located, facts),
        None => refused_by_reach(located),
    }
}

fn refused_by_facts(scope: &OrganizationScope, located: &Located, facts: &Facts) -> Option<Rule> {
    if located.reach == Reach::Everything {
        return Some(Rule::OrganizationUnknown { is_list: true });
    }
    let is_settled = located.reach == Reach::Named || !facts.organizations.is_empty();
    if !is_settled {
        return Some(Rule::OrganizationUnknown { is_list: false });
    }
    facts
        .organizations
        .iter()
        .find_map(|organization| match organization {
            TargetOrganization::Known(id) if scope.covers(*id) => None,
            TargetOrganization::Known(id) => Some(Rule::OutOfScope(*id)),
            TargetOrganization::AccountWide if located.is_write() => Some(Rule::AccountWide),
            TargetOrganization::AccountWide => None,
            TargetOrganization::Unknown => Some(Rule::OrganizationUnknown { is_list: false }),
        })
}

/// Nothing was read yet. A write is judged again with facts before it is stored; a read is not.
fn refused_by_reach(located: &Located) -> Option<Rule> {
    match located.reach {
        Reach::Everything => Some(Rule::OrganizationUnknown { is_list: true }),
        Reach::OneRecord if !located.is_write() => {
            Some(Rule::OrganizationUnknown { is_list: false })
        }
        Reach::OneRecord | Reach::Named | Reach::AccountWide => None,
    }
}

fn asked_by_floor(located: &Located, groups: GroupSet) -> Option<Rule> {
    if located.operation == Operation::ReadSecret {
        return Some(Rule::PasswordRead);
    }
    (located.is_write() && groups.iter().any(cells::always_asks)).then_some(Rule::PasswordWrite)
}

fn asked_by_group(rules: &GroupRules, located: &Located, groups: GroupSet) -> Option<Rule> {
    if !located.is_write() {
        return None;
    }
    groups
        .iter()
        .find(|group| rules.of(*group).ask)
        .map(Rule::Ask)
}

fn asked_by_content(located: &Located, facts: &Facts) -> Option<Rule> {
    if !located.is_write() {
        return None;
    }
    if !facts.erased.is_empty() || !facts.cannot_keep.is_empty() {
        return Some(Rule::ErasesTraits);
    }
    if facts.crosses_organizations {
        return Some(Rule::OtherOrganization);
    }
    facts
        .deceptive_characters
        .then_some(Rule::DeceptiveCharacters)
}
