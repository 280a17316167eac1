//! From what was asked for and what was read to what would be written and how it is judged.
//!
//! The same few pure steps when an agent proposes, when a technician opens a proposal whose record
//! has moved, and when one edits before approving; so they stand here and not in a stage.
//! Invariant: nothing in here does I/O, and no rule is decided here: `policy` judges, `diff`
//! compares.

mod edit;
mod reversal;
mod undo;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diff::{self, Diff, Prepared};
use crate::domain::{
    ConnectionId, Facts, FieldError, Item, ItemRequest, Judgement, Method, Operation,
    PermissionGroup, RecordId, ResourceKind, ResourceRef, Snapshot, TraitsMode, Warning,
    WarningCode,
};
use crate::policy::{Call, Classified, Rejection, Subject, catalogue, classify, judge};

pub use edit::{
    Editable, Edits, Given, Takes, Way, can_be_edited, editables, edits, in_whole, mark_of,
    part_of, put_back_hidden,
};
pub use reversal::{left_out, overtaken};
pub use undo::{Inverse, NoInverse, Seen, Undoing, has_changed_something, inverse, undoing};

/// A write exactly as somebody asked for it: what a proposal is put together from, each time anew.
///
/// It may hold secrets in clear, so it is only ever stored encrypted.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// The method.
    pub method: Method,
    /// IT Glue's path.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// What becomes of traits that are not mentioned.
    pub traits: TraitsMode,
    /// Traits that a technician keeps although they are not mentioned.
    #[serde(default)]
    pub keep: Vec<String>,
}

impl Asked {
    /// Takes it apart by the catalogue.
    ///
    /// # Errors
    /// If it is no request the catalogue knows.
    pub fn classify(&self) -> Result<Classified, Rejection> {
        classify(&Call {
            method: self.method.as_str(),
            path: &self.path,
            body: self.body.as_ref(),
        })
    }
}

/// What would be written, what is remarkable about it, and how it is judged.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Record by record.
    pub items: Vec<Prepared>,
    /// Taken together.
    pub facts: Facts,
    /// What a technician should know.
    pub warnings: Vec<Warning>,
    /// The verdict and the tier.
    pub judgement: Judgement,
    /// The record, or what the records have in common.
    pub resource: ResourceRef,
    /// What it does.
    pub operation: Operation,
    /// The group that rules it.
    pub group: PermissionGroup,
}

/// Puts together what would be written, from what was asked for and what was read for each item.
///
/// # Errors
/// One [`FieldError`] per field that does not fit.
pub fn draft(
    subject: &Subject<'_>,
    classified: &Classified,
    snapshots: &[Snapshot],
    asked: &Asked,
    is_first_write_in_group: bool,
) -> Result<Draft, Vec<FieldError>> {
    let located = &classified.located;
    let (Some(group), Some(kind)) = (located.group(), located.resource()) else {
        let detail = "nothing in the catalogue can be written under this path";
        return Err(vec![FieldError::new("/path", detail)]);
    };
    let items = prepare_all(kind, classified, snapshots, asked)?;
    nothing_hidden_is_written(&items)?;
    let mut facts = items
        .iter()
        .map(|item| item.facts.clone())
        .reduce(Facts::and)
        .unwrap_or_default();
    facts.first_write_in_group = is_first_write_in_group;
    Ok(Draft {
        warnings: warnings_of(&items),
        judgement: judge(subject, located, Some(&facts)),
        resource: common_resource(kind, &items),
        operation: located.operation,
        group,
        facts,
        items,
    })
}

/// What keeps two writes about the same record from being in flight together.
pub fn target_key(connection: ConnectionId, item: &Prepared) -> String {
    let ItemRequest {
        resource,
        record_id,
        parent,
        ..
    } = &item.request;
    match (record_id, &item.natural_key) {
        (Some(id), _) => format!("{connection}/{resource}/{id}"),
        (None, Some(key)) => format!(
            "{connection}/{resource}/{}",
            crate::domain::json::canonical(key)
        ),
        (None, None) => match parent {
            Some((parent, id)) => format!("{connection}/{parent}/{id}/{resource}"),
            None => format!("{connection}/{resource}"),
        },
    }
}

/// Whether any of the records is no longer as it was when the items were put together.
pub fn has_moved(items: &[Item], snapshots: &[Snapshot]) -> bool {
    items.iter().zip(snapshots).any(|(item, snapshot)| {
        let request = &item.request;
        catalogue::resource(&request.resource).is_none_or(|kind| {
            diff::drifted(&item.watched, &diff::watched(kind, request, snapshot))
        })
    })
}

/// The body as it would be sent; for several items, all of them in one array.
pub fn body_of<'a>(bodies: impl Iterator<Item = Option<&'a Value>>) -> Option<Value> {
    let bodies: Vec<&Value> = bodies.flatten().collect();
    match bodies.as_slice() {
        [] => None,
        [body] => Some((*body).clone()),
        bodies => {
            let parts: Vec<&Value> = bodies
                .iter()
                .filter_map(|body| body.get("data"))
                .flat_map(|data| match data {
                    Value::Array(parts) => parts.iter().collect(),
                    part => vec![part],
                })
                .collect();
            Some(json!({ "data": parts }))
        }
    }
}

fn prepare_all(
    kind: &ResourceKind,
    classified: &Classified,
    snapshots: &[Snapshot],
    asked: &Asked,
) -> Result<Vec<Prepared>, Vec<FieldError>> {
    let is_bulk = classified.items.len() > 1;
    let mut items = Vec::with_capacity(classified.items.len());
    let mut errors = Vec::new();
    for (position, (request, snapshot)) in classified.items.iter().zip(snapshots).enumerate() {
        let kind = catalogue::resource(&request.resource).unwrap_or(kind);
        match prepare(kind, request, snapshot, asked) {
            Ok(item) => items.push(item),
            Err(found) if is_bulk => {
                errors.extend(found.into_iter().map(|error| at_position(error, position)));
            }
            Err(found) => errors.extend(found),
        }
    }
    if errors.is_empty() {
        Ok(items)
    } else {
        Err(errors)
    }
}

fn prepare(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    asked: &Asked,
) -> Result<Prepared, Vec<FieldError>> {
    let prepared = diff::prepare(kind, request, snapshot, asked.traits)?;
    if asked.keep.is_empty() {
        return Ok(prepared);
    }
    let kept = diff::keep(&prepared.request, snapshot, &asked.keep)?;
    diff::prepare(kind, &kept, snapshot, TraitsMode::Replace)
}

/// What stands where a secret is hidden must not become the secret: whoever reads a proposal and
/// sends it back as it was shown would overwrite a password with these letters.
fn nothing_hidden_is_written(items: &[Prepared]) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for (position, item) in items.iter().enumerate() {
        let body = item.request.body.as_ref();
        for pointer in &item.secret_pointers {
            let value = body.and_then(|body| body.pointer(pointer));
            if value.is_some_and(holds_hidden) {
                let detail = "This stands for a value that is not shown; give the value itself, or \
                              leave it out.";
                let error = FieldError::new(format!("/body{pointer}"), detail);
                errors.push(if items.len() > 1 {
                    at_position(error, position)
                } else {
                    error
                });
            }
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn holds_hidden(value: &Value) -> bool {
    match value {
        Value::String(text) => text == diff::HIDDEN,
        Value::Array(values) => values.iter().any(holds_hidden),
        Value::Object(members) => members.values().any(holds_hidden),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// An error in one item of a bulk body points to its place in the array.
fn at_position(error: FieldError, position: usize) -> FieldError {
    match error.pointer.strip_prefix("/body/data/") {
        Some(rest) => FieldError::new(format!("/body/data/{position}/{rest}"), error.detail),
        None => error,
    }
}

/// The warnings of all items; several of one kind become one with all the fields.
fn warnings_of(items: &[Prepared]) -> Vec<Warning> {
    if let [item] = items {
        return item.warnings.clone();
    }
    let mut by_code: BTreeMap<WarningCode, Warning> = BTreeMap::new();
    for warning in items.iter().flat_map(|item| &item.warnings) {
        let entry = by_code.entry(warning.code).or_insert_with(|| Warning {
            fields: Vec::new(),
            ..warning.clone()
        });
        for field in &warning.fields {
            if !entry.fields.contains(field) {
                entry.fields.push(field.clone());
            }
        }
    }
    by_code.into_values().collect()
}

/// What an item would change: between what its agent read, what is there now, and what is proposed.
/// None: the catalogue does not know such records any more.
pub fn compared(item: &Item, live: Option<&Snapshot>) -> Option<Diff> {
    let kind = catalogue::resource(&item.request.resource)?;
    Some(diff::fields(
        kind,
        &item.request,
        item.base(),
        Some(live.unwrap_or(&item.pre_image)),
        &item.secret_pointers,
    ))
}

fn common_resource(kind: &ResourceKind, items: &[Prepared]) -> ResourceRef {
    let Some(first) = items.first() else {
        return ResourceRef::default();
    };
    if items.len() == 1 {
        return first.resource.clone();
    }
    let same = |id: Option<RecordId>| items.iter().all(|item| item.resource.id == id);
    let is_one_organization = items
        .iter()
        .all(|item| item.resource.organization_id == first.resource.organization_id);
    ResourceRef {
        json_type: kind.json_type.clone(),
        id: first.resource.id.filter(|id| same(Some(*id))),
        name: Some(format!("{} records", items.len())),
        organization_id: first
            .resource
            .organization_id
            .filter(|_| is_one_organization),
        organization_name: first
            .resource
            .organization_name
            .clone()
            .filter(|_| is_one_organization),
    }
}
