//! Writes: create, update, delete, one or many.
//!
//! Everything here works on a draft of the world that is thrown away if anything is refused. A
//! bulk write is therefore all or nothing; what IT Glue does is unconfirmed (section 12 of
//! api-facts.md).

mod attributes;
mod create;
mod delete;
mod rules;
mod update;

use serde_json::Value;

pub(super) use delete::remove;

use super::body::Body;
use super::documents;
use super::refusal::{Complaint, Refusal};
use super::route::{Action, Parent, Route};
use super::schema::Verb;
use super::world::{Record, World};
use super::{list, resources};

/// What a write did.
#[derive(Debug)]
pub(super) enum Written {
    Created {
        ids: Vec<u64>,
        is_list: bool,
    },
    Updated {
        ids: Vec<u64>,
        is_list: bool,
    },
    /// The objects as they were.
    Deleted {
        objects: Vec<Value>,
        is_list: bool,
    },
}

/// What a rule of one resource sees of a record about to be written.
pub(super) struct Draft<'a> {
    pub id: u64,
    /// As sent, in kebab-case.
    pub sent: &'a Record,
    /// As it was; none for a new record.
    pub before: Option<&'a Record>,
    /// As it will be.
    pub record: &'a mut Record,
    pub complaints: &'a mut Vec<Complaint>,
    pub parent: Option<Parent>,
}

/// Carries out a write on a draft of the world.
pub(super) fn carry_out(
    world: &mut World,
    route: &Route,
    body: Option<&Value>,
) -> Result<Written, Refusal> {
    check_parent(world, route)?;
    match route.action {
        Action::Create => create::create(world, route, &Body::read(body)?),
        Action::Update(id) => {
            check_child(world, route, id)?;
            let body = Body::read(body)?;
            let [item] = body.items.as_slice() else {
                return Err(Refusal::bulk_not_allowed(route.resource.label));
            };
            update::update(world, route, id, item)?;
            Ok(Written::Updated {
                ids: vec![id],
                is_list: false,
            })
        }
        Action::UpdateMany => update::update_many(world, route, &Body::read(body)?),
        Action::Delete(id) => {
            check_child(world, route, id)?;
            let objects = vec![delete::delete(world, route.resource, id)?];
            Ok(Written::Deleted {
                objects,
                is_list: false,
            })
        }
        Action::DeleteMany => delete::delete_many(world, route, &Body::read(body)?),
        Action::Publish(id) => {
            check_child(world, route, id)?;
            documents::publish(world, id);
            Ok(Written::Updated {
                ids: vec![id],
                is_list: false,
            })
        }
        Action::List | Action::Show(_) => Err(Refusal::not_found()),
    }
}

/// The record in the path in front of `/relationships/` has to exist.
pub(super) fn check_parent(world: &World, route: &Route) -> Result<(), Refusal> {
    match route.parent {
        Some(parent) if world.get(parent.kind(), parent.id).is_none() => Err(Refusal::not_found()),
        Some(_) | None => Ok(()),
    }
}

/// The record in the path has to exist, below the parent in the path.
pub(super) fn check_child(world: &World, route: &Route, id: u64) -> Result<(), Refusal> {
    let record = world
        .get(route.resource.kind, id)
        .ok_or_else(Refusal::not_found)?;
    match route.parent {
        Some(parent) if !list::is_child(record, parent) => Err(Refusal::not_found()),
        Some(_) | None => Ok(()),
    }
}

/// The id of an item in a bulk write: a bad or foreign one is 401, not 404.
fn id_in_body(world: &World, route: &Route, id: Option<u64>) -> Result<u64, Refusal> {
    let id = id.ok_or_else(Refusal::foreign_id)?;
    check_child(world, route, id).map_err(|_| Refusal::foreign_id())?;
    Ok(id)
}

/// The route on which records of a kind below another are created along with it.
fn route_below(parent: Parent, kind: &str, verbs: &'static [Verb]) -> Option<Route> {
    Some(Route {
        resource: resources::find(kind)?,
        parent: Some(parent),
        action: Action::Create,
        verbs,
    })
}
