//! `include`: records that come along with those asked for.
//!
//! Whether an included password carries its value is unconfirmed (section 4 of api-facts.md); it
//! does here, as a client that guards secrets has to reckon with it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::envelope::object;
use super::passwords::Disclosure;
use super::query::{Query, kebab};
use super::resources;
use super::schema::Resource;
use super::world::{Record, World, number, text};
use super::{passwords, render};

/// The identifiers to be written under `relationships`, by record.
#[derive(Debug, Default)]
pub(super) struct Relationships {
    by_record: BTreeMap<u64, Record>,
}

impl Relationships {
    pub fn for_record(&self, id: u64) -> Record {
        self.by_record.get(&id).cloned().unwrap_or_default()
    }

    fn set(&mut self, id: u64, name: &str, identifiers: Vec<Value>) {
        let data = Map::from_iter([("data".to_owned(), Value::Array(identifiers))]);
        let record = self.by_record.entry(id).or_default();
        record.insert(kebab(name), data.into());
    }
}

/// What comes along with these records. Names the route does not know are ignored.
pub(super) fn of(
    world: &World,
    query: &Query,
    resource: &'static Resource,
    ids: &[u64],
    allowed: &[&str],
    disclosure: Disclosure,
) -> (Relationships, Vec<Value>) {
    let mut relationships = Relationships::default();
    let mut included = Vec::new();
    let wanted = query.includes();
    for id in ids {
        if resource.kind == "configurations" && !wanted.iter().any(|name| name == INTERFACES) {
            let interfaces = children(world, INTERFACES, "configuration-id", *id);
            relationships.set(*id, INTERFACES, interfaces.iter().map(identifier).collect());
        }
        for name in wanted
            .iter()
            .filter(|name| allowed.contains(&name.as_str()))
        {
            let found = related(world, resource, *id, name, disclosure.along());
            relationships.set(*id, name, found.iter().map(identifier).collect());
            for record in found {
                if !included.contains(&record) {
                    included.push(record);
                }
            }
        }
    }
    (relationships, included)
}

const INTERFACES: &str = "configuration_interfaces";

fn identifier(record: &Value) -> Value {
    json!({ "id": record.get("id"), "type": record.get("type") })
}

fn related(
    world: &World,
    resource: &'static Resource,
    id: u64,
    name: &str,
    disclosure: Disclosure,
) -> Vec<Value> {
    match name {
        "passwords" => hanging(world, "passwords", resource, id, disclosure),
        "attachments" | "related_items" => hanging(world, name, resource, id, disclosure),
        INTERFACES => children(world, INTERFACES, "configuration-id", id),
        "flexible_asset_fields" => {
            children(world, "flexible_asset_fields", "flexible-asset-type-id", id)
        }
        "checklist_tasks" => children(world, "checklist_tasks", "checklist-id", id),
        "ancestors" => ancestors(world, resource, id, disclosure),
        "authorized_users" => everyone(world, disclosure),
        "recent_versions" => versions(world, resource, id),
        _ => Vec::new(),
    }
}

fn children(world: &World, kind: &str, via: &str, id: u64) -> Vec<Value> {
    let Some(resource) = resources::find(kind) else {
        return Vec::new();
    };
    world
        .linked(kind, via, id)
        .map(|(child, _)| object(world, resource, child, Disclosure::HIDDEN, &Map::new()))
        .collect()
}

/// Records that name their carrier by type and id.
fn hanging(
    world: &World,
    kind: &str,
    carrier: &Resource,
    id: u64,
    disclosure: Disclosure,
) -> Vec<Value> {
    let Some(resource) = resources::find(kind) else {
        return Vec::new();
    };
    world
        .linked(kind, "resource-id", id)
        .filter(|(_, record)| hangs_on(record, carrier))
        .map(|(child, _)| object(world, resource, child, disclosure, &Map::new()))
        .collect()
}

/// Whether `resource-type` of a record means this kind.
pub(super) fn hangs_on(record: &Record, carrier: &Resource) -> bool {
    text(record, "resource-type")
        .and_then(passwords::carrier)
        .is_some_and(|resource| resource.kind == carrier.kind)
}

fn ancestors(
    world: &World,
    resource: &'static Resource,
    id: u64,
    disclosure: Disclosure,
) -> Vec<Value> {
    let Some(folder) = world.get(resource.kind, id) else {
        return Vec::new();
    };
    render::ancestors(world, resource.kind, folder)
        .into_iter()
        .map(|above| object(world, resource, above, disclosure, &Map::new()))
        .collect()
}

fn everyone(world: &World, disclosure: Disclosure) -> Vec<Value> {
    let Some(users) = resources::find("users") else {
        return Vec::new();
    };
    world
        .all("users")
        .map(|(id, _)| object(world, users, id, disclosure, &Map::new()))
        .collect()
}

/// One entry for the latest state, and one per earlier value of a password. The true shape is
/// unconfirmed (section 10 of api-facts.md).
fn versions(world: &World, resource: &Resource, id: u64) -> Vec<Value> {
    let Some(record) = world.get(resource.kind, id) else {
        return Vec::new();
    };
    let mut entries = passwords::earlier(record);
    let latest = json!({
        "id": (id * 100).to_string(),
        "created-at": record.get("updated-at"),
        "user-id": number(record, "updated-by"),
    });
    entries.push(latest);
    entries
        .into_iter()
        .map(|entry| {
            json!({
                "id": entry.get("id"),
                "type": "recent-versions",
                "attributes": {
                    "item-id": id,
                    "item-type": resource.label,
                    "event": "update",
                    "user-id": entry.get("user-id"),
                    "created-at": entry.get("created-at"),
                },
            })
        })
        .collect()
}
