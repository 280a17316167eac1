//! Flexible assets: traits are replaced as a whole, and read otherwise than they are written
//! (sections 5 and 6 of api-facts.md).
//!
//! Unconfirmed there and chosen here, each time the reading that hurts a careless client most:
//! - a required trait missing from a PATCH is 422, as on create;
//! - a Password trait left out of a PATCH removes the embedded password, and one sent as the id
//!   that was read becomes a password of these digits;
//! - a file echoed as it was read is lost without a word, since a file can only be uploaded;
//! - a PATCH without `traits` leaves them as they are;
//! - a file reads as `{name, size, url}`: no source shows how it really does.

use serde_json::{Map, Value, json};

use super::flexible_fields::{Field, FieldKind, of_type};
use super::refusal::{Complaint, Refusal};
use super::render;
use super::resources;
use super::schema::Resource;
use super::traits::{self, Accepted};
use super::world::{Record, World, number, text};
use super::write::Draft;

/// The traits in the fields marked for the title.
pub(super) fn name(world: &World, stored: &Record) -> String {
    let kind = number(stored, "flexible-asset-type-id").unwrap_or_default();
    let traits = stored.get("traits");
    of_type(world, kind)
        .iter()
        .filter(|field| field.is_title)
        .filter_map(|field| match traits?.get(&field.key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Traits as they are read: tags with their records, files as links, passwords as ids.
pub(super) fn read_traits(world: &World, stored: &Record) -> Value {
    let kind = number(stored, "flexible-asset-type-id").unwrap_or_default();
    let fields = of_type(world, kind);
    let mut shown = stored
        .get("traits")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for field in fields.iter().filter(|field| field.kind == FieldKind::Tag) {
        if let Some(value) = shown.get_mut(&field.key) {
            *value = read_tag(world, field, value);
        }
    }
    shown.into()
}

fn read_tag(world: &World, field: &Field, ids: &Value) -> Value {
    let target = tag_target(&field.tag_type);
    let values: Vec<Value> = ids
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .map(|id| match target {
            Some(resource) => tagged(world, resource, id),
            None => json!({ "id": id }),
        })
        .collect();
    let kind = field.tag_type.split(':').next().unwrap_or_default();
    let kind = if kind == "FlexibleAssetType" {
        "FlexibleAssets"
    } else {
        kind
    };
    json!({ "type": kind, "values": values })
}

fn tagged(world: &World, resource: &Resource, id: u64) -> Value {
    let attributes = render::attributes(world, resource, id);
    json!({
        "id": id,
        "name": render::name(world, resource, id),
        "resource-url": attributes.get("resource-url"),
    })
}

/// What a Tag field points at; none for kinds that are not simulated (tickets, certificates).
pub(super) fn tag_target(tag_type: &str) -> Option<&'static Resource> {
    match tag_type.split(':').next().unwrap_or_default().trim() {
        "FlexibleAssetType" => resources::find("flexible_assets"),
        "AccountsUsers" => resources::find("users"),
        other => resources::find_loosely(other),
    }
}

pub(super) fn apply(world: &mut World, draft: &mut Draft<'_>) -> Result<(), Refusal> {
    keep_type(draft);
    let sent = match (draft.sent.get("traits"), draft.before) {
        (Some(Value::Object(sent)), _) => sent.clone(),
        (Some(Value::Null) | None, None) => Map::new(),
        (Some(Value::Null) | None, Some(before)) => {
            let kept = before.get("traits").cloned().unwrap_or_else(|| json!({}));
            draft.record.insert("traits".to_owned(), kept);
            return Ok(());
        }
        (Some(_), _) => {
            draft
                .complaints
                .push(Complaint::attribute("traits", "is invalid"));
            return Ok(());
        }
    };
    let kind = number(draft.record, "flexible-asset-type-id").unwrap_or_default();
    let fields = of_type(world, kind);
    let accepted = traits::accept(world, draft.record, &fields, &sent, draft.complaints)?;
    if draft.complaints.is_empty() {
        let kept = store(world, draft, &fields, accepted);
        draft.record.insert("traits".to_owned(), kept.into());
    }
    Ok(())
}

/// The type of an asset does not change; a client that echoes it is not bothered.
fn keep_type(draft: &mut Draft<'_>) {
    if let Some(kind) = draft
        .before
        .and_then(|before| before.get("flexible-asset-type-id"))
    {
        draft
            .record
            .insert("flexible-asset-type-id".to_owned(), kind.clone());
    }
}

/// Turns accepted values into stored ones: passwords move to records of their own.
fn store(world: &mut World, draft: &mut Draft<'_>, fields: &[Field], accepted: Accepted) -> Record {
    let mut kept = accepted.values;
    for field in fields
        .iter()
        .filter(|field| field.kind == FieldKind::Password)
    {
        let known = draft
            .before
            .and_then(|before| before.get("traits")?.get(&field.key)?.as_u64());
        match (accepted.passwords.get(&field.key), known) {
            (Some(value), Some(id)) => {
                set_password(world, id, value);
                kept.insert(field.key.clone(), id.into());
            }
            (Some(value), None) => {
                let id = embed(world, draft, field, value);
                kept.insert(field.key.clone(), id.into());
            }
            (None, Some(id)) => {
                world.remove("passwords", id);
            }
            (None, None) => {}
        }
    }
    kept
}

fn embed(world: &mut World, draft: &Draft<'_>, field: &Field, value: &str) -> u64 {
    let now = world.clock.tick();
    let password = json!({
        "organization-id": draft.record.get("organization-id"),
        "name": field.name,
        "password": value,
        "resource-id": draft.id,
        "resource-type": "flexible-asset-traits",
        "archived": false,
        "restricted": false,
        "password-updated-at": now,
        "created-at": now,
        "updated-at": now,
    });
    world.add(
        "passwords",
        password.as_object().cloned().unwrap_or_default(),
    )
}

fn set_password(world: &mut World, id: u64, value: &str) {
    let is_same = world
        .get("passwords", id)
        .is_some_and(|password| text(password, "password") == Some(value));
    if is_same {
        return;
    }
    let now = world.clock.tick();
    if let Some(password) = world.change("passwords", id) {
        password.insert("password".to_owned(), value.into());
        password.insert("password-updated-at".to_owned(), now.into());
    }
    world.touch("passwords", id);
}
