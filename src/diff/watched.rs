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

/// What the drift check compares, in a form that does not depend on how IT Glue writes it down.
/// Never holds a secret, nor anything of the body but what names the record to be created.
///
/// - `set`: the attributes of the body as the record has them; all traits if traits are written;
///   `password-updated-at` if a secret is.
/// - `remove`: all attributes, except those that move by themselves.
/// - `once`: the records that a create could be mistaken for, and its parent; the published flag.
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
            .collect(),
        (ItemClass::Remove, _) => record
            .attributes
            .keys()
            .filter(|attribute| !kind.volatile.contains(*attribute))
            .cloned()
            .collect(),
        (ItemClass::Secret, _) => ["name", "organization-id"].map(str::to_owned).into(),
    };
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

/// Whether a `set` has nothing left to do: the record already shows all that would be written.
///
/// Never true where a secret or another value that does not read back is written: nobody can tell.
pub fn already_in_place(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> bool {
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
            _ if kind.read_only.contains(&sent.attribute) => continue,
            _ if sent.attribute == "traits" => traits_in_place(kind, schema, record, sent.value),
            _ => {
                let present = record.attributes.get(&sent.attribute);
                Place::Attribute(sent.attribute).reads_back(
                    kind,
                    sent.value,
                    present.unwrap_or(&Value::Null),
                    Closeness::Skeleton,
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

fn traits_in_place(
    kind: &ResourceKind,
    schema: Option<&AssetSchema>,
    record: &Record,
    sent: &Value,
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
        !is_new_file && place.reads_back(kind, sent, present, Closeness::Skeleton)
    })
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
