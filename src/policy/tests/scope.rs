//! Agents limited to some organizations.

use rstest::rstest;
use serde_json::json;

use super::support::{OPEN, call, located, rule};
use crate::domain::{
    AccessLevel, Facts, GroupRules, OrganizationId, OrganizationScope, PermissionGroup,
    TargetOrganization, Verdict, VerdictKind,
};
use crate::policy::{Located, Subject, judge, needs};

fn scoped(located: &Located, facts: Option<&Facts>) -> Verdict {
    let scope = OrganizationScope::Only([2, 3].map(OrganizationId).into());
    let subject = Subject {
        rules: &OPEN,
        scope: &scope,
    };
    judge(&subject, located, facts).verdict
}

fn of(organizations: &[TargetOrganization]) -> Facts {
    Facts {
        organizations: organizations.to_vec(),
        ..Facts::default()
    }
}

const INSIDE: TargetOrganization = TargetOrganization::Known(OrganizationId(2));
const OUTSIDE: TargetOrganization = TargetOrganization::Known(OrganizationId(9));

#[rstest]
#[case("GET", "/organizations/2", "organizations.allowed")]
#[case("GET", "/organizations/9", "organization.out_of_scope")]
#[case("GET", "/organizations", "organization.unknown")]
#[case("GET", "/organizations?filter[id]=2,3", "organizations.allowed")]
#[case("GET", "/organizations?filter[id]=2,9", "organization.out_of_scope")]
#[case("GET", "/organizations?filter[name]=Acme", "organization.unknown")]
#[case("POST", "/organizations", "organization.out_of_scope")]
#[case("PATCH", "/organizations/9", "organization.out_of_scope")]
#[case("GET", "/contacts", "organization.unknown")]
#[case("GET", "/contacts?filter[organization_id]=2", "contacts.allowed")]
#[case(
    "GET",
    "/contacts?filter[organization_id]=2,9",
    "organization.out_of_scope"
)]
#[case("GET", "/contacts/5", "organization.unknown")]
#[case("GET", "/organizations/2/relationships/contacts", "contacts.allowed")]
#[case(
    "GET",
    "/organizations/9/relationships/contacts",
    "organization.out_of_scope"
)]
#[case(
    "GET",
    "/organizations/2/relationships/contacts/5",
    "organization.unknown"
)]
#[case(
    "GET",
    "/organizations/2/relationships/contacts?filter[organization_id]=9",
    "organization.out_of_scope"
)]
#[case("GET", "/documents/5/relationships/sections", "organization.unknown")]
#[case(
    "GET",
    "/flexible_assets?filter[flexible_asset_type_id]=5",
    "organization.unknown"
)]
#[case(
    "GET",
    "/passwords/5/relationships/attachments",
    "organization.unknown"
)]
#[case("GET", "/countries", "organizations.allowed")]
#[case(
    "GET",
    "/manufacturers/5/relationships/models/6",
    "configurations.allowed"
)]
#[case("GET", "/flexible_asset_types/5", "flexible_asset_types.allowed")]
#[case("POST", "/manufacturers", "organization.account_wide")]
#[case("PATCH", "/contact_types/5", "organization.account_wide")]
#[case("DELETE", "/flexible_asset_fields/5", "organization.account_wide")]
#[case("PATCH", "/flexible_asset_types/5", "organization.account_wide")]
#[case("PATCH", "/contacts/5", "contacts.allowed")]
fn the_address_alone_settles(#[case] method: &str, #[case] path: &str, #[case] rule: &str) {
    assert_eq!(scoped(&located(method, path), None).rule, rule);
}

#[rstest]
#[case("GET", "/contacts/5", &[INSIDE], "contacts.allowed")]
#[case("GET", "/contacts/5", &[OUTSIDE], "organization.out_of_scope")]
#[case("GET", "/contacts/5", &[], "organization.unknown")]
#[case("GET", "/contacts", &[INSIDE], "organization.unknown")]
#[case("GET", "/organizations/2/relationships/contacts/5", &[OUTSIDE], "organization.out_of_scope")]
#[case("PATCH", "/organizations/2/relationships/contacts/5", &[OUTSIDE], "organization.out_of_scope")]
#[case("PATCH", "/contacts/5", &[TargetOrganization::Unknown], "organization.unknown")]
#[case("PATCH", "/contacts/5", &[], "organization.unknown")]
#[case("PATCH", "/contacts/5", &[TargetOrganization::AccountWide], "organization.account_wide")]
#[case("GET", "/contacts/5", &[TargetOrganization::AccountWide], "contacts.allowed")]
#[case("GET", "/documents/5/relationships/sections", &[INSIDE], "documents.allowed")]
#[case("GET", "/organizations/2/relationships/contacts", &[], "contacts.allowed")]
#[case("POST", "/organizations/2/relationships/contacts", &[], "contacts.allowed")]
#[case("POST", "/contacts", &[], "organization.unknown")]
#[case("PATCH", "/contacts", &[INSIDE, OUTSIDE], "organization.out_of_scope")]
#[case("PATCH", "/contacts", &[INSIDE, INSIDE], "contacts.allowed")]
#[case("GET", "/flexible_asset_types/5", &[], "flexible_asset_types.allowed")]
fn what_was_read_settles_the_rest(
    #[case] method: &str,
    #[case] path: &str,
    #[case] organizations: &[TargetOrganization],
    #[case] rule: &str,
) {
    let facts = of(organizations);
    assert_eq!(scoped(&located(method, path), Some(&facts)).rule, rule);
}

#[test]
fn a_record_is_not_moved_out_of_the_scope() {
    let body = json!({"data": {"type": "contacts", "attributes": {"organization_id": 9}}});
    let classified = call("PATCH", "/contacts/5", Some(&body)).unwrap();
    let verdict = scoped(&classified.located, Some(&of(&[INSIDE])));
    assert_eq!(verdict.rule, "organization.out_of_scope");
}

#[test]
fn organizations_changed_in_bulk_are_named_by_their_ids() {
    let body = json!({"data": [
        {"type": "organizations", "attributes": {"id": 2, "alert": "x"}},
        {"type": "organizations", "attributes": {"id": 9, "alert": "x"}},
    ]});
    let classified = call("PATCH", "/organizations", Some(&body)).unwrap();
    let verdict = scoped(&classified.located, None);
    assert_eq!(verdict.rule, "organization.out_of_scope");
}

#[test]
fn an_agent_without_limits_is_not_asked_whose_record_it_is() {
    let scope = OrganizationScope::All;
    let subject = Subject {
        rules: &OPEN,
        scope: &scope,
    };
    let facts = of(&[TargetOrganization::Unknown]);
    let judgement = judge(&subject, &located("PATCH", "/contacts/5"), Some(&facts));
    assert_eq!(judgement.verdict.kind, VerdictKind::Allowed);
}

#[test]
fn a_refusal_says_what_would_be_needed() {
    let scope = OrganizationScope::All;
    let mut rules = GroupRules::uniform(rule(AccessLevel::ReadOnly, true, false));
    let need = |rules: &GroupRules, method: &str, path: &str| {
        let subject = Subject {
            rules,
            scope: &scope,
        };
        needs(&subject, &located(method, path), None)
    };
    let write = need(&rules, "PATCH", "/contacts/5").unwrap();
    assert_eq!(write.group, Some(PermissionGroup::Contacts));
    assert_eq!(write.access, Some(AccessLevel::ReadWrite));
    assert!(!write.deletes);
    assert_eq!(
        write.text,
        "The profile would have to give read-write on Contacts."
    );
    rules.contacts.access = AccessLevel::Disabled;
    let read = need(&rules, "GET", "/contacts/5").unwrap();
    assert_eq!(read.access, Some(AccessLevel::ReadOnly));
    rules.contacts.access = AccessLevel::ReadWrite;
    let delete = need(&rules, "DELETE", "/contacts/5").unwrap();
    assert!(delete.deletes);
    let never = need(&OPEN, "DELETE", "/organizations/5").unwrap();
    assert_eq!((never.group, never.access), (None, None));
    assert_eq!(need(&OPEN, "GET", "/contacts"), None);
}

#[test]
fn a_refusal_by_scope_says_so() {
    let scope = OrganizationScope::Only([OrganizationId(2)].into());
    let subject = Subject {
        rules: &OPEN,
        scope: &scope,
    };
    let need = needs(&subject, &located("GET", "/organizations/9"), None).unwrap();
    assert_eq!(need.group, None);
    assert!(need.text.contains("organization"));
}
