//! What could be read in two ways reaches nothing.

use rstest::rstest;
use serde_json::{Value, json};

use super::support::call;
use crate::policy::{Rejection, locate};

#[rstest]
#[case::hyphens("GET", "/flexible-assets")]
#[case::hyphens_nested("GET", "/organizations/2/relationships/password-folders")]
#[case::id_of_letters("GET", "/contacts/abc")]
#[case::id_with_sign("DELETE", "/contacts/-5")]
#[case::id_with_zero("GET", "/contacts/05")]
#[case::id_of_zero("GET", "/contacts/0")]
#[case::id_overflow("GET", "/contacts/18446744073709551616")]
#[case::id_of_twenty_digits("GET", "/contacts/10000000000000000000")]
#[case::encoded_slash("DELETE", "/organizations%2f5")]
#[case::encoded_dots("DELETE", "/contacts/%2e%2e/organizations/5")]
#[case::dots("DELETE", "/contacts/../organizations/5")]
#[case::double_slash("DELETE", "/contacts//5")]
#[case::network_path("DELETE", "//organizations/5")]
#[case::two_trailing_slashes("DELETE", "/contacts/5//")]
#[case::matrix("DELETE", "/contacts/5;/organizations/5")]
#[case::backslash("DELETE", "/contacts\\..\\organizations\\5")]
#[case::fragment("GET", "/contacts#/organizations")]
#[case::version_prefix("GET", "/v1/contacts")]
#[case::format("GET", "/contacts.json")]
#[case::upper_case("DELETE", "/Organizations/5")]
#[case::organization_nested_delete("DELETE", "/organizations/2/relationships/organizations/5")]
#[case::organization_as_parent("DELETE", "/organizations/2/relationships/attachments")]
#[case::foreign_parent("POST", "/users/2/relationships/attachments")]
#[case::open_parent("GET", "/:resource_type/2/relationships/attachments")]
#[case::template("GET", "/contacts/:id")]
#[case::publish_by_post("POST", "/documents/5/publish")]
#[case::old_sections("GET", "/documents/5/relationships/document_sections")]
#[case::unknown("GET", "/webhooks")]
#[case::no_such_method("POST", "/domains")]
fn a_trick_is_an_unknown_endpoint(#[case] method: &str, #[case] path: &str) {
    assert!(
        matches!(locate(method, path), Err(Rejection::UnknownEndpoint { .. })),
        "{:?}",
        locate(method, path)
    );
}

#[rstest]
#[case("/flexible-assets", "with underscores: /flexible_assets.")]
#[case("/documents/5/publish", "it takes PATCH.")]
#[case("/webhooks", "that Countersign knows.")]
fn an_unknown_endpoint_says_what_would_be_right(#[case] path: &str, #[case] hint: &str) {
    let Err(Rejection::UnknownEndpoint { detail }) = locate("POST", path) else {
        panic!("{path} is known");
    };
    assert!(detail.ends_with(hint), "{detail}");
}

#[rstest]
#[case("delete")]
#[case("PUT")]
#[case("OPTIONS")]
#[case("DELETE ")]
#[case("PATCH\nX: y")]
fn only_plain_methods_are_taken(#[case] method: &str) {
    let Err(Rejection::Invalid(errors)) = locate(method, "/contacts/5") else {
        panic!("{method:?} was taken");
    };
    assert_eq!(errors.first().unwrap().pointer, "/method");
}

#[test]
fn a_single_trailing_slash_is_dropped() {
    let located = locate("DELETE", "/contacts/5/").unwrap();
    assert_eq!(located.route.path, "/contacts/5");
}

#[rstest]
#[case("DELETE", "/contacts?filter[organization_id]=2")]
#[case("PATCH", "/contacts?filter[name]=x")]
#[case("DELETE", "/contacts/5?filter[id]=6")]
#[case("PATCH", "/contacts/5?_method=DELETE")]
#[case("POST", "/contacts?include=passwords")]
#[case("PATCH", "/passwords/5?show_password=true")]
fn a_write_selects_nothing_by_query(#[case] method: &str, #[case] path: &str) {
    let body = json!({"data": [{"type": "contacts", "attributes": {"id": 5, "title": "x"}}]});
    let Err(Rejection::Invalid(errors)) = call(method, path, Some(&body)) else {
        panic!("{path} was taken");
    };
    assert_eq!(errors.first().unwrap().pointer, "/path");
}

#[rstest]
#[case("/contacts?filter[organisation_id]=2")]
#[case("/contacts?page[size]=5&page%5Bsize%5D=6")]
#[case("/contacts?filter[organization_id]=2&filter[organization-id]=3")]
#[case("/contacts/5?filter[organization_id]=2")]
#[case("/contacts/5?include=authorized_users")]
fn an_unclear_query_of_a_read_is_refused(#[case] path: &str) {
    assert!(matches!(
        call("GET", path, None),
        Err(Rejection::InvalidQuery(_))
    ));
}

#[rstest]
#[case::nothing("DELETE", "/contacts", None)]
#[case::null("DELETE", "/contacts", Some(json!(null)))]
#[case::no_data("DELETE", "/contacts", Some(json!({})))]
#[case::null_data("DELETE", "/contacts", Some(json!({"data": null})))]
#[case::empty("DELETE", "/contacts", Some(json!({"data": []})))]
#[case::no_id("DELETE", "/contacts", Some(json!({"data": [{"type": "contacts"}]})))]
#[case::null_id("DELETE", "/contacts", Some(json!({"data": [{"type": "contacts", "id": null}]})))]
#[case::empty_object("DELETE", "/contacts", Some(json!({"data": {}})))]
#[case::update_of_nothing("PATCH", "/contacts", Some(json!({"data": []})))]
#[case::update_of_no_one("PATCH", "/contacts", Some(json!({"data": {"type": "contacts", "attributes": {"title": "x"}}})))]
#[case::nested("DELETE", "/organizations/2/relationships/contacts", None)]
fn a_bulk_write_without_ids_is_refused(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: Option<Value>,
) {
    assert!(matches!(
        call(method, path, body.as_ref()),
        Err(Rejection::Invalid(_))
    ));
}

#[rstest]
#[case("GET", "/contacts/5")]
#[case("GET", "/passwords/5?show_password=true")]
#[case("DELETE", "/contacts/5")]
#[case("PATCH", "/documents/5/publish")]
fn what_takes_no_body_is_given_none(#[case] method: &str, #[case] path: &str) {
    let body = json!({"data": {"type": "contacts", "attributes": {"title": "x"}}});
    let Err(Rejection::Invalid(errors)) = call(method, path, Some(&body)) else {
        panic!("{path} took a body");
    };
    assert_eq!(errors.first().unwrap().pointer, "/body");
    assert!(call(method, path, Some(&Value::Null)).is_ok());
}
