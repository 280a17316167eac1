//! Children created along with a record: `relationships.<name>.data`.
//!
//! Invariant: a child is a new record of the declared kind and names no other record.

use serde_json::{Map, Value, json};

use super::{catalogue, part};
use crate::domain::{FieldError, ResourceKind, pointer};

/// How many children one record may be created with.
const MAX_CHILDREN: usize = 200;

/// Reads the relationships of a new record, of which only those declared may be there.
pub fn read(
    declared: &[String],
    pointer: &str,
    found: Option<&Value>,
) -> Result<Map<String, Value>, FieldError> {
    let pointer = format!("{pointer}/relationships");
    let members = match found {
        Some(Value::Object(members)) => members,
        None => return Ok(Map::new()),
        Some(_) => return Err(FieldError::new(pointer, "Relationships must be an object.")),
    };
    let mut canonical = Map::new();
    for (key, value) in members {
        let pointer = pointer::member(&pointer, key);
        let folded = key.replace('-', "_");
        let name = declared
            .iter()
            .find(|name| name.replace('-', "_") == folded)
            .ok_or_else(|| FieldError::new(&pointer, "This relationship is not written here."))?;
        let kind = catalogue::resource(&folded)
            .ok_or_else(|| FieldError::new(&pointer, "Nothing is known of this kind of record."))?;
        let children = children(kind, &pointer, value)?;
        if canonical
            .insert(name.clone(), json!({ "data": children }))
            .is_some()
        {
            return Err(FieldError::new(pointer, "This relationship stands twice."));
        }
    }
    Ok(canonical)
}

fn children(kind: &ResourceKind, pointer: &str, value: &Value) -> Result<Vec<Value>, FieldError> {
    let only_data = value.as_object().filter(|members| members.len() == 1);
    let items = only_data
        .and_then(|members| members.get("data"))
        .and_then(Value::as_array)
        .filter(|items| (1..=MAX_CHILDREN).contains(&items.len()))
        .ok_or_else(|| {
            FieldError::new(
                pointer,
                format!("A relationship holds `data`, an array of 1 to {MAX_CHILDREN} records."),
            )
        })?;
    items
        .iter()
        .enumerate()
        .map(|(position, item)| child(kind, &format!("{pointer}/data/{position}"), item))
        .collect()
}

fn child(kind: &ResourceKind, pointer: &str, item: &Value) -> Result<Value, FieldError> {
    let members = item
        .as_object()
        .filter(|members| {
            members
                .keys()
                .all(|key| key == "type" || key == "attributes")
        })
        .ok_or_else(|| {
            FieldError::new(pointer, "A new child holds `type` and `attributes` only.")
        })?;
    part::check_type(kind, pointer, members.get("type"))?;
    let at = format!("{pointer}/attributes");
    let attributes = part::attributes(kind, &at, members.get("attributes"))?;
    let names_others = ["id", "organization-id"]
        .into_iter()
        .chain(kind.references.keys().map(String::as_str))
        .find(|key| attributes.contains_key(*key));
    if let Some(key) = names_others {
        return Err(FieldError::new(
            pointer::member(&at, key),
            "A new child belongs to the record it is created with.",
        ));
    }
    if attributes.is_empty() {
        return Err(FieldError::new(at, "The attributes are missing."));
    }
    Ok(json!({ "type": kind.json_type, "attributes": attributes }))
}
