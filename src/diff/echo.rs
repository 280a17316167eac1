//! What clients send back with a whole record although IT Glue makes it itself: names beside ids, times,
//! addresses.
//!
//! An attribute that IT Glue ignores and that was meant to change is no echo. It reads, and shows that
//! nothing came of it: the body of a document, a name without what it is made from.

use serde_json::Value;

use super::body;
use super::census::parent_id;
use super::place::Place;
use crate::domain::{ItemRequest, Record, ResourceKind};

/// What the name of a contact or of a flexible asset is made from.
const MAKE_A_NAME: [&str; 3] = ["first-name", "last-name", "traits"];

/// Whether what was sent cannot have been meant to change: IT Glue makes it itself, and it is as it was
/// before, nobody's to set, or follows from another value that was sent and is looked at on its own.
pub(super) fn is_echo(
    kind: &ResourceKind,
    request: &ItemRequest,
    before: Option<&Record>,
    attribute: &str,
    value: &Value,
) -> bool {
    let twin = twin_of(kind, attribute);
    if twin.is_none() && !kind.read_only.contains(attribute) {
        return false;
    }
    let says = |source: &str| {
        body::sent_value(request, source).is_some() || parent_id(kind, request, source).is_some()
    };
    let follows = match attribute {
        "name" => MAKE_A_NAME.into_iter().any(says),
        _ => twin.is_some_and(says),
    };
    let present = before.and_then(|before| before.attributes.get(attribute));
    let place = Place::Attribute(attribute.to_owned());
    let is_as_before = present.is_some_and(|present| place.same(kind, present, value));
    is_as_before || is_nobodys_to_set(attribute) || follows
}

/// The reference that a name says in words, `manufacturer-id` of `manufacturer-name`, also of
/// `organization-short-name` and `configuration-type-kind`.
fn twin_of<'k>(kind: &'k ResourceKind, attribute: &str) -> Option<&'k str> {
    let stem = ["-short-name", "-name", "-kind"]
        .into_iter()
        .find_map(|ending| attribute.strip_suffix(ending))?;
    let mut references = kind.references.keys().map(String::as_str);
    references.find(|reference| reference.strip_suffix("-id") == Some(stem))
}

/// Times and addresses of the record. Of the attributes that IT Glue makes itself only.
fn is_nobodys_to_set(attribute: &str) -> bool {
    attribute.ends_with("-at") || attribute.ends_with("-url")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::{fixtures, verify};
    use crate::domain::RecordId;

    /// A configuration kind with a name of every sort that IT Glue makes.
    fn configurations() -> ResourceKind {
        let mut kind = fixtures::configurations();
        let made = [
            "manufacturer-name",
            "organization-short-name",
            "configuration-type-kind",
        ];
        kind.read_only.extend(made.map(str::to_owned));
        let references = [
            "organization",
            "manufacturer",
            "configuration-type",
            "location",
        ];
        kind.references = references
            .map(|name| (format!("{name}-id"), format!("{name}s")))
            .into();
        kind
    }

    fn configuration() -> Record {
        fixtures::record(
            "configurations",
            701,
            json!({
                "organization-id": 2, "organization-name": "Acme",
                "organization-short-name": "acme", "configuration-type-id": 5,
                "configuration-type-kind": "server", "manufacturer-id": 8,
                "manufacturer-name": "Dell", "location-id": 31, "location-name": "Dallas HQ",
                "name": "ACME-DC1", "created-at": "2020-01-01T00:00:00.000Z",
                "resource-url": "https://acme.itglue.com/2/configurations/701"
            }),
        )
    }

    fn differing(
        kind: &ResourceKind,
        request: &ItemRequest,
        before: Option<&Record>,
        after: &Record,
    ) -> Vec<String> {
        let differences = verify(kind, request, before, after, None).differences;
        let mut pointers: Vec<String> =
            differences.into_iter().map(|found| found.pointer).collect();
        pointers.sort_unstable();
        pointers
    }

    #[rstest]
    #[case::whole_record(json!({
        "manufacturer-id": 9, "manufacturer-name": "Dell", "organization-name": "Acme",
        "created_at": "2020-01-01T00:00:00.000Z", "organization_short_name": "acme"}))]
    #[case::new_name_beside_its_id(json!({"manufacturer-id": 9, "manufacturer-name": "Hewlett"}))]
    #[case::older_time(json!({"name": "ACME-DC1", "created-at": "2019-05-05T00:00:00.000Z"}))]
    #[case::older_address(json!({"name": "ACME-DC1", "resource-url": "https://old.example/1"}))]
    #[case::name_that_the_catalogue_does_not_list(json!({"location-id": 31, "location-name": "HQ"}))]
    fn what_it_glue_makes_itself_is_no_difference(#[case] attributes: Value) {
        let sent = json!({"data": {"type": "configurations", "attributes": attributes}});
        let request = fixtures::patch("configurations", 701, sent);
        let mut after = configuration();
        if attributes.get("manufacturer-id").is_some() {
            after.attributes["manufacturer-id"] = json!(9);
            after.attributes["manufacturer-name"] = json!("HP");
        }
        let found = differing(&configurations(), &request, Some(&configuration()), &after);
        assert_eq!(found, Vec::<String>::new());
    }

    #[rstest]
    #[case::name_without_its_id(json!({"manufacturer-name": "HP"}), "manufacturer-name")]
    #[case::owner_by_name(json!({"organization-name": "Other"}), "organization-name")]
    #[case::id_beside_its_name(
        json!({"manufacturer-id": 9, "manufacturer-name": "HP"}), "manufacturer-id")]
    #[case::what_is_written(json!({"name": "ACME-DC2"}), "name")]
    fn what_was_meant_to_change_and_did_not_is_a_difference(
        #[case] attributes: Value,
        #[case] differs: &str,
    ) {
        let sent = json!({"data": {"type": "configurations", "attributes": attributes}});
        let request = fixtures::patch("configurations", 701, sent);
        let record = configuration();
        let found = differing(&configurations(), &request, Some(&record), &record);
        assert_eq!(found, [format!("/data/attributes/{differs}")]);
    }

    #[test]
    fn a_copy_of_another_record_is_as_sent() {
        let mut copy = configuration().attributes;
        copy["organization-id"] = json!(3);
        copy["name"] = json!("BETA-DC1");
        let sent = json!({"data": {"type": "configurations", "attributes": copy}});
        let mut request = fixtures::create("configurations", sent);
        let mut after = configuration();
        for (key, value) in [
            ("organization-id", json!(3)),
            ("organization-name", json!("Beta")),
            ("organization-short-name", json!("beta")),
            ("name", json!("BETA-DC1")),
            ("created-at", json!("2026-11-21T14:02:11.000Z")),
            (
                "resource-url",
                json!("https://acme.itglue.com/3/configurations/702"),
            ),
        ] {
            after.attributes[key] = value;
        }
        let kind = configurations();
        assert_eq!(
            differing(&kind, &request, None, &after),
            Vec::<String>::new()
        );
        // Its owner may stand in the path alone.
        let attributes = request.body.as_mut().unwrap()["data"]["attributes"].as_object_mut();
        attributes.unwrap().remove("organization-id");
        let found = differing(&kind, &request, None, &after);
        assert_eq!(
            found,
            [
                "/data/attributes/organization-name",
                "/data/attributes/organization-short-name"
            ]
        );
        request.parent = Some(("organizations".to_owned(), RecordId(3)));
        assert_eq!(
            differing(&kind, &request, None, &after),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_name_of_a_contact_follows_from_its_parts() {
        let found = |attributes: Value| {
            let request = fixtures::patch_contact(attributes);
            let mut after = fixtures::contact();
            after.attributes["first-name"] = json!("Dan");
            after.attributes["name"] = json!("Dan Reyes");
            differing(
                &fixtures::contacts(),
                &request,
                Some(&fixtures::contact()),
                &after,
            )
        };
        let both = json!({"first-name": "Dan", "name": "Danny Reyes"});
        assert_eq!(found(both), Vec::<String>::new());
        assert_eq!(
            found(json!({"name": "Danny Reyes"})),
            ["/data/attributes/name"]
        );
    }

    #[test]
    fn the_body_of_a_document_that_came_to_nothing_is_a_difference() {
        let mut kind = fixtures::kind("documents");
        kind.read_only
            .extend(["content", "published"].map(str::to_owned));
        let attributes = json!({"content": "<p>New</p>", "published": true});
        let sent = json!({"data": {"type": "documents", "attributes": attributes}});
        let request = fixtures::patch("documents", 42, sent);
        let record = fixtures::record(
            "documents",
            42,
            json!({"name": "x", "content": ["<p>Old</p>"], "published": false}),
        );
        assert_eq!(
            differing(&kind, &request, Some(&record), &record),
            ["/data/attributes/content", "/data/attributes/published"]
        );
    }
}
