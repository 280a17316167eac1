//! POST.

use serde_json::{Map, Value};

use crate::simulator::body::{Body, Item};
use crate::simulator::refusal::Refusal;
use crate::simulator::route::{Parent, Route};
use crate::simulator::schema::{Form, Resource, Verb};
use crate::simulator::world::{Record, World};

use super::{Draft, Written, attributes, route_below, rules};

pub(super) fn create(world: &mut World, route: &Route, body: &Body) -> Result<Written, Refusal> {
    if body.is_list && !route.verbs.contains(&Verb::CreateMany) {
        return Err(Refusal::bulk_not_allowed(route.resource.label));
    }
    let mut ids = Vec::new();
    for item in &body.items {
        ids.push(create_one(world, route, item)?);
    }
    Ok(Written::Created {
        ids,
        is_list: body.is_list,
    })
}

fn create_one(world: &mut World, route: &Route, item: &Item) -> Result<u64, Refusal> {
    let resource = route.resource;
    let mut sent = item.attributes.clone();
    let mut record = Map::new();
    if let Some(Parent {
        id, via: Some(via), ..
    }) = route.parent
    {
        sent.insert(via.to_owned(), id.into());
        record.insert(via.to_owned(), id.into());
    }
    let mut complaints = Vec::new();
    attributes::accept(world, resource, &sent, &mut record, &mut complaints)?;
    attributes::require(resource, &record, &mut complaints);
    if !complaints.is_empty() {
        return Err(Refusal::invalid(complaints));
    }
    let id = world.reserve_id();
    let mut draft = Draft {
        id,
        sent: &sent,
        before: None,
        record: &mut record,
        complaints: &mut complaints,
        parent: route.parent,
    };
    rules::apply(world, resource, &mut draft)?;
    if !complaints.is_empty() {
        return Err(Refusal::invalid(complaints));
    }
    fill(resource, &mut record);
    let now = world.clock.tick();
    record.insert("created-at".to_owned(), now.clone().into());
    record.insert("updated-at".to_owned(), now.into());
    world.put(resource.kind, id, record);
    create_children(world, route, id, item)?;
    Ok(id)
}

/// Flags nobody set are down, but for `important`, which stays null and escapes its filter.
fn fill(resource: &Resource, record: &mut Record) {
    for attribute in resource.attributes {
        let default = match attribute.form {
            Form::Flag if attribute.name != "important" => Value::Bool(false),
            Form::Text if attribute.name == "psa-integration" => "disabled".into(),
            Form::Flag
            | Form::Text
            | Form::Number
            | Form::Date
            | Form::Time
            | Form::Link { .. }
            | Form::Channels
            | Form::Free => continue,
        };
        let value = record.entry(attribute.name).or_insert(Value::Null);
        if value.is_null() {
            *value = default;
        }
    }
}

/// `relationships` that come with a new record.
fn create_children(world: &mut World, route: &Route, id: u64, item: &Item) -> Result<(), Refusal> {
    const CHILDREN: &[(&str, &str, &str, &str)] = &[
        (
            "configurations",
            "configuration-interfaces",
            "configuration_interfaces",
            "configuration-id",
        ),
        (
            "flexible_asset_types",
            "flexible-asset-fields",
            "flexible_asset_fields",
            "flexible-asset-type-id",
        ),
    ];
    for (kind, name, child, via) in CHILDREN {
        if route.resource.kind != *kind {
            continue;
        }
        let parent = Parent {
            resource: route.resource,
            id,
            via: Some(via),
        };
        let Some(below) = route_below(parent, child, &[Verb::Create]) else {
            continue;
        };
        for item in item.children(name) {
            create_one(world, &below, &item)?;
        }
    }
    Ok(())
}
