//! Reads of agents that are limited to some organizations.

use proptest::prelude::*;
use proptest::sample::select;
use rstest::rstest;
use serde_json::{Value, json};

use super::support::{OPEN, located, paths};
use crate::domain::{
    Facts, Method, OrganizationId, OrganizationScope, RecordId, TargetOrganization, VerdictKind,
};
use crate::policy::catalogue::{Endpoint, endpoints};
use crate::policy::{Home, Located, Reach, Subject, homes, judge, underscored};

fn own() -> OrganizationScope {
    OrganizationScope::Only([2, 3].map(OrganizationId).into())
}

fn known(id: u64) -> Home {
    Home::Of(TargetOrganization::Known(OrganizationId(id)))
}

fn where_is(kind: &str, id: u64) -> Home {
    Home::WhereIs(kind.to_owned(), RecordId(id))
}

const UNKNOWN: Home = Home::Of(TargetOrganization::Unknown);

fn query(located: &Located) -> String {
    let pairs = located.route.query.iter();
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join("&")
}

#[rstest]
#[case(
    "/flexible-assets?filter[flexible-asset-type-id]=5",
    "/flexible_assets?filter[flexible-asset-type-id]=5"
)]
#[case(
    "/organizations/2/relationships/password-folders",
    "/organizations/2/relationships/password_folders"
)]
#[case("/contacts/5?sort=-name", "/contacts/5?sort=-name")]
#[case("?a-b", "?a-b")]
#[case("", "")]
fn hyphens_of_a_path_mean_underscores(#[case] given: &str, #[case] read: &str) {
    assert_eq!(underscored(given), read);
}

#[rstest]
#[case("/contacts", "filter[organization_id]=2,3")]
#[case(
    "/contacts?filter[last_name]=Reyes",
    "filter[last_name]=Reyes&filter[organization_id]=2,3"
)]
#[case("/organizations", "filter[id]=2,3")]
#[case("/organizations?filter[name]=Acme", "filter[id]=2,3&filter[name]=Acme")]
#[case("/passwords", "filter[organization_id]=2,3&show_password=false")]
fn a_list_of_everything_is_asked_for_own_organizations(#[case] path: &str, #[case] sent: &str) {
    let limited = located("GET", path).limited_to(&own());
    assert_eq!(query(&limited), sent);
    assert_eq!(limited.reach, Reach::Named);
}

#[rstest]
#[case::one("/contacts/5")]
#[case::named("/contacts?filter[organization_id]=3")]
#[case::nested("/organizations/2/relationships/contacts")]
#[case::lookup("/countries")]
#[case::without_a_filter("/configuration_interfaces")]
#[case::without_a_filter("/documents")]
#[case::without_a_filter("/document_images")]
#[case::without_a_filter("/password_folders")]
fn any_other_read_stays_as_it_is(#[case] path: &str) {
    let before = located("GET", path);
    let after = before.clone().limited_to(&own());
    assert_eq!((&before.route, before.reach), (&after.route, after.reach));
    let all = located("GET", "/contacts").limited_to(&OrganizationScope::All);
    assert_eq!(query(&all), "");
}

#[rstest]
#[case("/contacts/5", json!({"data": {"type": "contacts", "attributes": {"organization-id": 9}}}), vec![known(9)])]
#[case("/contacts/5", json!({"data": {"type": "contacts", "attributes": {"organization_id": "9"}}}), vec![known(9)])]
#[case("/contacts/5", json!({"data": {"type": "contacts", "attributes": {"organization-id": null}}}), vec![UNKNOWN])]
#[case("/contacts/5", json!({"data": {"type": "contacts"}}), vec![UNKNOWN])]
#[case("/organizations/2", json!({"data": {"id": "9", "type": "organizations"}}), vec![known(9)])]
#[case("/organizations", json!({"data": [{"id": "2"}, {}]}), vec![known(2), UNKNOWN])]
#[case("/contacts?filter[organization_id]=2", json!({"data": []}), vec![])]
#[case("/configuration_interfaces/5", json!({"data": {"attributes": {"configuration-id": 7}}}), vec![where_is("configurations", 7)])]
#[case("/configuration_interfaces/5", json!({"data": {"attributes": {}}}), vec![UNKNOWN])]
#[case("/document_images/5", json!({"data": {"attributes": {}}}), vec![UNKNOWN])]
#[case(
    "/documents/7/relationships/sections/5",
    json!({"data": {"attributes": {"document-id": 8}}}),
    vec![where_is("documents", 7), where_is("documents", 8)]
)]
#[case(
    "/passwords/7/relationships/attachments",
    json!({"data": [{"type": "attachments", "attributes": {}}]}),
    vec![where_is("passwords", 7)]
)]
#[case(
    "/passwords/7/relationships/attachments/5",
    json!({"data": {"type": "attachments", "attributes": {}}}),
    vec![Home::Listed(RecordId(5)), where_is("passwords", 7)]
)]
#[case(
    "/contacts/7/relationships/related_items",
    json!({"data": [{"attributes": {"destination-type": "Flexible Asset", "destination-id": 4}}]}),
    vec![where_is("contacts", 7), where_is("flexible_assets", 4)]
)]
#[case(
    "/contacts/7/relationships/related_items",
    json!({"data": [{"attributes": {"destination-type": "Martian", "destination-id": 4}}]}),
    vec![UNKNOWN, where_is("contacts", 7)]
)]
#[case("/countries/5", json!({"data": {"type": "countries"}}), vec![])]
fn a_record_is_at_home_where_it_says(
    #[case] path: &str,
    #[case] document: Value,
    #[case] expected: Vec<Home>,
) {
    let found: Vec<Home> = homes(&located("GET", path), &document)
        .into_iter()
        .collect();
    let mut expected = expected;
    expected.sort();
    assert_eq!(found, expected);
}

#[rstest]
#[case(
    "/passwords/7/relationships/attachments/5",
    Some("/passwords/7/relationships/attachments")
)]
#[case("/passwords/7/relationships/attachments", None)]
#[case("/organizations/2/relationships/contacts/5", None)]
#[case("/contacts/5", None)]
fn a_single_record_stands_in_the_list_of_its_path(#[case] path: &str, #[case] list: Option<&str>) {
    let found = located("GET", path).siblings();
    assert_eq!(found.as_ref().map(|route| route.path.as_str()), list);
    let whole = [("page[size]".to_owned(), "1000".to_owned())];
    assert!(found.is_none_or(|route| route.query == whole));
}

#[test]
fn what_comes_along_has_a_home_of_its_own() {
    let contact = json!({"type": "contacts", "attributes": {"organization-id": 2}});
    let document = |included: Value| json!({"data": contact.clone(), "included": [included]});
    let found = |included: Value| {
        let located = located("GET", "/contacts/5?include=passwords,attachments");
        homes(&located, &document(included))
    };
    let foreign = json!({"type": "passwords", "attributes": {"organization-id": 9}});
    assert!(found(foreign).contains(&known(9)));
    let nameless = json!({"type": "passwords", "attributes": {}});
    assert!(found(nameless).contains(&UNKNOWN));
    let hanging = json!({"type": "attachments", "attributes": {"name": "x"}});
    assert_eq!(found(hanging).into_iter().collect::<Vec<_>>(), [known(2)]);
}

fn readable() -> impl Strategy<Value = &'static Endpoint> {
    let reads = endpoints().iter();
    let reads = reads.filter(|endpoint| endpoint.method == Method::Get && !endpoint.is_sealed());
    select(reads.collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn nothing_of_a_foreign_or_unknown_organization_is_handed_out(
        endpoint in readable(),
        is_known in any::<bool>(),
        position in 0..3_usize,
    ) {
        prop_assume!(!endpoint.account_wide);
        for path in paths(endpoint, 7, 2) {
            let read = located("GET", &path).limited_to(&own());
            let home = if is_known { 2 } else { 3 };
            let mut records = vec![json!({"id": home.to_string(), "type": read.resource().unwrap().json_type,
                "attributes": {"organization-id": home}}); 3];
            records[position] = json!({"id": "9", "type": read.resource().unwrap().json_type,
                "attributes": if is_known { json!({"organization-id": 9}) } else { json!({}) }});
            // What hangs on a record is judged by that record, and here it is of nobody.
            let organizations = homes(&read, &json!({"data": records})).into_iter().map(|home| match home {
                Home::Of(organization) => organization,
                Home::WhereIs(..) | Home::Listed(_) => TargetOrganization::Unknown,
            });
            let facts = Facts { organizations: organizations.collect(), ..Facts::default() };
            let (rules, scope) = (OPEN, own());
            let subject = Subject { rules: &rules, scope: &scope };
            let verdict = judge(&subject, &read, Some(&facts)).verdict;
            let by_path = path.starts_with("/organizations/2/") && !facts.organizations.contains(&TargetOrganization::Unknown)
                && !facts.organizations.contains(&TargetOrganization::Known(OrganizationId(9)));
            prop_assert!(verdict.kind == VerdictKind::Refused || by_path, "{path}: {facts:?}");
        }
    }
}
