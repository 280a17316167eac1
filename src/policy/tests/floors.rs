//! The floors hold for every profile.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use rstest::rstest;

use super::support::{OPEN, call, judged, located, paths, rule, verdict, write_endpoints};
use crate::domain::{
    AccessLevel, Facts, GroupRule, GroupRules, Judgement, Operation, PermissionGroup, Tier,
    VerdictKind,
};
use crate::policy::catalogue::endpoints;
use crate::policy::{Located, floors};

/// One request for every kind of write: groups, operation, resource.
static WRITE_KINDS: LazyLock<Vec<Located>> = LazyLock::new(|| {
    let mut kinds = BTreeMap::new();
    for endpoint in write_endpoints() {
        for path in paths(endpoint, 7, 5) {
            let located = located(endpoint.method.as_str(), &path);
            let groups: Vec<PermissionGroup> = located.groups.iter().collect();
            kinds
                .entry((
                    groups,
                    located.operation.as_str(),
                    endpoint.resource.clone(),
                    endpoint.denied,
                ))
                .or_insert(located);
        }
    }
    kinds.into_values().collect()
});

fn all_access_combinations() -> impl Iterator<Item = [AccessLevel; 7]> {
    (0..3_usize.pow(7)).map(|mut number| {
        std::array::from_fn(|_| {
            let level = AccessLevel::ALL[number % 3];
            number /= 3;
            level
        })
    })
}

fn profile(access: [AccessLevel; 7], ask: bool, delete: bool) -> GroupRules {
    let mut rules = OPEN;
    for (group, access) in PermissionGroup::ALL.iter().zip(access) {
        *rules.of_mut(*group) = rule(access, ask, delete);
    }
    rules
}

/// What the product says, written down a second time and in another way.
fn allowed_at_most(rules: &GroupRules, located: &Located, writes_secret: bool) -> VerdictKind {
    let path = located.endpoint.path.as_str();
    let deletes = located.operation == Operation::Delete;
    let groups: Vec<GroupRule> = PermissionGroup::ALL
        .iter()
        .filter(|group| {
            located.groups.contains(**group)
                || (writes_secret && **group == PermissionGroup::Passwords)
        })
        .map(|group| rules.of(*group))
        .collect();
    let is_organization_delete = deletes && matches!(path, "/organizations" | "/organizations/:id");
    let may_write = groups
        .iter()
        .all(|rule| rule.access == AccessLevel::ReadWrite);
    let may_delete = groups.iter().all(|rule| rule.delete);
    if located.endpoint.denied || is_organization_delete || !may_write || (deletes && !may_delete) {
        return VerdictKind::Refused;
    }
    let is_password = writes_secret
        || path.contains("/password")
        || (path.starts_with("/:resource_type")
            && located.groups.contains(PermissionGroup::Passwords))
        || path.starts_with("/related_items");
    if is_password || groups.iter().any(|rule| rule.ask) {
        return VerdictKind::NeedsApproval;
    }
    VerdictKind::Allowed
}

#[test]
fn every_profile_answers_every_kind_of_write_as_the_product_says() {
    let kinds = &*WRITE_KINDS;
    assert!(kinds.len() >= 60, "{}", kinds.len());
    for access in all_access_combinations() {
        for (ask, delete) in [(false, false), (false, true), (true, false), (true, true)] {
            let rules = profile(access, ask, delete);
            for located in kinds {
                let kind = judged(&rules, located, None).verdict.kind;
                assert_eq!(
                    kind,
                    allowed_at_most(&rules, located, false),
                    "{} under {rules:?}",
                    located.route
                );
            }
        }
    }
}

#[test]
fn a_secret_in_any_record_counts_as_a_password_write() {
    let facts = Facts {
        writes_secret: true,
        ..Facts::default()
    };
    for located in WRITE_KINDS.iter() {
        for ask in [false, true] {
            let mut rules = profile([AccessLevel::ReadWrite; 7], ask, true);
            let open = judged(&rules, located, Some(&facts));
            assert_eq!(open.verdict.kind, allowed_at_most(&rules, located, true));
            assert_ne!(open.verdict.kind, VerdictKind::Allowed);
            rules.passwords.access = AccessLevel::ReadOnly;
            let closed = judged(&rules, located, Some(&facts));
            assert_eq!(closed.verdict.kind, VerdictKind::Refused);
        }
    }
}

#[rstest]
#[case::single("/organizations/2")]
#[case::single_slash("/organizations/2/")]
#[case::bulk("/organizations")]
#[case::bulk_slash("/organizations/")]
#[case::by_filter("/organizations?filter[id]=2")]
#[case::by_nonsense("/organizations/2?%zz")]
fn an_organization_is_never_deleted(#[case] path: &str) {
    let bulk = serde_json::json!({"data": [{"type": "organizations", "attributes": {"id": 2}}]});
    for body in [None, Some(&bulk)] {
        let classified = call("DELETE", path, body).unwrap();
        assert!(classified.items.is_empty());
        let Judgement { verdict, tier } = judged(&OPEN, &classified.located, None);
        assert_eq!(verdict.kind, VerdictKind::Refused);
        assert_eq!(verdict.rule, "floor.organization_delete");
        assert_eq!(tier, Tier::Critical);
    }
}

#[rstest]
#[case("POST", "/passwords")]
#[case("PATCH", "/passwords")]
#[case("DELETE", "/passwords")]
#[case("PATCH", "/passwords/5")]
#[case("DELETE", "/passwords/5")]
#[case("POST", "/organizations/2/relationships/passwords")]
#[case("PATCH", "/organizations/2/relationships/passwords/5")]
#[case("DELETE", "/organizations/2/relationships/passwords/5")]
#[case("POST", "/passwords/5/relationships/attachments")]
#[case("PATCH", "/passwords/5/relationships/attachments/6")]
#[case("DELETE", "/passwords/5/relationships/attachments")]
#[case("POST", "/passwords/5/relationships/related_items")]
#[case("DELETE", "/passwords/5/relationships/related_items")]
#[case("POST", "/folders/5/relationships/related_items")]
#[case("PATCH", "/related_items/5")]
fn a_password_write_always_needs_a_technician(#[case] method: &str, #[case] path: &str) {
    let judgement = judged(&OPEN, &located(method, path), None);
    assert_eq!(judgement.verdict.kind, VerdictKind::NeedsApproval);
    assert_eq!(judgement.verdict.rule, "floor.password_write");
    assert_eq!(judgement.tier, Tier::Critical);
}

#[rstest]
#[case("/passwords/5?show_password=true")]
#[case("/organizations/2/relationships/passwords/5?show_password=true")]
#[case("/passwords/5?version_id=3&show_password=true")]
fn a_password_value_always_needs_a_technician(#[case] path: &str) {
    let classified = call("GET", path, None).unwrap();
    assert_eq!(classified.located.operation, Operation::ReadSecret);
    let [item] = classified.items.as_slice() else {
        panic!("{:?}", classified.items);
    };
    assert_eq!(item.class.as_str(), "secret");
    let open = judged(&OPEN, &classified.located, None);
    assert_eq!(open.verdict.rule, "floor.password_read");
    assert_eq!(open.verdict.kind, VerdictKind::NeedsApproval);
    assert_eq!(open.tier, Tier::Critical);
    let mut closed = OPEN;
    closed.passwords.access = AccessLevel::Disabled;
    let refused = judged(&closed, &classified.located, None);
    assert_eq!(refused.verdict.rule, "passwords.disabled");
}

#[test]
fn what_no_group_covers_is_refused_to_everyone() {
    for endpoint in endpoints().iter().filter(|endpoint| endpoint.denied) {
        for path in paths(endpoint, 7, 5) {
            let verdict = verdict(&OPEN, endpoint.method.as_str(), &path);
            assert_eq!(verdict.kind, VerdictKind::Refused);
            assert_eq!(verdict.rule, "catalogue.denied");
        }
    }
}

#[test]
fn reads_are_allowed_unless_a_group_is_disabled() {
    let read_only = GroupRules::uniform(rule(AccessLevel::ReadOnly, true, false));
    for endpoint in endpoints().iter().filter(|endpoint| !endpoint.denied) {
        if endpoint.operation != Operation::Read {
            continue;
        }
        for path in paths(endpoint, 7, 5) {
            let located = located("GET", &path);
            assert_eq!(
                judged(&read_only, &located, None).verdict.kind,
                VerdictKind::Allowed
            );
            for group in located.groups.iter() {
                let mut rules = OPEN;
                rules.of_mut(group).access = AccessLevel::Disabled;
                let verdict = judged(&rules, &located, None).verdict;
                assert_eq!(verdict.rule, format!("{group}.disabled"));
            }
        }
    }
}

#[test]
fn the_floors_are_named_once_each() {
    let ids: std::collections::BTreeSet<&str> = floors().iter().map(|floor| floor.id).collect();
    assert_eq!(ids.len(), floors().len());
    for rule in [
        "floor.organization_delete",
        "floor.password_write",
        "floor.password_read",
    ] {
        assert!(ids.contains(rule));
    }
}

fn any_rules() -> impl Strategy<Value = GroupRules> {
    let one = (0..3_usize, any::<bool>(), any::<bool>())
        .prop_map(|(access, ask, delete)| rule(AccessLevel::ALL[access], ask, delete));
    prop::collection::vec(one, 7).prop_map(|list| {
        let mut rules = OPEN;
        for (group, rule) in PermissionGroup::ALL.iter().zip(list) {
            *rules.of_mut(*group) = rule;
        }
        rules
    })
}

proptest! {
    // Some 60 kinds of write each: more than 100,000 judgements.
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn mixed_profiles_answer_as_the_product_says(
        rules in any_rules(),
        secret in any::<bool>(),
    ) {
        let facts = Facts { writes_secret: secret, ..Facts::default() };
        for located in WRITE_KINDS.iter() {
            let kind = judged(&rules, located, Some(&facts)).verdict.kind;
            prop_assert_eq!(kind, allowed_at_most(&rules, located, secret), "{}", located.route);
        }
    }
}
