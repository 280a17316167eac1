//! Reading the traits of a write, by the kind of their field.
//!
//! Values of the wrong type are 422, also where IT Glue may bend them: how it does is unknown.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::attachments::base64_size;
use super::body::folded;
use super::clock;
use super::flexible_assets::tag_target;
use super::flexible_fields::{Field, FieldKind};
use super::refusal::{Complaint, Refusal};
use super::schema::Resource;
use super::world::{Record, World, id_of, number, text};

#[derive(Debug, Default)]
pub(super) struct Accepted {
    /// Everything but passwords, as stored.
    pub values: Record,
    /// New values of passwords, by key.
    pub passwords: BTreeMap<String, String>,
}

enum Taken {
    Value(Value),
    Password(String),
    File(Value),
    /// Null, an empty text, or a file that cannot be kept.
    Nothing,
    Wrong(&'static str),
}

pub(super) fn accept(
    world: &World,
    asset: &Record,
    fields: &[Field],
    sent: &Map<String, Value>,
    complaints: &mut Vec<Complaint>,
) -> Result<Accepted, Refusal> {
    let with_trait = || {
        fields
            .iter()
            .filter(|field| field.kind != FieldKind::Header)
    };
    if sent
        .keys()
        .any(|key| !with_trait().any(|field| field.key == *key))
    {
        complaints.push(Complaint::UnknownTraits);
        return Ok(Accepted::default());
    }
    let mut accepted = Accepted::default();
    let mut last_file = None;
    for field in with_trait() {
        let taken = take(
            world,
            asset,
            field,
            sent.get(&field.key).unwrap_or(&Value::Null),
        )?;
        let is_empty = matches!(taken, Taken::Nothing);
        match taken {
            Taken::Value(value) => {
                accepted.values.insert(field.key.clone(), value);
            }
            Taken::Password(value) => {
                accepted.passwords.insert(field.key.clone(), value);
            }
            Taken::File(file) => last_file = Some((field.key.clone(), file)),
            Taken::Nothing => {}
            Taken::Wrong(detail) => complaints.push(Complaint::Trait {
                key: field.key.clone(),
                detail: detail.to_owned(),
            }),
        }
        if is_empty && field.is_required {
            complaints.push(Complaint::BlankTrait(field.key.clone()));
        }
    }
    // Of several files in one write only the last is kept (section 6).
    accepted.values.extend(last_file);
    Ok(accepted)
}

fn take(world: &World, asset: &Record, field: &Field, sent: &Value) -> Result<Taken, Refusal> {
    if sent.is_null() || sent.as_str() == Some("") {
        return Ok(Taken::Nothing);
    }
    Ok(match field.kind {
        FieldKind::Text | FieldKind::Textbox => string(sent),
        FieldKind::Select => select(field, sent),
        FieldKind::Number | FieldKind::Percent if sent.is_number() => Taken::Value(sent.clone()),
        FieldKind::Number | FieldKind::Percent => Taken::Wrong("is not a number"),
        FieldKind::Checkbox if sent.is_boolean() => Taken::Value(sent.clone()),
        FieldKind::Checkbox => Taken::Wrong("is not included in the list"),
        FieldKind::Date if sent.as_str().is_some_and(clock::is_date) => Taken::Value(sent.clone()),
        FieldKind::Date => Taken::Wrong("is not a valid date"),
        FieldKind::Password => password(sent),
        FieldKind::Upload => upload(sent),
        FieldKind::Tag => return tag(world, asset, field, sent),
        FieldKind::Header => Taken::Nothing,
    })
}

fn string(sent: &Value) -> Taken {
    match sent {
        Value::String(text) => Taken::Value(text.clone().into()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Taken::Wrong("is invalid")
        }
    }
}

fn select(field: &Field, sent: &Value) -> Taken {
    match sent.as_str() {
        Some(choice) if field.options.iter().any(|option| option == choice) => {
            Taken::Value(choice.into())
        }
        Some(_) | None => Taken::Wrong("is not included in the list"),
    }
}

/// A number is taken as the digits of a new password, even if it is the id that was read.
fn password(sent: &Value) -> Taken {
    match sent {
        Value::String(value) => Taken::Password(value.clone()),
        Value::Number(value) => Taken::Password(value.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Taken::Wrong("is invalid")
        }
    }
}

fn upload(sent: &Value) -> Taken {
    let Some(file) = sent.as_object().map(folded) else {
        return Taken::Wrong("is invalid");
    };
    let (Some(content), Some(name)) = (text(&file, "content"), text(&file, "file-name")) else {
        return Taken::Nothing;
    };
    match base64_size(content) {
        Some(size) => Taken::File(json!({
            "name": name,
            "size": size,
            "url": format!("https://acme-msp.itglue.com/uploads/{name}"),
        })),
        None => Taken::Wrong("is not valid base64"),
    }
}

/// One id or a list of them. Objects, as tags are read, are refused.
fn tag(world: &World, asset: &Record, field: &Field, sent: &Value) -> Result<Taken, Refusal> {
    let ids: Option<Vec<u64>> = match sent {
        Value::Array(ids) => ids.iter().map(id_of).collect(),
        single => id_of(single).map(|id| vec![id]),
    };
    let Some(ids) = ids else {
        return Ok(Taken::Wrong("is invalid"));
    };
    let is_reached = tag_target(&field.tag_type).is_none_or(|target| {
        ids.iter()
            .all(|id| is_within_reach(world, asset, target, *id))
    });
    if !is_reached {
        return Err(Refusal::foreign_id());
    }
    Ok(if ids.is_empty() {
        Taken::Nothing
    } else {
        Taken::Value(json!(ids))
    })
}

fn is_within_reach(world: &World, asset: &Record, target: &Resource, id: u64) -> bool {
    world.get(target.kind, id).is_some_and(|record| {
        !target.is_of_an_organization()
            || number(record, "organization-id") == number(asset, "organization-id")
    })
}
