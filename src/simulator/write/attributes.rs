//! Reading attributes as sent into a record, by what each of them holds.
//!
//! How far IT Glue bends values of another type is unknown. Here numbers and flags may be written
//! as text and the reverse; anything else is 422.

use serde_json::{Map, Value};

use crate::simulator::body::folded;
use crate::simulator::clock;
use crate::simulator::refusal::{Complaint, Refusal};
use crate::simulator::resources;
use crate::simulator::schema::{Attribute, Form, Resource, Special};
use crate::simulator::world::{Record, World, id_of, number, text};

/// Puts what was sent into the record. Read-only and unknown attributes are ignored, so a client
/// may echo what it has read.
pub(super) fn accept(
    world: &World,
    resource: &Resource,
    sent: &Record,
    record: &mut Record,
    complaints: &mut Vec<Complaint>,
) -> Result<(), Refusal> {
    // The owner first: other links are checked against it.
    let owner_first = |attribute: &&Attribute| attribute.name != "organization-id";
    let mut attributes: Vec<&Attribute> = resource
        .attributes
        .iter()
        .filter(|attribute| !attribute.read_only)
        .collect();
    attributes.sort_by_key(owner_first);
    for attribute in attributes {
        let Some(value) = sent.get(attribute.name) else {
            continue;
        };
        let read = match attribute.form {
            Form::Link { to, .. } => linked(world, resource, attribute, to, value, record)?,
            Form::Text => as_text(value),
            Form::Number => as_number(value),
            Form::Flag => as_flag(value),
            Form::Date => as_date(value),
            Form::Time => as_time(value),
            Form::Channels => as_channels(value),
            Form::Free => Ok(value.clone()),
        };
        match read {
            Ok(value) => {
                record.insert(attribute.name.to_owned(), value);
            }
            Err(detail) => complaints.push(Complaint::attribute(attribute.name, detail)),
        }
    }
    Ok(())
}

/// Complains about required attributes that would be empty.
pub(super) fn require(resource: &Resource, record: &Record, complaints: &mut Vec<Complaint>) {
    for attribute in resource
        .attributes
        .iter()
        .filter(|attribute| attribute.required)
    {
        if record
            .get(attribute.name)
            .is_some_and(|value| !is_blank(value))
        {
            continue;
        }
        complaints.push(match attribute.form {
            _ if attribute.name == "organization-id" => Complaint::OrganizationRequired,
            Form::Link { .. } => Complaint::MustExist(without_id(attribute.name)),
            Form::Text
            | Form::Number
            | Form::Flag
            | Form::Date
            | Form::Time
            | Form::Channels
            | Form::Free => Complaint::Blank(attribute.name.to_owned()),
        });
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn without_id(name: &str) -> String {
    name.strip_suffix("-id").unwrap_or(name).to_owned()
}

type Read = Result<Value, &'static str>;

const INVALID: &str = "is invalid";

/// A link has to lead to a record of the same organization; else the answer is 401 as for any
/// foreign id, but for the folder of a document, which has words of its own.
fn linked(
    world: &World,
    resource: &Resource,
    attribute: &Attribute,
    to: &str,
    value: &Value,
    record: &Record,
) -> Result<Read, Refusal> {
    if value.is_null() || value.as_str() == Some("") {
        return Ok(Ok(Value::Null));
    }
    let found = id_of(value).filter(|id| is_within_reach(world, to, *id, record));
    match found {
        Some(id) => Ok(Ok(id.into())),
        None if resource.special == Special::Document && to == "document_folders" => {
            let detail = "must exist in the same organization";
            let complaint = Complaint::attribute(&without_id(attribute.name), detail);
            Err(Refusal::invalid(vec![complaint]))
        }
        None => Err(Refusal::foreign_id()),
    }
}

fn is_within_reach(world: &World, kind: &str, id: u64, from: &Record) -> bool {
    let Some(target) = world.get(kind, id) else {
        return false;
    };
    let is_owned = resources::find(kind).is_some_and(Resource::is_of_an_organization);
    let (owner, asking) = (
        number(target, "organization-id"),
        number(from, "organization-id"),
    );
    !is_owned || asking.is_none() || owner == asking
}

fn as_text(value: &Value) -> Read {
    match value {
        Value::Null | Value::String(_) => Ok(value.clone()),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(INVALID),
    }
}

fn as_number(value: &Value) -> Read {
    match value {
        Value::Null | Value::Number(_) => Ok(value.clone()),
        Value::String(_) => id_of(value).map(Value::from).ok_or("is not a number"),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err("is not a number"),
    }
}

fn as_flag(value: &Value) -> Read {
    match value {
        Value::Null | Value::Bool(_) => Ok(value.clone()),
        Value::String(text) => text.parse::<bool>().map(Value::from).map_err(|_| INVALID),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(INVALID),
    }
}

fn as_date(value: &Value) -> Read {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        Value::String(text) if clock::is_date(text) => Ok(value.clone()),
        Value::String(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_) => Err("is not a valid date"),
    }
}

fn as_time(value: &Value) -> Read {
    match value {
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => Ok(value.clone()),
        Value::Null
        | Value::String(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_) => as_date(value),
    }
}

/// E-mail addresses or phone numbers. The list sent replaces the list there is; whether IT Glue
/// merges instead is unconfirmed (section 12).
fn as_channels(value: &Value) -> Read {
    let Some(channels) = value.as_array() else {
        return if value.is_null() {
            Ok(Value::Array(Vec::new()))
        } else {
            Err(INVALID)
        };
    };
    let channels: Option<Vec<Value>> = channels.iter().map(channel).collect();
    channels
        .map(Value::Array)
        .ok_or("value and label_name are required")
}

fn channel(sent: &Value) -> Option<Value> {
    let sent = folded(sent.as_object()?);
    let mut channel = Map::new();
    for key in ["value", "label-name"] {
        let value = text(&sent, key).filter(|value| !value.trim().is_empty())?;
        channel.insert(key.to_owned(), value.into());
    }
    let is_primary = sent
        .get("primary")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    channel.insert("primary".to_owned(), is_primary.into());
    if let Some(extension) = sent.get("extension") {
        channel.insert("extension".to_owned(), extension.clone());
    }
    Some(channel.into())
}
