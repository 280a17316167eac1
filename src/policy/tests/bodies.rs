//! What a body may say, and where the error points when it says something else.

use rstest::rstest;
use serde_json::{Value, json};

use super::support::{call, pointers};

const CONTACT: &str = "/contacts/5";

fn contact(attributes: &Value) -> Value {
    json!({"data": {"type": "contacts", "attributes": attributes}})
}

#[rstest]
#[case::not_an_object(json!([]), "/body")]
#[case::text(json!("x"), "/body")]
#[case::included(json!({"data": {"type": "contacts", "attributes": {"title": "x"}}, "included": []}), "/body/included")]
#[case::meta(json!({"data": {}, "meta": {}}), "/body/meta")]
#[case::links(json!({"data": {}, "links": {}}), "/body/links")]
#[case::capital(json!({"Data": {}}), "/body/Data")]
#[case::slash_in_key(json!({"data": {}, "a/b~": 1}), "/body/a~1b~0")]
#[case::array(json!({"data": [{"type": "contacts", "attributes": {"title": "x"}}]}), "/body/data")]
#[case::no_type(json!({"data": {"attributes": {"title": "x"}}}), "/body/data/type")]
#[case::other_type(json!({"data": {"type": "passwords", "attributes": {"title": "x"}}}), "/body/data/type")]
#[case::capital_type(json!({"data": {"type": "Contacts", "attributes": {"title": "x"}}}), "/body/data/type")]
#[case::type_of_number(json!({"data": {"type": 5, "attributes": {"title": "x"}}}), "/body/data/type")]
#[case::other_id(json!({"data": {"type": "contacts", "id": "6", "attributes": {"title": "x"}}}), "/body/data/id")]
#[case::other_inner_id(json!({"data": {"type": "contacts", "attributes": {"id": 6, "title": "x"}}}), "/body/data/attributes/id")]
#[case::null_id(json!({"data": {"type": "contacts", "id": null, "attributes": {"title": "x"}}}), "/body/data/id")]
#[case::fraction(json!({"data": {"type": "contacts", "id": 5.0, "attributes": {"title": "x"}}}), "/body/data/id")]
#[case::padded(json!({"data": {"type": "contacts", "id": "05", "attributes": {"title": "x"}}}), "/body/data/id")]
#[case::unknown_member(json!({"data": {"type": "contacts", "Attributes": {}, "attributes": {"title": "x"}}}), "/body/data/Attributes")]
#[case::relationship(json!({"data": {"type": "contacts", "attributes": {"title": "x"}, "relationships": {"location": {"data": []}}}}), "/body/data/relationships/location")]
#[case::no_attributes(json!({"data": {"type": "contacts", "id": "5"}}), "/body/data/attributes")]
#[case::only_the_id(contact(&json!({"id": 5})), "/body/data/attributes")]
#[case::attributes_of_text(contact(&json!("x")), "/body/data/attributes")]
#[case::twice_folded(contact(&json!({"first_name": "a", "first-name": "b"})), "/body/data/attributes/first_name")]
#[case::capital_attribute(contact(&json!({"First-Name": "a"})), "/body/data/attributes/First-Name")]
#[case::odd_attribute(contact(&json!({"first name": "a"})), "/body/data/attributes/first name")]
#[case::bracket(contact(&json!({"first-name[]": "a"})), "/body/data/attributes/first-name[]")]
#[case::bad_reference(contact(&json!({"contact-type-id": "x"})), "/body/data/attributes/contact-type-id")]
#[case::reference_of_zero(contact(&json!({"contact_type_id": 0})), "/body/data/attributes/contact_type_id")]
#[case::reference_list(contact(&json!({"location-id": [1]})), "/body/data/attributes/location-id")]
fn a_body_that_says_something_else_is_refused(#[case] body: Value, #[case] pointer: &str) {
    assert!(
        pointers("PATCH", CONTACT, &body).contains(&pointer.to_owned()),
        "{:?}",
        pointers("PATCH", CONTACT, &body)
    );
}

#[test]
fn keys_that_collapse_inside_traits_are_refused() {
    let body = json!({"data": {"type": "flexible-assets", "attributes": {
        "traits": {"admin_login": "a", "admin-login": "b"},
    }}});
    let found = pointers("PATCH", "/flexible_assets/5", &body);
    assert_eq!(found, ["/body/data/attributes/traits/admin_login"]);
}

#[test]
fn nesting_without_end_is_refused() {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert!(!pointers("PATCH", CONTACT, &contact(&json!({"notes": deep}))).is_empty());
}

#[test]
fn a_body_comes_out_canonical() {
    let body = json!({"data": {"type": "flexible_assets", "id": 5, "attributes": {
        "id": "5",
        "organization_id": "2",
        "flexible-asset-type-id": 12,
        "traits": {"Admin_Login": {"in_ner": 1}, "tag-list": ["7"], "gone": null},
    }, "relationships": {}}});
    let classified = call("PATCH", "/flexible_assets/5/", Some(&body)).unwrap();
    let [item] = classified.items.as_slice() else {
        panic!("{:?}", classified.items);
    };
    assert_eq!(item.route.to_string(), "PATCH /flexible_assets/5");
    assert_eq!(
        item.body,
        Some(json!({"data": {"type": "flexible-assets", "attributes": {
            "organization-id": 2,
            "flexible-asset-type-id": 12,
            "traits": {"Admin_Login": {"in_ner": 1}, "tag-list": ["7"], "gone": null},
        }}}))
    );
}

#[rstest]
#[case::same(json!(2), true)]
#[case::same_text(json!("2"), true)]
#[case::another(json!(3), false)]
#[case::none(json!(null), false)]
fn the_organization_in_the_body_is_the_one_in_the_path(#[case] id: Value, #[case] taken: bool) {
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization_id": id, "first-name": "Ann",
    }}});
    let path = "/organizations/2/relationships/contacts";
    assert_eq!(call("POST", path, Some(&body)).is_ok(), taken);
}

#[test]
fn other_parents_are_compared_too() {
    let body = json!({"data": {"type": "configuration-interfaces", "attributes": {
        "configuration-id": 6, "name": "eth0",
    }}});
    let path = "/configurations/5/relationships/configuration_interfaces";
    let found = pointers("POST", path, &body);
    assert_eq!(found, ["/body/data/attributes/configuration-id"]);
}

#[rstest]
#[case("/contacts", "contacts", json!({"first-name": "Ann"}), "organization-id")]
#[case("/contacts", "contacts", json!({"organization-id": 2, "first-name": null}), "first-name")]
#[case("/configurations", "configurations", json!({"organization-id": 2, "name": "x"}), "configuration-type-id")]
#[case("/documents/5/relationships/sections", "document-sections", json!({"content": "x"}), "resource-type")]
fn what_is_required_on_create_is_asked_for(
    #[case] path: &str,
    #[case] json_type: &str,
    #[case] attributes: Value,
    #[case] missing: &str,
) {
    let body = json!({"data": {"type": json_type, "attributes": attributes}});
    let found = pointers("POST", path, &body);
    assert_eq!(found, [format!("/body/data/attributes/{missing}")]);
}

#[test]
fn a_new_record_has_no_id() {
    let body = json!({"data": {"type": "contacts", "id": "5", "attributes": {
        "organization-id": 2, "first-name": "Ann",
    }}});
    assert_eq!(pointers("POST", "/contacts", &body), ["/body/data/id"]);
}

#[test]
fn declared_children_are_created_along() {
    let body = json!({"data": {"type": "flexible_asset_types",
        "attributes": {"name": "Applications"},
        "relationships": {"flexible_asset_fields": {"data": [
            {"type": "flexible_asset_fields", "attributes": {"name": "Vendor", "kind": "Text", "show_in_list": true}},
        ]}},
    }});
    let classified = call("POST", "/flexible_asset_types", Some(&body)).unwrap();
    assert_eq!(
        classified.items.first().unwrap().body.as_ref().unwrap()["data"]["relationships"],
        json!({"flexible-asset-fields": {"data": [
            {"type": "flexible-asset-fields", "attributes": {"name": "Vendor", "kind": "Text", "show-in-list": true}},
        ]}})
    );
}

#[rstest]
#[case::by_id(json!({"data": [{"type": "configuration-interfaces", "id": "7"}]}))]
#[case::with_id(json!({"data": [{"type": "configuration-interfaces", "attributes": {"id": 7, "name": "x"}}]}))]
#[case::of_another(json!({"data": [{"type": "configuration-interfaces", "attributes": {"configuration_id": 7, "name": "x"}}]}))]
#[case::other_type(json!({"data": [{"type": "passwords", "attributes": {"name": "x"}}]}))]
#[case::grandchildren(json!({"data": [{"type": "configuration-interfaces", "attributes": {"name": "x"}, "relationships": {}}]}))]
#[case::beside_data(json!({"data": [{"type": "configuration-interfaces", "attributes": {"name": "x"}}], "meta": {}}))]
#[case::one(json!({"data": {"type": "configuration-interfaces", "attributes": {"name": "x"}}}))]
#[case::none(json!({"data": []}))]
fn children_are_new_records_and_nothing_else(#[case] children: Value) {
    let body = json!({"data": {"type": "configurations",
        "attributes": {"organization-id": 2, "configuration-type-id": 3, "name": "srv"},
        "relationships": {"configuration_interfaces": children},
    }});
    let found = pointers("POST", "/configurations", &body);
    assert!(
        found
            .iter()
            .all(|pointer| pointer.starts_with("/body/data/relationships/configuration_interfaces")),
        "{found:?}"
    );
}

#[test]
fn children_come_with_a_create_only() {
    let body = json!({"data": {"type": "configurations", "attributes": {"name": "srv"},
        "relationships": {"configuration_interfaces": {"data": [
            {"type": "configuration-interfaces", "attributes": {"name": "x"}},
        ]}},
    }});
    let found = pointers("PATCH", "/configurations/5", &body);
    assert_eq!(found, ["/body/data/relationships/configuration_interfaces"]);
}

#[test]
fn a_related_item_names_a_known_kind() {
    let body = json!({"data": {"type": "related-items", "attributes": {
        "destination-type": "User", "destination-id": 9,
    }}});
    let found = pointers("POST", "/contacts/5/relationships/related_items", &body);
    assert_eq!(found, ["/body/data/attributes/destination-type"]);
}
