//! What the profile editor says of a change is what the judge does with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;

use super::support::{OPEN, located, paths, rule};
use crate::domain::{
    AccessLevel, Facts, GroupRule, GroupRules, Operation, OrganizationId, OrganizationScope,
    PermissionGroup, Preset, TargetOrganization, VerdictKind,
};
use crate::policy::catalogue::endpoints;
use crate::policy::{
    Cell, Column, Freedom, Located, Subject, cell, differences, judge, preset_of, usual_call,
    usual_operations,
};

/// One request of every kind, reads included.
static REQUESTS: LazyLock<Vec<Located>> = LazyLock::new(|| {
    let mut kinds = BTreeMap::new();
    for endpoint in endpoints() {
        for path in paths(endpoint, 7, 5) {
            let located = located(endpoint.method.as_str(), &path);
            let groups: Vec<PermissionGroup> = located.groups.iter().collect();
            let reach = format!("{:?}", located.reach);
            kinds
                .entry((groups, located.operation, endpoint.denied, reach))
                .or_insert(located);
        }
    }
    let mut requests: Vec<Located> = kinds.into_values().collect();
    requests.push(located("GET", "/passwords/7?show_password=true"));
    requests.push(located("DELETE", "/organizations/7"));
    requests
});

/// What may be known of a request.
static FACTS: LazyLock<Vec<Option<Facts>>> = LazyLock::new(|| {
    let known = Facts {
        organizations: vec![TargetOrganization::Known(OrganizationId(5))],
        ..Facts::default()
    };
    vec![
        None,
        Some(Facts {
            writes_secret: true,
            ..known.clone()
        }),
        Some(Facts {
            erased: vec!["location".to_owned()],
            ..known.clone()
        }),
        Some(Facts {
            crosses_organizations: true,
            ..known.clone()
        }),
        Some(Facts {
            deceptive_characters: true,
            organizations: vec![TargetOrganization::Unknown],
            ..Facts::default()
        }),
        Some(known),
    ]
});

static SCOPES: LazyLock<[OrganizationScope; 2]> = LazyLock::new(|| {
    let one = BTreeSet::from([OrganizationId(5)]);
    [OrganizationScope::All, OrganizationScope::Only(one)]
});

/// A request that the later rules judge more laxly, if there is one.
fn laxer(before: &GroupRules, after: &GroupRules) -> Option<&'static Located> {
    REQUESTS.iter().find(|located| {
        SCOPES.iter().any(|scope| {
            FACTS.iter().any(|facts| {
                let kind = |rules| {
                    let subject = Subject { rules, scope };
                    judge(&subject, located, facts.as_ref()).verdict.kind
                };
                // Ordered: refused, needs approval, allowed.
                kind(after) > kind(before)
            })
        })
    })
}

fn every_rule() -> Vec<GroupRule> {
    let mut rules = Vec::new();
    for access in AccessLevel::ALL {
        for ask in [true, false] {
            for delete in [true, false] {
                rules.push(rule(*access, ask, delete));
            }
        }
    }
    rules
}

/// Every change of every group, the others being as open as can be.
#[test]
fn each_change_of_one_group_is_called_what_it_is() {
    let mut said = BTreeMap::new();
    for group in PermissionGroup::ALL {
        for before in every_rule() {
            for after in every_rule() {
                let (mut old, mut new) = (OPEN, OPEN);
                *old.of_mut(*group) = before;
                *new.of_mut(*group) = after;
                let differences = differences(&old, &new);
                let found = laxer(&old, &new).map(|located| located.route.to_string());
                assert_eq!(
                    differences.gives_more(),
                    found.is_some(),
                    "{group}: {before:?} to {after:?}: {found:?}"
                );
                *said.entry(differences.gives_more()).or_insert(0) += 1;
            }
        }
    }
    assert!(said[&true] > 100 && said[&false] > 100, "{said:?}");
}

fn any_rule() -> impl Strategy<Value = GroupRule> {
    select(every_rule())
}

fn any_rules() -> impl Strategy<Value = GroupRules> {
    prop::collection::vec(any_rule(), 7).prop_map(|list| {
        let mut rules = OPEN;
        for (group, rule) in PermissionGroup::ALL.iter().zip(list) {
            *rules.of_mut(*group) = rule;
        }
        rules
    })
}

/// Rules, and the same after somebody changed a few groups, now and then only downwards.
fn any_change() -> impl Strategy<Value = (GroupRules, GroupRules)> {
    let edits = prop::collection::vec((select(PermissionGroup::ALL), any_rule()), 0..4);
    (any_rules(), edits, any::<bool>()).prop_map(|(before, edits, only_less)| {
        let mut after = before.clone();
        for (group, rule) in edits {
            let old = *after.of_mut(group);
            *after.of_mut(group) = if only_less {
                GroupRule {
                    access: rule.access.min(old.access),
                    ask: rule.ask || old.ask,
                    delete: rule.delete && old.delete,
                }
            } else {
                rule
            };
        }
        (before, after)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// No more freedom: no judgement is laxer. More freedom: there is one that is.
    #[test]
    fn more_freedom_is_what_some_judgement_shows((before, after) in any_change()) {
        let found = laxer(&before, &after).map(|located| located.route.to_string());
        prop_assert_eq!(differences(&before, &after).gives_more(), found.is_some(), "{:?}", found);
    }

    #[test]
    fn the_way_back_takes_what_the_way_there_gave((before, after) in any_change()) {
        let (there, back) = (differences(&before, &after), differences(&after, &before));
        prop_assert_eq!(there.count(), back.count());
        for change in there.iter() {
            let opposite = match change.freedom {
                Freedom::More => Freedom::Less,
                Freedom::Same => Freedom::Same,
                Freedom::Less => Freedom::More,
            };
            let found = back.of(change.group, change.column).map(|change| change.freedom);
            prop_assert_eq!(found, Some(opposite));
        }
    }

    #[test]
    fn deletes_are_opened_where_one_can_be_proposed_that_could_not((before, after) in any_change()) {
        let opened = differences(&before, &after).opened_deletes();
        for group in PermissionGroup::ALL {
            let may_delete = |rules: &GroupRules| {
                let call = usual_call(*group, Operation::Delete, None, None).unwrap();
                let scope = OrganizationScope::All;
                let verdict = judge(&Subject { rules, scope: &scope }, &call, None).verdict;
                verdict.kind != VerdictKind::Refused
            };
            let is_opened = may_delete(&after) && !may_delete(&before);
            prop_assert_eq!(opened.contains(group), is_opened, "{}", group);
        }
    }
}

#[rstest]
#[case::reads(rule(AccessLevel::Disabled, true, false), rule(AccessLevel::ReadOnly, true, false), &[(Column::Access, true, Freedom::More)])]
#[case::asks_no_more(rule(AccessLevel::ReadWrite, true, false), rule(AccessLevel::ReadWrite, false, false), &[(Column::Ask, true, Freedom::More)])]
#[case::asks_again(rule(AccessLevel::ReadWrite, false, true), rule(AccessLevel::ReadWrite, true, true), &[(Column::Ask, true, Freedom::Less)])]
#[case::idle(rule(AccessLevel::ReadOnly, true, false), rule(AccessLevel::ReadOnly, false, true), &[(Column::Ask, true, Freedom::Same), (Column::Delete, true, Freedom::Same)])]
#[case::awakened(rule(AccessLevel::ReadOnly, false, true), rule(AccessLevel::ReadWrite, false, true), &[(Column::Access, true, Freedom::More), (Column::Ask, false, Freedom::More), (Column::Delete, false, Freedom::More)])]
#[case::nothing(rule(AccessLevel::ReadWrite, true, true), rule(AccessLevel::ReadWrite, true, true), &[])]
fn each_cell_says_what_it_does(
    #[case] before: GroupRule,
    #[case] after: GroupRule,
    #[case] expected: &[(Column, bool, Freedom)],
) {
    let (mut old, mut new) = (OPEN, OPEN);
    (old.contacts, new.contacts) = (before, after);
    let differences = differences(&old, &new);
    let found: Vec<_> = differences
        .iter()
        .map(|change| (change.column, change.is_set, change.freedom))
        .collect();
    assert_eq!(found, expected);
}

/// A cell that is locked or idle does nothing, and one that is open does something.
#[test]
fn cells_are_locked_and_idle_where_they_do_nothing() {
    for group in PermissionGroup::ALL {
        for old in every_rule() {
            for column in [Column::Ask, Column::Delete] {
                let mut new = old;
                match column {
                    Column::Access => {}
                    Column::Ask => new.ask = !old.ask,
                    Column::Delete => new.delete = !old.delete,
                }
                let (mut before, mut after) = (OPEN, OPEN);
                (*before.of_mut(*group), *after.of_mut(*group)) = (old, new);
                let moves = laxer(&before, &after).is_some() || laxer(&after, &before).is_some();
                let cell = cell(*group, column, old.access);
                assert_eq!(
                    matches!(cell, Cell::Open { .. }),
                    moves,
                    "{group} {column} {old:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_locked_says_why() {
    let ask = cell(
        PermissionGroup::Passwords,
        Column::Ask,
        AccessLevel::ReadWrite,
    );
    let Cell::Locked { is_on, reason } = ask else {
        panic!("{ask:?}");
    };
    assert!(is_on && reason.contains("technician"));
    let delete = cell(
        PermissionGroup::Organizations,
        Column::Delete,
        AccessLevel::ReadWrite,
    );
    assert!(delete.words().unwrap().contains("never deleted"));
}

#[test]
fn a_preset_is_known_by_its_rules() {
    for preset in Preset::ALL {
        assert_eq!(preset_of(&preset.rules()), Some(*preset));
    }
    assert_eq!(preset_of(&OPEN), None);
}

#[test]
fn every_usual_call_is_one_of_its_group() {
    for group in PermissionGroup::ALL {
        let operations: Vec<Operation> = usual_operations(*group).collect();
        assert!(operations.len() >= 4, "{group}: {operations:?}");
        for operation in Operation::ALL {
            let call = usual_call(*group, *operation, None, Some(OrganizationId(5)));
            assert_eq!(call.is_some(), operations.contains(operation));
            let Some(call) = call else { continue };
            assert_eq!(call.group(), Some(*group), "{}", call.route);
            assert_eq!(call.operation, *operation, "{}", call.route);
            assert!(!call.endpoint.is_sealed(), "{}", call.route);
        }
    }
}

#[test]
fn an_organization_is_the_record_it_belongs_to() {
    let client = Some(OrganizationId(5));
    let of = |operation| usual_call(PermissionGroup::Organizations, operation, None, client);
    assert_eq!(
        of(Operation::Update).unwrap().route.path,
        "/organizations/5"
    );
    assert_eq!(of(Operation::Delete).unwrap().route.path, "/locations/1");
}
