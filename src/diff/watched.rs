//! The watched set: what must still be as it was shown when the write is sent.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::body;
use super::census;
use super::place::{Closeness, Place, is_empty};
use super::secrets::{HIDDEN, is_secret_trait, secret_pointers, touches_secret};
use super::traits::record_traits;
use crate::domain::{
    AssetSchema, ItemClass, ItemRequest, Normalisation, Operation, Record, ResourceKind, Snapshot,
};

/// Policy and people judge a write by whose record it is.
const ORGANIZATION: &str = "organization-id";

/// What the drift check compares, in a form that does not depend on how IT Glue writes it down.
/// Never holds a secret, nor anything of the body but what names the record to be created.
///
/// - `set`: the attributes of the body as the record has them, except those that IT Glue sets
///   itself; all traits if traits are written; `password-updated-at` if a secret is; the
///   organization the record belongs to.
/// - `remove`: all attributes, except those that move by themselves.
/// - `once`: the records that a create could be mistaken for, and its parent; the published flag,
///   with the organization.
/// - `secret`: which password it is.
pub fn watched(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> Value {
    let Some(record) = &snapshot.record else {
        return match (request.class, request.record_id) {
            (ItemClass::Once, _) => census::watched(kind, request, snapshot),
            (_, id) => json!({"id": id, "attributes": null}),
        };
    };
    let schema = snapshot.schema.as_ref();
    let mut names: BTreeSet<String> = match (request.class, request.operation) {
        (ItemClass::Once, Operation::Publish) => BTreeSet::from(["published".to_owned()]),
        (ItemClass::Once, Operation::Create) => return census::watched(kind, request, snapshot),
        (ItemClass::Set | ItemClass::Once, _) => body::sent(request)
            .into_iter()
            .map(|sent| sent.attribute)
            .filter(|attribute| !is_set_by_itglue(kind, attribute))
            .collect(),
        (ItemClass::Remove, _) => record
            .attributes
            .keys()
            .filter(|attribute| !kind.volatile.contains(*attribute))
            .cloned()
            .collect(),
        (ItemClass::Secret, _) => ["name", ORGANIZATION].map(str::to_owned).into(),
    };
    if record.attributes.contains_key(ORGANIZATION) {
        names.insert(ORGANIZATION.to_owned());
    }
    let moves_with_secrets = record.attributes.contains_key("password-updated-at");
    if moves_with_secrets && touches_secret(kind, request, schema) {
        names.insert("password-updated-at".to_owned());
    }
    let attributes: Map<String, Value> = names
        .into_iter()
        .filter(|attribute| !kind.secret.contains(attribute))
        .map(|attribute| {
            let value = watched_value(kind, schema, record, &attribute);
            (attribute, value)
        })
        .collect();
    json!({"id": record.id, "attributes": attributes})
}

/// Whether the record moved between two readings.
pub fn drifted(watched_before: &Value, watched_now: &Value) -> bool {
    watched_before != watched_now
}

/// Whether a `set` has nothing left to do: the record shows all that would be written, and did not
/// when it was read `before`, or shows exactly that.
///
/// Never true where a secret or another value that does not read back is written: nobody can tell.
pub fn already_in_place(
    kind: &ResourceKind,
    request: &ItemRequest,
    before: &Snapshot,
    now: &Snapshot,
) -> bool {
    let reads = |snapshot, closeness| reads_as_sent(kind, request, snapshot, closeness);
    reads(now, Closeness::Skeleton)
        && (!reads(before, Closeness::Skeleton) || reads(now, Closeness::Exact))
}

/// Whether the record shows, this closely, all that a `set` writes.
///
/// Never true where a secret or another value that does not read back is written.
pub(super) fn reads_as_sent(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    closeness: Closeness,
) -> bool {
    let schema = snapshot.schema.as_ref();
    let (ItemClass::Set, Some(record)) = (request.class, &snapshot.record) else {
        return false;
    };
    let writes_secret = !secret_pointers(kind, request, schema).is_empty()
        || body::sent(request)
            .iter()
            .any(|sent| kind.secret.contains(&sent.attribute));
    if writes_secret {
        return false;
    }
    let mut compared = 0;
    for sent in body::sent(request) {
        let is_as_sent = match kind.normalises.get(&sent.attribute) {
            Some(Normalisation::WriteOnly) => false,
            Some(Normalisation::Ignored) => continue,
            _ if is_set_by_itglue(kind, &sent.attribute) => continue,
            _ if sent.attribute == "traits" => {
                traits_read_as_sent(kind, schema, record, sent.value, closeness)
            }
            _ => {
                let present = record.attributes.get(&sent.attribute);
                Place::Attribute(sent.attribute).reads_back(
                    kind,
                    sent.value,
                    present.unwrap_or(&Value::Null),
                    closeness,
                )
            }
        };
        if !is_as_sent {
            return false;
        }
        compared += 1;
    }
    compared > 0
}

fn traits_read_as_sent(
    kind: &ResourceKind,
    schema: Option<&AssetSchema>,
    record: &Record,
    sent: &Value,
    closeness: Closeness,
) -> bool {
    let (Some(sent), Some(present)) = (sent.as_object(), record_traits(record)) else {
        return false;
    };
    let keys: BTreeSet<&String> = sent.keys().chain(present.keys()).collect();
    keys.into_iter().all(|key| {
        let place = Place::of_trait(schema, key);
        let sent = sent.get(key).unwrap_or(&Value::Null);
        let present = present.get(key).unwrap_or(&Value::Null);
        let is_new_file = !is_empty(sent) && super::schema::is_upload(sent);
        !is_new_file && place.reads_back(kind, sent, present, closeness)
    })
}

/// Clients send whole records back: what IT Glue sets itself is not written by that.
fn is_set_by_itglue(kind: &ResourceKind, attribute: &str) -> bool {
    kind.read_only.contains(attribute) || kind.volatile.contains(attribute)
}

/// An attribute of the record, comparable. Both sides of the drift check are readings, so traits
/// are brought into shape without their schema, which may be known on one side only.
fn watched_value(
    kind: &ResourceKind,
    schema: Option<&AssetSchema>,
    record: &Record,
    attribute: &str,
) -> Value {
    if attribute != "traits" {
        let value = record.attributes.get(attribute).unwrap_or(&Value::Null);
        return Place::Attribute(attribute.to_owned()).comparable(kind, value);
    }
    let Some(traits) = record_traits(record) else {
        return Value::Null;
    };
    traits
        .iter()
        .filter(|(_, value)| !is_empty(value))
        .map(|(key, value)| (key.clone(), watched_trait(kind, schema, key, value)))
        .collect::<Map<String, Value>>()
        .into()
}

/// A password reads as the id of its record: that may be watched, a text in its place may not.
fn watched_trait(
    kind: &ResourceKind,
    schema: Option<&AssetSchema>,
    key: &str,
    value: &Value,
) -> Value {
    if is_secret_trait(schema, key) && !value.is_number() {
        return Value::from(HIDDEN);
    }
    super::place::without_links(&Place::Trait(key.to_owned(), None).comparable(kind, value))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::diff::fixtures;

    #[test]
    fn a_set_watches_what_it_writes_and_whose_record_it_is() {
        let kind = fixtures::contacts();
        let request = fixtures::patch_contact(json!({"title": "CIO", "contact_type_id": "4"}));
        let mut snapshot = fixtures::contact_snapshot();
        let before = watched(&kind, &request, &snapshot);
        assert_eq!(
            before,
            json!({"id": "501", "attributes": {
                "title": "IT Manager", "contact-type-id": 4, "organization-id": 2}})
        );
        let record = snapshot.record.as_mut().unwrap();
        record.attributes.insert("notes".to_owned(), json!("other"));
        record
            .attributes
            .insert("contact-type-id".to_owned(), json!("4"));
        assert!(!drifted(&before, &watched(&kind, &request, &snapshot)));
        let record = snapshot.record.as_mut().unwrap();
        record.attributes.insert("title".to_owned(), json!("Owner"));
        assert!(drifted(&before, &watched(&kind, &request, &snapshot)));
    }

    #[test]
    fn a_set_does_not_watch_what_is_sent_back_and_set_by_it_glue() {
        let kind = fixtures::contacts();
        let mut whole = fixtures::contact().attributes;
        whole.insert("title".to_owned(), json!("CIO"));
        let request = fixtures::patch_contact(Value::Object(whole));
        let mut snapshot = fixtures::contact_snapshot();
        let before = watched(&kind, &request, &snapshot);
        let record = snapshot.record.as_mut().unwrap();
        for (attribute, value) in [
            ("organization-name", "Acme Inc"),
            ("location-name", "Dallas"),
            ("updated-at", "2030-01-01T00:00:00.000Z"),
        ] {
            record.attributes.insert(attribute.to_owned(), json!(value));
        }
        assert!(!drifted(&before, &watched(&kind, &request, &snapshot)));
        let record = snapshot.record.as_mut().unwrap();
        record
            .attributes
            .insert("location-id".to_owned(), json!(31));
        assert!(drifted(&before, &watched(&kind, &request, &snapshot)));
    }

    #[test]
    fn a_secret_sent_with_a_whole_password_still_watches_when_it_changed() {
        let kind = fixtures::passwords();
        let snapshot = fixtures::password_snapshot();
        let mut whole = snapshot.record.clone().unwrap().attributes;
        let of = |attributes: &Map<String, Value>| {
            let body = json!({"data": {"attributes": attributes}});
            let watched = watched(&kind, &fixtures::patch("passwords", 77, body), &snapshot);
            watched["attributes"].get("password-updated-at").is_some()
        };
        assert!(!of(&whole));
        whole.insert("password".to_owned(), json!("x"));
        assert!(of(&whole));
    }

    #[test]
    fn a_record_that_goes_to_another_organization_has_moved() {
        let publish = fixtures::publish(42);
        let mut document = Snapshot {
            record: Some(fixtures::record(
                "documents",
                42,
                json!({"published": false}),
            )),
            ..Snapshot::default()
        };
        let kind = fixtures::kind("documents");
        let without = watched(&kind, &publish, &document);
        assert_eq!(without["attributes"], json!({"published": false}));
        let title = fixtures::patch_contact(json!({"title": "CIO"}));
        let mut contact = fixtures::contact_snapshot();
        for (kind, request, snapshot) in [
            (kind, publish, &mut document),
            (fixtures::contacts(), title, &mut contact),
        ] {
            let mut belongs_to = |organization: Value| {
                let record = snapshot.record.as_mut().unwrap();
                record
                    .attributes
                    .insert("organization-id".to_owned(), organization);
                watched(&kind, &request, snapshot)
            };
            let before = belongs_to(json!(2));
            assert!(!drifted(&before, &belongs_to(json!("2"))));
            assert!(drifted(&before, &belongs_to(json!(3))));
        }
    }

    #[test]
    fn all_traits_are_watched_if_one_is_written() {
        let kind = fixtures::flexible_assets();
        let request = fixtures::patch_traits(json!({"type": "Office 365"}));
        let mut snapshot = fixtures::asset_snapshot();
        let before = watched(&kind, &request, &snapshot);
        assert_eq!(before["attributes"]["traits"]["owner"], json!([501, 502]));
        snapshot.schema = None;
        assert!(!drifted(&before, &watched(&kind, &request, &snapshot)));
        let record = snapshot.record.as_mut().unwrap();
        record.attributes["traits"]["contract"]["values"][0]["url"] = json!("signed anew");
        record.attributes["traits"]["owner"]["values"][0]["name"] = json!("renamed");
        assert!(!drifted(&before, &watched(&kind, &request, &snapshot)));
        let record = snapshot.record.as_mut().unwrap();
        record.attributes["traits"]["location"] = json!("Rack 4");
        assert!(drifted(&before, &watched(&kind, &request, &snapshot)));
    }

    #[test]
    fn a_remove_watches_everything_that_does_not_move_by_itself() {
        let kind = fixtures::contacts();
        let request = fixtures::delete("contacts", 501);
        let mut snapshot = fixtures::contact_snapshot();
        let before = watched(&kind, &request, &snapshot);
        let record = snapshot.record.as_mut().unwrap();
        record
            .attributes
            .insert("updated-at".to_owned(), json!("2030-01-01T00:00:00.000Z"));
        assert!(!drifted(&before, &watched(&kind, &request, &snapshot)));
        let record = snapshot.record.as_mut().unwrap();
        record
            .attributes
            .insert("important".to_owned(), json!(false));
        assert!(drifted(&before, &watched(&kind, &request, &snapshot)));
    }

    #[rstest]
    #[case::same(json!({"title": "IT Manager", "contact-type-id": "4"}), true)]
    #[case::reformatted(json!({"notes": "<p>Prefers <strong>email</strong> after 5 pm</p>"}), true)]
    #[case::other_case(json!({"first-name": "dana"}), true)]
    #[case::other(json!({"title": "CIO"}), false)]
    #[case::other_mark(json!({"notes": "<p>Prefers email after 5 pm</p>"}), false)]
    #[case::lost_extension(json!({"contact-phones": [{"value": "5550102", "label_name": "Work", "primary": true}]}), false)]
    #[case::nothing_to_tell_by(json!({"resource-url": "x"}), false)]
    fn what_is_there_already_is_recognized(#[case] attributes: Value, #[case] expected: bool) {
        let request = fixtures::patch_contact(attributes);
        let snapshot = fixtures::contact_snapshot();
        assert_eq!(
            reads_as_sent(
                &fixtures::contacts(),
                &request,
                &snapshot,
                Closeness::Skeleton
            ),
            expected
        );
    }

    #[rstest]
    #[case::spaces("notes", json!("VLAN 1 0"), json!("VLAN 10"))]
    #[case::lines("notes", json!("<p>a b</p>"), json!("<p>a</p><p>b</p>"))]
    #[case::case("first-name", json!("dana"), json!("Dana"))]
    fn what_reads_alike_before_and_after_is_in_place_only_if_it_is_exactly_so(
        #[case] attribute: &str,
        #[case] was: Value,
        #[case] sent: Value,
    ) {
        let kind = fixtures::contacts();
        let with = |value: Value| {
            let mut snapshot = fixtures::contact_snapshot();
            let record = snapshot.record.as_mut().unwrap();
            record.attributes.insert(attribute.to_owned(), value);
            snapshot
        };
        let request = fixtures::patch_contact(json!({ attribute: sent }));
        let (before, after) = (with(was.clone()), with(sent.clone()));
        assert!(!already_in_place(&kind, &request, &before, &before));
        assert!(already_in_place(&kind, &request, &before, &after));
        let other = with(json!("Other"));
        assert!(already_in_place(&kind, &request, &other, &before));
    }

    #[test]
    fn a_password_is_never_in_place() {
        let body = json!({"data": {"attributes": {"name": "Domain admin", "password": "x"}}});
        let request = fixtures::patch("passwords", 77, body);
        let snapshot = fixtures::password_snapshot();
        assert!(!already_in_place(
            &fixtures::passwords(),
            &request,
            &snapshot,
            &snapshot
        ));
    }

    #[test]
    fn traits_are_in_place_only_if_none_is_left_over() {
        let kind = fixtures::flexible_assets();
        let mut snapshot = fixtures::asset_snapshot();
        let request = fixtures::patch_traits(json!({"type": "Exchange", "owner": ["502", "501"]}));
        let before = snapshot.clone();
        assert!(!already_in_place(&kind, &request, &before, &snapshot));
        let record = snapshot.record.as_mut().unwrap();
        let traits = record.attributes["traits"].as_object_mut().unwrap();
        traits.retain(|key, _| key == "type" || key == "owner");
        assert!(already_in_place(&kind, &request, &before, &snapshot));
    }
}
