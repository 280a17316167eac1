//! Bulk writes are taken apart into requests about one record each.

use rstest::rstest;
use serde_json::{Value, json};

use super::support::{call, pointers};
use crate::domain::{ItemClass, ItemRequest, Operation, RecordId};

fn items(method: &str, path: &str, body: &Value) -> Vec<ItemRequest> {
    call(method, path, Some(body)).unwrap().items
}

#[test]
fn a_bulk_update_goes_out_record_by_record() {
    let body = json!({"data": [
        {"type": "contacts", "attributes": {"id": 5, "title": "a"}},
        {"type": "contacts", "id": "6", "attributes": {"title": "b"}},
    ]});
    let items = items("PATCH", "/contacts", &body);
    let routes: Vec<String> = items.iter().map(|item| item.route.to_string()).collect();
    assert_eq!(routes, ["PATCH /contacts/5", "PATCH /contacts/6"]);
    let first = items.first().unwrap();
    assert_eq!(first.record_id, Some(RecordId(5)));
    assert_eq!(first.class, ItemClass::Set);
    assert_eq!(
        first.body,
        Some(json!({"data": {"type": "contacts", "attributes": {"title": "a"}}}))
    );
}

#[test]
fn where_only_the_bulk_form_is_confirmed_an_array_of_one_goes_out() {
    let body = json!({"data": [
        {"type": "contacts", "attributes": {"id": 5}},
        {"type": "contacts", "id": 6},
    ]});
    let items = items("DELETE", "/contacts", &body);
    let second = items.last().unwrap();
    assert_eq!(second.route.to_string(), "DELETE /contacts");
    assert_eq!(second.record_id, Some(RecordId(6)));
    assert_eq!(second.class, ItemClass::Remove);
    assert_eq!(second.operation, Operation::Delete);
    assert_eq!(
        second.body,
        Some(json!({"data": [{"type": "contacts", "attributes": {"id": 6}}]}))
    );
}

#[test]
fn a_bulk_delete_with_a_confirmed_single_route_has_no_body() {
    let body = json!({"data": [{"type": "passwords", "attributes": {"id": 5}}]});
    let items = items("DELETE", "/passwords", &body);
    let item = items.first().unwrap();
    assert_eq!(item.route.to_string(), "DELETE /passwords/5");
    assert_eq!(item.body, None);
}

#[test]
fn attachments_are_deleted_under_their_record() {
    let body = json!({"data": {"type": "attachments", "attributes": {"id": 9}}});
    let path = "/contacts/5/relationships/attachments";
    let items = items("DELETE", path, &body);
    let item = items.first().unwrap();
    assert_eq!(item.route.path, path);
    assert_eq!(item.parent, Some(("contacts".to_owned(), RecordId(5))));
    assert_eq!(item.record_id, Some(RecordId(9)));
}

#[test]
fn a_bulk_create_goes_out_record_by_record() {
    let body = json!({"data": [
        {"type": "contacts", "attributes": {"first-name": "Ann"}},
        {"type": "contacts", "attributes": {"first-name": "Bob"}},
    ]});
    let path = "/organizations/2/relationships/contacts";
    let items = items("POST", path, &body);
    assert_eq!(items.len(), 2);
    for item in &items {
        assert_eq!(item.route.path, path);
        assert_eq!(item.class, ItemClass::Once);
        assert_eq!(item.record_id, None);
        assert!(item.attributes().is_some());
        assert!(item.body.as_ref().unwrap()["data"].is_object());
    }
}

#[test]
fn flexible_assets_are_created_in_bulk_under_an_organization_only() {
    let asset = json!({"type": "flexible-assets", "attributes": {
        "organization-id": 2, "flexible-asset-type-id": 3, "traits": {"a": 1},
    }});
    let body = json!({"data": [asset]});
    assert_eq!(pointers("POST", "/flexible_assets", &body), ["/body/data"]);
    let nested = "/organizations/2/relationships/flexible_assets";
    assert_eq!(items("POST", nested, &body).len(), 1);
}

#[rstest]
#[case(50, true)]
#[case(51, false)]
fn fifty_records_are_the_most(#[case] count: u64, #[case] taken: bool) {
    let data: Vec<Value> = (1..=count)
        .map(|id| json!({"type": "contacts", "attributes": {"id": id, "title": "x"}}))
        .collect();
    let body = json!({"data": data});
    assert_eq!(call("PATCH", "/contacts", Some(&body)).is_ok(), taken);
}

#[rstest]
#[case::same(json!(5), json!("5"))]
#[case::same_number(json!(5), json!(5))]
fn the_same_record_twice_is_refused(#[case] first: Value, #[case] second: Value) {
    let body = json!({"data": [
        {"type": "contacts", "id": first, "attributes": {"title": "a"}},
        {"type": "contacts", "attributes": {"id": second, "title": "b"}},
    ]});
    assert_eq!(pointers("PATCH", "/contacts", &body), ["/body/data/1"]);
}

#[test]
fn every_bad_record_is_named() {
    let body = json!({"data": [
        {"type": "contacts", "attributes": {"title": "a"}},
        {"type": "passwords", "attributes": {"id": 6, "title": "b"}},
        {"type": "contacts", "id": 7, "attributes": {"id": 8, "title": "c"}},
    ]});
    assert_eq!(
        pointers("PATCH", "/contacts", &body),
        [
            "/body/data/0/id",
            "/body/data/1/type",
            "/body/data/2/attributes/id"
        ]
    );
}

#[test]
fn a_delete_names_ids_only() {
    let body = json!({"data": [{"type": "contacts", "attributes": {"id": 5, "title": "a"}}]});
    let found = pointers("DELETE", "/contacts", &body);
    assert_eq!(found, ["/body/data/0/attributes/title"]);
}

#[rstest]
#[case("DELETE", "/contacts/5", Operation::Delete, ItemClass::Remove)]
#[case("PATCH", "/documents/5/publish", Operation::Publish, ItemClass::Once)]
#[case("DELETE", "/document_images/5", Operation::Delete, ItemClass::Remove)]
fn a_write_without_body_is_one_item(
    #[case] method: &str,
    #[case] path: &str,
    #[case] operation: Operation,
    #[case] class: ItemClass,
) {
    let classified = call(method, path, None).unwrap();
    let [item] = classified.items.as_slice() else {
        panic!("{:?}", classified.items);
    };
    assert_eq!(item.operation, operation);
    assert_eq!(item.class, class);
    assert_eq!(item.record_id, Some(RecordId(5)));
    assert_eq!(item.body, None);
}

#[test]
fn a_plain_read_has_no_items() {
    let classified = call("GET", "/contacts/5", None).unwrap();
    assert!(classified.items.is_empty());
    assert_eq!(classified.located.route.to_string(), "GET /contacts/5");
}
