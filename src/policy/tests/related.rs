//! Related items that lead to what a profile does not let be read.

use rstest::rstest;
use serde_json::{Value, json};

use super::support::{OPEN, located};
use crate::domain::json::Tree;
use crate::domain::{AccessLevel, GroupRules};
use crate::policy::keep_readable;

const INCLUDED: &str = "/configurations/701?include=related_items";
const LISTED: &str = "/configurations/701/relationships/related_items";

fn without_passwords() -> GroupRules {
    let mut rules = OPEN;
    rules.passwords.access = AccessLevel::Disabled;
    rules
}

fn kept(rules: &GroupRules, path: &str, document: &Value) -> Value {
    let mut tree = Tree::from(document);
    keep_readable(rules, &located("GET", path), &mut tree);
    tree.into()
}

fn item(attributes: &Value) -> Value {
    json!({"id": "981", "type": "related-items", "attributes": attributes})
}

#[rstest]
#[case::password(json!({"destination-type": "Password", "destination-name": "Domain admin"}))]
#[case::underscored(json!({"destination_type": "Password"}))]
#[case::plural(json!({"destination-type": "passwords"}))]
#[case::folder(json!({"destination-type": "PasswordFolder"}))]
#[case::other_end(json!({"destination-type": "Contact", "resource-type": "Password"}))]
#[case::unknown(json!({"destination-type": "Martian"}))]
#[case::no_name(json!({"destination-type": 7}))]
#[case::says_nothing(json!({"name": "Domain admin"}))]
#[case::null(json!({"destination-type": null}))]
fn one_that_leads_to_a_closed_group_or_nowhere_known_is_taken_out(#[case] attributes: Value) {
    let item = item(&attributes);
    let rules = without_passwords();
    let included = json!({"data": {"id": "701"}, "included": [item]});
    assert_eq!(kept(&rules, INCLUDED, &included)["included"], json!([]));
    let listed = json!({"data": [item]});
    assert_eq!(kept(&rules, LISTED, &listed)["data"], json!([]));
    let one = json!({"data": item});
    assert_eq!(kept(&rules, LISTED, &one)["data"], Value::Null);
    assert_eq!(kept(&OPEN, INCLUDED, &included), included);
    assert_eq!(kept(&OPEN, LISTED, &listed), listed);
}

#[rstest]
#[case(json!({"destination-type": "Contact", "resource-type": "configurations"}))]
#[case(json!({"destination-type": "Flexible Asset", "resource-type": null}))]
#[case(json!({"destination-type": "flexible-assets"}))]
#[case(json!({"destination-type": "SSL Certificate"}))]
fn one_that_leads_to_open_groups_stays(#[case] attributes: Value) {
    let rules = without_passwords();
    let included = json!({"data": {"id": "701"}, "included": [item(&attributes)]});
    assert_eq!(kept(&rules, INCLUDED, &included), included);
    let listed = json!({"data": [item(&attributes)]});
    assert_eq!(kept(&rules, LISTED, &listed), listed);
}

#[test]
fn what_else_came_along_is_held_to_its_own_group() {
    let password = json!({"id": "601", "type": "passwords", "attributes": {"name": "x"}});
    let version = json!({"id": "5", "type": "recent-versions",
        "attributes": {"item-type": "Configuration", "event": "update"}});
    let nameless = json!({"id": "6", "type": "related-item",
        "attributes": {"destination-type": "Password"}});
    let document = json!({"data": {"id": "701"}, "included": [password, version, nameless]});
    let rules = without_passwords();
    assert_eq!(
        kept(&rules, INCLUDED, &document)["included"],
        json!([version])
    );
    let other_read = "/configurations/701?include=recent_versions";
    assert_eq!(kept(&rules, other_read, &document), document);
}

#[test]
fn what_was_taken_out_is_no_relationship_either() {
    let identifier = |id: &str| json!({"id": id, "type": "related-items"});
    let relationships =
        |items: Value| json!({"related-items": {"data": items}, "location": {"data": null}});
    let mut contact = item(&json!({"destination-type": "Contact"}));
    contact["id"] = json!("982");
    let document = json!({
        "data": {"id": "701", "relationships": relationships(json!([identifier("981"), identifier("982")]))},
        "included": [item(&json!({"destination-type": "Password"})), contact],
    });
    assert_eq!(
        kept(&without_passwords(), INCLUDED, &document),
        json!({
            "data": {"id": "701", "relationships": relationships(json!([identifier("982")]))},
            "included": [contact],
        })
    );
}

#[test]
fn a_document_of_another_shape_is_left_alone() {
    let rules = without_passwords();
    for document in [
        json!(null),
        json!([]),
        json!({"included": {}}),
        json!({"data": "x"}),
    ] {
        kept(&rules, INCLUDED, &document);
        kept(&rules, LISTED, &document);
    }
}
