//! Values in words: names instead of ids, text instead of HTML, sizes instead of files.

use serde_json::{Map, Value};

use super::body::{self, kebab};
use super::changes::{Input, Row};
use super::html;
use super::labels::humanise;
use super::place::{Place, any_tag_ids, is_empty};
use super::references::{referenced, tag_resource};
use super::schema::is_upload;
use super::secrets::HIDDEN_WORDS;
use super::traits::record_traits;
use crate::domain::{FieldKind, Operation, RecordId, Snapshot, as_id, json::canonical};

/// What stands where there is no value.
pub(super) const NONE: &str = "(none)";

/// Which of the three values of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// As the agent saw it.
    Base,
    /// As it is now.
    Live,
    /// As it would be.
    Proposed,
}

impl Input<'_> {
    /// A value of a row in words.
    pub(super) fn words(&self, row: &Row<'_>, side: Side) -> String {
        let value = match side {
            Side::Base => &row.base,
            Side::Live => &row.live,
            Side::Proposed => &row.proposed,
        };
        if row.secret {
            return self.secret_words(row, side, value).to_owned();
        }
        if is_empty(value) {
            return NONE.to_owned();
        }
        match &row.place {
            Place::Attribute(_) | Place::Trait(..) if row.place.is_html(self.kind) => {
                value.as_str().map_or_else(|| plain(value), html::readable)
            }
            Place::Attribute(attribute) if row.place.is_reference(self.kind) => {
                self.reference(attribute, value)
            }
            Place::Trait(key, field) => match field.map(|field| field.kind) {
                Some(FieldKind::Percent) => format!("{} %", plain(value)),
                Some(FieldKind::Tag) => {
                    let tag_type = field.and_then(|field| field.tag_type.as_deref());
                    self.tags(key, tag_type, value)
                }
                None if value.get("values").is_some() => self.tags(key, None, value),
                _ => plain(value),
            },
            Place::Children(_) => children(value),
            Place::Attribute(_) => plain(value),
        }
    }

    /// A secret attribute never reads, so whether there is one now is not known either.
    fn secret_words(&self, row: &Row<'_>, side: Side, value: &Value) -> &'static str {
        let may_be_there = match (&row.place, side) {
            (_, Side::Proposed) | (Place::Trait(..) | Place::Children(_), _) => !is_empty(value),
            (Place::Attribute(_), _) => self.request.operation != Operation::Create,
        };
        if may_be_there { HIDDEN_WORDS } else { NONE }
    }

    fn reference(&self, attribute: &str, value: &Value) -> String {
        let Some(id) = as_id(value) else {
            return plain(value);
        };
        let known = [self.live, Some(self.base)];
        let mut known = known.into_iter().flatten();
        let name = known.find_map(|snapshot| {
            twin_name(snapshot, attribute, id).or_else(|| {
                let resource = referenced(self.kind, self.request, snapshot, attribute)?;
                name_of(snapshot, &resource, id)
            })
        });
        named(name, id)
    }

    fn tags(&self, key: &str, tag_type: Option<&str>, value: &Value) -> String {
        let Some(ids) = any_tag_ids(value) else {
            return plain(value);
        };
        let resource = tag_type.and_then(tag_resource);
        let known = || [self.live, Some(self.base)].into_iter().flatten();
        let tagged: Vec<String> = ids
            .into_iter()
            .map(|id| {
                let name = name_in_tag(value, id)
                    .or_else(|| {
                        known().find_map(|snapshot| {
                            let traits = record_traits(snapshot.record.as_ref()?)?;
                            name_in_tag(traits.get(key)?, id)
                        })
                    })
                    .or_else(|| {
                        let resource = resource.as_deref()?;
                        known().find_map(|snapshot| name_of(snapshot, resource, id))
                    });
                named(name, id)
            })
            .collect();
        tagged.join(", ")
    }
}

/// A value without the bytes of files: their name and size instead.
pub(super) fn without_files(value: &Value) -> Value {
    match value {
        Value::Object(members) if is_upload(value) => members
            .iter()
            .map(|(key, member)| match member.as_str() {
                Some(content) if kebab(key) == "content" => (
                    key.clone(),
                    Value::from(format!("[{}]", file_size(content))),
                ),
                _ => (key.clone(), member.clone()),
            })
            .collect::<Map<String, Value>>()
            .into(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), without_files(member)))
            .collect::<Map<String, Value>>()
            .into(),
        Value::Array(items) => items.iter().map(without_files).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items)
            if items
                .iter()
                .all(|item| !item.is_object() && !item.is_array()) =>
        {
            items.iter().map(plain).collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join("\n"),
        Value::Object(members) if is_upload(value) => upload(members),
        Value::Object(members) => entry(members),
    }
}

/// One e-mail address, phone number or other hash on one line.
fn entry(members: &Map<String, Value>) -> String {
    let member = |name: &str| {
        members
            .iter()
            .find(|(key, value)| kebab(key) == name && !is_empty(value))
            .map(|(_, value)| value)
    };
    let Some(value) = member("value") else {
        let parts: Vec<String> = members
            .iter()
            .filter(|(_, value)| !is_empty(value))
            .map(|(key, value)| format!("{}: {}", humanise(key), one_line(value)))
            .collect();
        return parts.join(", ");
    };
    let mut line = match member("label-name") {
        Some(label) => format!("{}: {}", plain(label), plain(value)),
        None => plain(value),
    };
    for (key, value) in members {
        let key = kebab(key);
        let is_silent = is_empty(value) || *value == Value::Bool(false) || key == "id";
        match key.as_str() {
            "value" | "label-name" => {}
            _ if is_silent => {}
            "extension" => line.extend([" ext. ", &one_line(value)]),
            _ if *value == Value::Bool(true) => line.extend([" (", &key, ")"]),
            _ => line.extend([" (", &key, ": ", &one_line(value), ")"]),
        }
    }
    line
}

/// What is nested deeper than people read is shown as JSON, but never left out.
fn one_line(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => canonical(&without_files(value)),
        value => plain(value),
    }
}

fn upload(members: &Map<String, Value>) -> String {
    let text = |name: &str| {
        members
            .iter()
            .find(|(key, _)| kebab(key) == name)
            .and_then(|(_, value)| value.as_str())
            .unwrap_or_default()
    };
    format!("{} ({})", text("file-name"), file_size(text("content")))
}

/// How many bytes a base64 text stands for.
fn file_size(base64: &str) -> String {
    let digits = base64
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=');
    format!("{} bytes", digits.count() * 3 / 4)
}

/// One line per record to be created along.
fn children(relationship: &Value) -> String {
    let lines: Vec<String> = body::child_attributes(relationship)
        .into_iter()
        .map(entry)
        .collect();
    if lines.is_empty() {
        canonical(&without_files(relationship))
    } else {
        lines.join("\n")
    }
}

/// `contact-type-name` beside `contact-type-id`, where the record has this very id.
fn twin_name(snapshot: &Snapshot, attribute: &str, id: u64) -> Option<String> {
    let record = snapshot.record.as_ref()?;
    let is_of_record = record.attributes.get(attribute).and_then(as_id) == Some(id);
    let twin = format!("{}-name", attribute.strip_suffix("-id")?);
    record
        .text(&twin)
        .filter(|_| is_of_record)
        .map(str::to_owned)
}

fn name_of(snapshot: &Snapshot, resource: &str, id: u64) -> Option<String> {
    let named = snapshot.names.find(resource, RecordId(id))?;
    Some(named.name.clone())
}

fn name_in_tag(tag: &Value, id: u64) -> Option<String> {
    tag.get("values")?
        .as_array()?
        .iter()
        .find(|entry| entry.get("id").and_then(as_id) == Some(id))?
        .get("name")?
        .as_str()
        .map(str::to_owned)
}

fn named(name: Option<String>, id: u64) -> String {
    name.map_or_else(|| format!("#{id}"), |name| format!("{name} (#{id})"))
}
