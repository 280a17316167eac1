//! PATCH. Attributes that are not sent stay as they are; only traits of flexible assets differ.
//!
//! Moving a record by a PATCH of `organization-id` is unconfirmed (section 6 of api-facts.md); it
//! works here. `updated-at` moves when something changed.

use crate::simulator::body::{Body, Item};
use crate::simulator::refusal::Refusal;
use crate::simulator::route::Route;
use crate::simulator::world::World;

use super::{Draft, Written, attributes, id_in_body, rules};

pub(super) fn update_many(
    world: &mut World,
    route: &Route,
    body: &Body,
) -> Result<Written, Refusal> {
    let mut ids = Vec::new();
    for item in &body.items {
        let id = id_in_body(world, route, item.id)?;
        update(world, route, id, item)?;
        ids.push(id);
    }
    Ok(Written::Updated { ids, is_list: true })
}

pub(super) fn update(
    world: &mut World,
    route: &Route,
    id: u64,
    item: &Item,
) -> Result<(), Refusal> {
    let resource = route.resource;
    let before = world
        .get(resource.kind, id)
        .ok_or_else(Refusal::not_found)?
        .clone();
    rules::refuse_synced(resource, &before, &item.attributes)?;
    let mut record = before.clone();
    let mut complaints = Vec::new();
    attributes::accept(
        world,
        resource,
        &item.attributes,
        &mut record,
        &mut complaints,
    )?;
    attributes::require(resource, &record, &mut complaints);
    if !complaints.is_empty() {
        return Err(Refusal::invalid(complaints));
    }
    let mut draft = Draft {
        id,
        sent: &item.attributes,
        before: Some(&before),
        record: &mut record,
        complaints: &mut complaints,
        parent: route.parent,
    };
    rules::apply(world, resource, &mut draft)?;
    if !complaints.is_empty() {
        return Err(Refusal::invalid(complaints));
    }
    if record != before {
        world.put(resource.kind, id, record);
        world.touch(resource.kind, id);
    }
    Ok(())
}
