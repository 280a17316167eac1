//! The body of a write, taken apart into parts of one record each.
//!
//! Invariant: every member of the body is understood. What is not is refused, never passed on.

use std::collections::HashSet;

use serde_json::Value;

use super::catalogue::Form;
use super::locate::Located;
use super::part::{self, Expected, Part};
use crate::domain::json::MAX_DEPTH;
use crate::domain::{FieldError, Operation, pointer};

/// How many records one write may be about.
pub const MAX_ITEMS: usize = 50;

/// Reads the body of a write to this address.
pub fn read(located: &Located, body: Option<&Value>) -> Result<Vec<Part>, Vec<FieldError>> {
    let Some(body) = body else {
        return if located.endpoint.takes_body() {
            Err(vec![missing(located)])
        } else {
            Ok(Vec::new())
        };
    };
    if !located.endpoint.takes_body() {
        return Err(one("/body", "This request takes no body."));
    }
    let mut ambiguities = Vec::new();
    find_ambiguities(body, "/body", 0, &mut ambiguities);
    if !ambiguities.is_empty() {
        return Err(ambiguities);
    }
    let parts = elements(located, body)?;
    let expected = Expected::of(located)
        .ok_or_else(|| one("/body", "Nothing is known of this kind of record."))?;
    read_parts(&expected, &parts)
}

fn read_parts(
    expected: &Expected<'_>,
    elements: &[(String, &Value)],
) -> Result<Vec<Part>, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut parts = Vec::new();
    let mut ids = HashSet::new();
    for (pointer, element) in elements {
        match part::read(expected, pointer, element) {
            Ok(part) if part.id.is_some_and(|id| !ids.insert(id)) => {
                errors.push(FieldError::new(pointer, "The same record stands twice."));
            }
            Ok(part) => parts.push(part),
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() {
        Ok(parts)
    } else {
        Err(errors)
    }
}

/// The elements of `data`, each with its pointer.
fn elements<'a>(
    located: &Located,
    body: &'a Value,
) -> Result<Vec<(String, &'a Value)>, Vec<FieldError>> {
    let members = body.as_object().ok_or_else(|| {
        one(
            "/body",
            "The body must be an object with the member `data`.",
        )
    })?;
    let unknown: Vec<FieldError> = members
        .keys()
        .filter(|key| *key != "data")
        .map(|key| {
            FieldError::new(
                pointer::member("/body", key),
                "The body may hold `data` only, spelled in lower case.",
            )
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let data = members.get("data").ok_or_else(|| vec![missing(located)])?;
    let takes_many = located.endpoint.form == Form::Bulk || located.endpoint.bulk_create;
    match data {
        Value::Array(_) if !takes_many => Err(one(
            "/body/data",
            "This address takes one record, not an array.",
        )),
        Value::Array(items) if items.is_empty() || items.len() > MAX_ITEMS => Err(one(
            "/body/data",
            format!("A bulk write names 1 to {MAX_ITEMS} records."),
        )),
        Value::Array(items) => Ok(items
            .iter()
            .enumerate()
            .map(|(position, item)| (format!("/body/data/{position}"), item))
            .collect()),
        Value::Object(_) => Ok(vec![("/body/data".to_owned(), data)]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err(one("/body/data", "`data` must be an object."))
        }
    }
}

/// The strict reader refuses these already; a value may have come another way.
fn find_ambiguities(value: &Value, pointer: &str, depth: usize, errors: &mut Vec<FieldError>) {
    if depth > MAX_DEPTH {
        errors.push(FieldError::new(
            pointer,
            format!("Nested deeper than {MAX_DEPTH} levels."),
        ));
        return;
    }
    match value {
        Value::Array(items) => {
            for (position, item) in items.iter().enumerate() {
                find_ambiguities(item, &format!("{pointer}/{position}"), depth + 1, errors);
            }
        }
        Value::Object(members) => {
            let mut folded_keys = HashSet::new();
            for (key, inner) in members {
                let pointer = pointer::member(pointer, key);
                if !folded_keys.insert(key.replace('_', "-")) {
                    errors.push(FieldError::new(
                        &pointer,
                        "This key stands twice (`-` and `_` count as the same).",
                    ));
                }
                find_ambiguities(inner, &pointer, depth + 1, errors);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn missing(located: &Located) -> FieldError {
    let detail = match located.endpoint.operation {
        Operation::Delete => {
            "Name the records to delete by id; a delete of all is never carried out."
        }
        Operation::Update if located.endpoint.form == Form::Bulk => {
            "Name the records to change by id; a change of all is never carried out."
        }
        Operation::Create
        | Operation::Update
        | Operation::Publish
        | Operation::Read
        | Operation::ReadSecret => "This request needs a body with the member `data`.",
    };
    FieldError::new("/body/data", detail)
}

fn one(pointer: &str, detail: impl Into<String>) -> Vec<FieldError> {
    vec![FieldError::new(pointer, detail)]
}
