//! Creates: which records exist already, and which of them came from us.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::body::{self, kebab};
use super::place::{Closeness, Place, is_empty};
use super::secrets::is_secret_trait;
use super::traits::record_traits;
use crate::domain::{
    AssetSchema, ItemRequest, Normalisation, Record, RecordId, ResourceKind, Snapshot, Timestamp,
    as_id,
};

/// What tells the record to be created apart from others: its type and the values of the
/// catalogue's natural key; its parent, unless the key names that, so that both routes to one
/// record give one key. None where the catalogue names no such attributes.
pub(super) fn natural_key(kind: &ResourceKind, request: &ItemRequest) -> Option<Value> {
    if kind.natural_key.is_empty() {
        return None;
    }
    let attributes: Map<String, Value> = kind
        .natural_key
        .iter()
        .filter(|attribute| !kind.secret.contains(*attribute))
        .map(|attribute| (attribute.clone(), sent_key(kind, request, attribute)))
        .collect();
    let is_parent_named = kind
        .natural_key
        .iter()
        .any(|attribute| parent_id(kind, request, attribute).is_some());
    let parent = request.parent.as_ref().filter(|_| !is_parent_named);
    Some(json!({
        "type": kind.json_type,
        "parent": parent,
        "attributes": attributes,
    }))
}

/// The watched set of a create: the records with its natural key, and its parent.
pub(super) fn watched(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> Value {
    let mut records: Vec<&Record> = snapshot.census.iter().collect();
    records.sort_by_key(|record| record.id);
    let census: Vec<Value> = records
        .into_iter()
        .map(|record| {
            let attributes: Map<String, Value> = kind
                .natural_key
                .iter()
                .filter(|attribute| !kind.secret.contains(*attribute))
                .map(|attribute| {
                    let value = record.attributes.get(attribute).unwrap_or(&Value::Null);
                    (attribute.clone(), key_value(kind, attribute, value))
                })
                .collect();
            json!({"id": record.id, "attributes": attributes})
        })
        .collect();
    let parent = snapshot.parent.as_ref().map(|parent| {
        let archived = parent.attributes.get("archived") == Some(&Value::Bool(true));
        json!({"id": parent.id, "archived": archived})
    });
    json!({
        "census": census,
        "census_taken": snapshot.census_taken,
        "parent": parent,
        "path": request.parent,
    })
}

/// Records that were not there at the census and look exactly like what would be created: somebody
/// else made it, or we did and do not know.
pub fn census_growth(
    kind: &ResourceKind,
    request: &ItemRequest,
    watched_before: &Value,
    snapshot: &Snapshot,
) -> Vec<RecordId> {
    candidates(kind, request, watched_before, snapshot, None)
}

/// Records that a create of unknown outcome may have made: not in the census before it, equal to
/// what was sent in every attribute that reads, created no earlier than the bound.
///
/// A record without a readable time of creation is none where there is a bound.
pub fn candidates(
    kind: &ResourceKind,
    request: &ItemRequest,
    watched_before: &Value,
    snapshot: &Snapshot,
    not_before: Option<Timestamp>,
) -> Vec<RecordId> {
    let known = census_ids(watched_before);
    let mut found: Vec<RecordId> = snapshot
        .census
        .iter()
        .filter(|record| !known.contains(&record.id.0))
        .filter(|record| not_before.is_none_or(|bound| is_created_since(record, bound)))
        .filter(|record| is_as_sent(kind, request, record, snapshot.schema.as_ref()))
        .map(|record| record.id)
        .collect();
    found.sort_unstable();
    found
}

/// Records of the natural key that were not there at the census and that the send can have made, as
/// it was sent or not: only one that was surely created before the bound is left out.
pub(super) fn newcomers(
    watched_before: &Value,
    snapshot: &Snapshot,
    not_before: Option<Timestamp>,
) -> Vec<RecordId> {
    let known = census_ids(watched_before);
    let mut found: Vec<RecordId> = snapshot
        .census
        .iter()
        .filter(|record| !known.contains(&record.id.0))
        .filter(|record| {
            let created_at = created_at(record);
            not_before.is_none_or(|bound| created_at.is_none_or(|created_at| created_at >= bound))
        })
        .map(|record| record.id)
        .collect();
    found.sort_unstable();
    found
}

/// The records that carry the natural key of what would be created. Where the body does not say
/// all of the key (the name of a flexible asset is made from its traits), they must be equal.
pub(super) fn namesakes<'a>(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &'a Snapshot,
) -> Vec<&'a Record> {
    let mut is_key_complete = !kind.natural_key.is_empty();
    let key: Vec<(&String, Value)> = kind
        .natural_key
        .iter()
        .map(|attribute| (attribute, sent_key(kind, request, attribute)))
        .inspect(|(_, value)| is_key_complete &= !value.is_null())
        .collect();
    let has_key = |record: &Record| {
        is_key_complete
            && key.iter().all(|(attribute, value)| {
                let present = record.attributes.get(*attribute).unwrap_or(&Value::Null);
                key_value(kind, attribute, present) == *value
            })
    };
    snapshot
        .census
        .iter()
        .filter(|record| {
            has_key(record) || is_as_sent(kind, request, record, snapshot.schema.as_ref())
        })
        .collect()
}

/// Whether a record shows all that was sent and can be read. Never true if nothing can be.
fn is_as_sent(
    kind: &ResourceKind,
    request: &ItemRequest,
    record: &Record,
    schema: Option<&AssetSchema>,
) -> bool {
    let mut compared = 0;
    for sent in body::sent(request) {
        let is_unreadable = kind.secret.contains(&sent.attribute)
            || kind.read_only.contains(&sent.attribute)
            || matches!(
                kind.normalises.get(&sent.attribute),
                Some(Normalisation::WriteOnly | Normalisation::Ignored)
            );
        if is_unreadable {
            continue;
        }
        let found = record.attributes.get(&sent.attribute);
        let is_equal = if sent.attribute == "traits" {
            are_traits_as_sent(kind, schema, record, sent.value)
        } else {
            let place = Place::Attribute(sent.attribute);
            reads_as_sent(kind, &place, sent.value, found.unwrap_or(&Value::Null))
        };
        if !is_equal {
            return false;
        }
        compared += 1;
    }
    compared > 0
}

fn are_traits_as_sent(
    kind: &ResourceKind,
    schema: Option<&AssetSchema>,
    record: &Record,
    sent: &Value,
) -> bool {
    let (Some(sent), Some(found)) = (sent.as_object(), record_traits(record)) else {
        return false;
    };
    sent.iter().all(|(key, sent)| {
        let found = found.get(key).unwrap_or(&Value::Null);
        if is_secret_trait(schema, key) || super::schema::is_upload(sent) {
            return is_empty(sent) == is_empty(found);
        }
        reads_as_sent(kind, &Place::of_trait(schema, key), sent, found)
    })
}

/// IT Glue may drop the white space around a text; a census finds such a record, too.
fn reads_as_sent(kind: &ResourceKind, place: &Place<'_>, sent: &Value, found: &Value) -> bool {
    let is_trimmed = match (sent, found) {
        (Value::String(sent), Value::String(found)) => sent.trim() == found.trim(),
        _ => false,
    };
    is_trimmed || place.reads_back(kind, sent, found, Closeness::Skeleton)
}

/// A value of the natural key as the body or the path gives it.
fn sent_key(kind: &ResourceKind, request: &ItemRequest, attribute: &str) -> Value {
    if let Some(value) = body::sent_value(request, attribute) {
        return key_value(kind, attribute, value);
    }
    parent_id(kind, request, attribute).map_or(Value::Null, Value::from)
}

/// The id of the parent, if the attribute names it.
pub(super) fn parent_id(
    kind: &ResourceKind,
    request: &ItemRequest,
    attribute: &str,
) -> Option<u64> {
    let (parent, id) = request.parent.as_ref()?;
    let of_parent = format!("{}-id", kebab(parent.strip_suffix('s').unwrap_or(parent)));
    let is_named = of_parent == attribute || kind.references.get(attribute) == Some(parent);
    is_named.then_some(id.0)
}

fn key_value(kind: &ResourceKind, attribute: &str, value: &Value) -> Value {
    let value = Place::Attribute(attribute.to_owned()).comparable(kind, value);
    let ignores_case = kind.normalises.get(attribute) == Some(&Normalisation::CaseInsensitive);
    match value {
        Value::String(text) if ignores_case => Value::from(text.trim().to_lowercase()),
        value => value,
    }
}

/// The records of a census.
pub(super) fn census_ids(watched: &Value) -> BTreeSet<u64> {
    watched
        .get("census")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|record| as_id(record.get("id")?))
        .collect()
}

fn is_created_since(record: &Record, bound: Timestamp) -> bool {
    created_at(record).is_some_and(|created_at| created_at >= bound)
}

fn created_at(record: &Record) -> Option<Timestamp> {
    record.text("created-at")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{drifted, fixtures};

    const SENT_AT: &str = "2026-11-21T14:00:00.000Z";

    fn create() -> ItemRequest {
        let mut request = fixtures::create(
            "contacts",
            json!({"data": {"attributes": {
                "first-name": "Dana", "last-name": "Reyes", "title": "IT Manager",
                "contact_type_id": "4"
            }}}),
        );
        request.parent = Some(("organizations".to_owned(), RecordId(2)));
        request
    }

    fn found(id: u64, created_at: &str) -> Record {
        let mut record = fixtures::contact();
        record.id = RecordId(id);
        record
            .attributes
            .insert("created-at".to_owned(), json!(created_at));
        record
    }

    fn snapshot(census: Vec<Record>) -> Snapshot {
        Snapshot {
            census,
            census_taken: true,
            parent: Some(fixtures::record(
                "organizations",
                2,
                json!({"name": "Acme"}),
            )),
            ..Snapshot::default()
        }
    }

    #[test]
    fn the_census_does_not_depend_on_order_but_on_the_parent() {
        let kind = fixtures::contacts();
        let (one, two) = (found(1, SENT_AT), found(2, SENT_AT));
        let before = watched(&kind, &create(), &snapshot(vec![one.clone(), two.clone()]));
        let mut later = snapshot(vec![two, one]);
        assert!(!drifted(&before, &watched(&kind, &create(), &later)));
        let parent = later.parent.as_mut().unwrap();
        parent.attributes.insert("archived".to_owned(), json!(true));
        assert!(drifted(&before, &watched(&kind, &create(), &later)));
        later.parent = None;
        assert!(drifted(&before, &watched(&kind, &create(), &later)));
    }

    #[test]
    fn only_new_equal_records_can_be_ours() {
        let kind = fixtures::contacts();
        let before = watched(&kind, &create(), &snapshot(vec![found(1, SENT_AT)]));
        let mut other_title = found(3, SENT_AT);
        other_title
            .attributes
            .insert("title".to_owned(), json!("CIO"));
        let now = snapshot(vec![
            found(1, SENT_AT),
            found(2, "2026-11-21T14:00:01.000Z"),
            other_title,
            found(4, "2020-01-01T00:00:00.000Z"),
            found(5, "no time"),
        ]);
        let bound: Timestamp = SENT_AT.parse().unwrap();
        assert_eq!(
            candidates(&kind, &create(), &before, &now, Some(bound)),
            [RecordId(2)]
        );
        assert_eq!(
            census_growth(&kind, &create(), &before, &now),
            [RecordId(2), RecordId(4), RecordId(5)]
        );
    }

    #[test]
    fn whatever_is_new_and_not_surely_older_can_be_ours() {
        let kind = fixtures::contacts();
        let before = watched(&kind, &create(), &snapshot(vec![found(1, SENT_AT)]));
        let mut other_title = found(3, SENT_AT);
        other_title
            .attributes
            .insert("title".to_owned(), json!("CIO"));
        let now = snapshot(vec![
            found(5, "no time"),
            other_title,
            found(1, SENT_AT),
            found(4, "2020-01-01T00:00:00.000Z"),
        ]);
        let bound: Timestamp = SENT_AT.parse().unwrap();
        assert_eq!(
            newcomers(&before, &now, Some(bound)),
            [RecordId(3), RecordId(5)]
        );
        assert_eq!(
            newcomers(&before, &now, None),
            [RecordId(3), RecordId(4), RecordId(5)]
        );
    }

    #[test]
    fn white_space_that_it_glue_drops_makes_no_other_record() {
        let kind = fixtures::contacts();
        let mut spaced = create();
        spaced.body.as_mut().unwrap()["data"]["attributes"]["title"] = json!(" IT Manager ");
        let now = snapshot(vec![found(2, SENT_AT)]);
        assert_eq!(
            candidates(&kind, &spaced, &Value::Null, &now, None),
            [RecordId(2)]
        );
    }

    #[test]
    fn a_create_of_which_nothing_reads_has_no_candidates() {
        let mut kind = fixtures::kind("passwords");
        kind.natural_key.clear();
        let request = fixtures::create(
            "passwords",
            json!({"data": {"attributes": {"password": "x"}}}),
        );
        let now = snapshot(vec![found(2, SENT_AT)]);
        assert_eq!(census_growth(&kind, &request, &Value::Null, &now), []);
    }

    #[test]
    fn both_routes_to_a_record_give_one_natural_key() {
        let kind = fixtures::contacts();
        let mut plain = create();
        plain.parent = None;
        plain.body.as_mut().unwrap()["data"]["attributes"]["organization_id"] = json!("2");
        assert_eq!(natural_key(&kind, &plain), natural_key(&kind, &create()));
    }
}
