//! The traits of a flexible asset: what a PATCH erases, and how the rest is kept.
//!
//! A PATCH of traits replaces all of them (api-facts, section 6), and a trait as it reads is not a
//! trait as it is written (section 5): tags become ids, uploads and passwords cannot be kept.

use serde_json::{Map, Value};

use super::body;
use super::labels::trait_label;
use super::place::{any_tag_ids, is_empty, tag_ids};
use super::secrets::is_secret_trait;
use crate::domain::{AssetSchema, FieldError, FieldKind, ItemRequest, Operation, Record, Snapshot};

/// The body with traits added that it would erase: the technician keeps them.
///
/// # Errors
/// One [`FieldError`] per key that is no trait of the record, that is not erased, or whose value
/// IT Glue does not take back (files and passwords); its pointer is the key's place in the list.
pub fn keep(
    request: &ItemRequest,
    snapshot: &Snapshot,
    keys: &[String],
) -> Result<ItemRequest, Vec<FieldError>> {
    let schema = snapshot.schema.as_ref();
    let erased = erased(request, snapshot);
    let mut kept = Map::new();
    let mut errors = Vec::new();
    for (position, key) in keys.iter().enumerate() {
        match kept_value(snapshot, &erased, key) {
            Ok(value) => {
                kept.insert(key.clone(), value);
            }
            Err(why) => {
                let label = trait_label(schema, key);
                let detail = match why {
                    NotKept::Unknown => format!("the record has no field `{key}`"),
                    NotKept::NotErased => format!("“{label}” is not erased by this proposal"),
                    NotKept::CannotKeep => format!(
                        "“{label}” holds a file or a password, which IT Glue does not take back \
                         from what it shows; it has to be entered anew"
                    ),
                };
                errors.push(FieldError::new(format!("/keep/{position}"), detail));
            }
        }
    }
    if errors.is_empty() {
        Ok(body::with_traits(request, kept))
    } else {
        Err(errors)
    }
}

/// The traits that hold a value and lose it by this request, by key, in the schema's order.
pub(super) fn erased(request: &ItemRequest, snapshot: &Snapshot) -> Vec<String> {
    let (Operation::Update, Some(sent), Some(present)) = (
        request.operation,
        body::sent_traits(request),
        snapshot.record.as_ref().and_then(record_traits),
    ) else {
        return Vec::new();
    };
    let mut erased: Vec<String> = present
        .iter()
        .filter(|(_, value)| !is_empty(value))
        .filter(|(key, _)| sent.values.get(*key).is_none_or(is_empty))
        .map(|(key, _)| key.clone())
        .collect();
    erased.sort_by_key(|key| schema_position(snapshot.schema.as_ref(), key));
    erased
}

/// The body completed with the traits it does not mention, as far as they can be kept. What it
/// clears on purpose stays cleared.
pub(super) fn merge(request: &ItemRequest, snapshot: &Snapshot) -> ItemRequest {
    let Some(sent) = body::sent_traits(request) else {
        return request.clone();
    };
    let kept = erased(request, snapshot)
        .into_iter()
        .filter(|key| !sent.values.contains_key(key))
        .filter_map(|key| writable(snapshot, &key).map(|value| (key, value)))
        .collect();
    body::with_traits(request, kept)
}

/// The value of one of the record's traits as IT Glue takes it; none if it cannot be kept.
pub(super) fn writable(snapshot: &Snapshot, key: &str) -> Option<Value> {
    let schema = snapshot.schema.as_ref();
    let value = record_traits(snapshot.record.as_ref()?)?.get(key)?;
    match schema
        .and_then(|schema| schema.field(key))
        .map(|field| field.kind)
    {
        Some(FieldKind::Upload | FieldKind::Password | FieldKind::Header) => None,
        Some(FieldKind::Tag) => any_tag_ids(value).map(Value::from),
        Some(FieldKind::Date) => Some(day_of(value)),
        Some(
            FieldKind::Checkbox
            | FieldKind::Number
            | FieldKind::Percent
            | FieldKind::Select
            | FieldKind::Text
            | FieldKind::Textbox,
        ) => Some(value.clone()),
        None => uncertain(schema, key, value),
    }
}

/// The traits of a record.
pub(super) fn record_traits(record: &Record) -> Option<&Map<String, Value>> {
    record.attributes.get("traits")?.as_object()
}

/// Where a trait stands in its type; unknown ones come last.
pub(super) fn schema_position(schema: Option<&AssetSchema>, key: &str) -> usize {
    schema
        .and_then(|schema| schema.fields.iter().position(|field| field.name_key == key))
        .unwrap_or(usize::MAX)
}

enum NotKept {
    Unknown,
    NotErased,
    CannotKeep,
}

fn kept_value(snapshot: &Snapshot, erased: &[String], key: &str) -> Result<Value, NotKept> {
    let is_known = snapshot
        .record
        .as_ref()
        .and_then(record_traits)
        .is_some_and(|traits| traits.contains_key(key));
    if !is_known {
        return Err(NotKept::Unknown);
    }
    if !erased.iter().any(|erased| erased == key) {
        return Err(NotKept::NotErased);
    }
    writable(snapshot, key).ok_or(NotKept::CannotKeep)
}

/// A value of a trait whose kind nobody knows: kept as it is, unless it looks like one that IT Glue
/// would take for something else.
fn uncertain(schema: Option<&AssetSchema>, key: &str, value: &Value) -> Option<Value> {
    if is_secret_trait(schema, key) || looks_like_a_file(value) {
        return None;
    }
    match value {
        Value::Object(members) if members.contains_key("values") => tag_ids(value).map(Value::from),
        value => Some(value.clone()),
    }
}

fn looks_like_a_file(value: &Value) -> bool {
    let Value::Object(members) = value else {
        return false;
    };
    let is_named_so = members
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("upload") || name.contains("attachment")
        });
    is_named_so || members.keys().any(|key| body::kebab(key) == "file-name")
}

fn day_of(value: &Value) -> Value {
    let day = value.as_str().and_then(|text| text.split_once('T'));
    day.map_or_else(|| value.clone(), |(day, _)| Value::from(day))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;

    #[test]
    fn kept_traits_are_written_back_as_they_are_taken() {
        let request = fixtures::patch_traits(json!({"type": "Office 365", "location": null}));
        let keys = ["owner".to_owned(), "location".to_owned()];
        let kept = keep(&request, &fixtures::asset_snapshot(), &keys).unwrap();
        assert_eq!(
            kept.attributes().unwrap()["traits"],
            json!({"type": "Office 365", "location": "Rack 2", "owner": [501, 502]})
        );
    }

    #[rstest]
    #[case::file("contract", "anew")]
    #[case::password("admin-login", "anew")]
    #[case::unknown("colour", "no field `colour`")]
    #[case::not_erased("type", "is not erased")]
    fn what_cannot_be_kept_is_refused(#[case] key: &str, #[case] says: &str) {
        let request = fixtures::patch_traits(json!({"type": "Office 365"}));
        let keys = ["owner".to_owned(), key.to_owned()];
        let errors = keep(&request, &fixtures::asset_snapshot(), &keys).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].pointer, "/keep/1");
        assert!(errors[0].detail.contains(says), "{}", errors[0].detail);
    }
}
