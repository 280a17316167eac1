//! From a write to its items: one request about one record each.
//!
//! Invariant: the route of an item is a filled template of the catalogue, for the same kind of
//! record and the same operation as the write it comes from.

use serde_json::{Map, Value, json};

use super::body;
use super::catalogue::{self, Form};
use super::locate::Located;
use super::part::Part;
use super::rejection::Rejection;
use super::template::Places;
use crate::domain::{
    FieldError, ItemClass, ItemRequest, Operation, OrganizationId, ResourceKind, Route,
};

/// The items of a write, of which the body names groups and organizations beyond the address.
pub fn of_write(
    located: &mut Located,
    given: Option<&Value>,
) -> Result<Vec<ItemRequest>, Rejection> {
    let parts = body::read(located, given).map_err(Rejection::Invalid)?;
    let Some(kind) = located.resource() else {
        return Ok(Vec::new());
    };
    if parts.is_empty() {
        return Ok(vec![item(located, kind, None, located.route.clone())]);
    }
    let is_array = given.is_some_and(|body| body.get("data").is_some_and(Value::is_array));
    note_destinations(located, &parts, is_array)?;
    note_organizations(located, &parts);
    Ok(parts
        .into_iter()
        .map(|part| item_of(located, kind, part))
        .collect())
}

/// The one item of an approved read of a password's value.
pub fn of_secret_read(located: &Located) -> Option<ItemRequest> {
    let kind = located.resource()?;
    let mut item = item(located, kind, None, located.route.clone());
    item.class = ItemClass::Secret;
    Some(item)
}

fn item_of(located: &Located, kind: &ResourceKind, part: Part) -> ItemRequest {
    let is_bulk = located.endpoint.form == Form::Bulk;
    let single = if is_bulk {
        single_route(located, &part)
    } else {
        None
    };
    let takes_array = is_bulk && single.is_none();
    let route = single.unwrap_or_else(|| located.route.clone());
    let id = part.id;
    let has_body = takes_array || located.operation != Operation::Delete;
    let body = has_body.then(|| body_of(kind, part, takes_array));
    let mut item = item(located, kind, body, route);
    item.record_id = located.record_id.or(id);
    item
}

fn item(located: &Located, kind: &ResourceKind, body: Option<Value>, route: Route) -> ItemRequest {
    ItemRequest {
        route,
        body,
        resource: kind.name.clone(),
        operation: located.operation,
        class: located.endpoint.class.unwrap_or(ItemClass::Once),
        record_id: located.record_id,
        parent: located.parent.clone(),
    }
}

/// The confirmed route for one record, where IT Glue has one beside the bulk form.
fn single_route(located: &Located, part: &Part) -> Option<Route> {
    let path = located.endpoint.each.as_ref()?.fill(&Places {
        record: part.id,
        parent: located.parent.clone(),
    })?;
    Some(Route {
        method: located.endpoint.method,
        path,
        query: Vec::new(),
    })
}

/// The body as it is sent. Only an array of one names the id; elsewhere the path does.
fn body_of(kind: &ResourceKind, part: Part, is_array: bool) -> Value {
    let mut attributes = part.attributes;
    if let Some(id) = part.id.filter(|_| is_array) {
        attributes.insert("id".to_owned(), json!(id.0));
    }
    let mut data = Map::new();
    data.insert("type".to_owned(), json!(kind.json_type));
    data.insert("attributes".to_owned(), Value::Object(attributes));
    if !part.relationships.is_empty() {
        data.insert(
            "relationships".to_owned(),
            Value::Object(part.relationships),
        );
    }
    if is_array {
        json!({ "data": [data] })
    } else {
        json!({ "data": data })
    }
}

/// A related item needs the group of the record it points to as well.
fn note_destinations(
    located: &mut Located,
    parts: &[Part],
    is_array: bool,
) -> Result<(), Rejection> {
    if located.endpoint.resource != "related_items" {
        return Ok(());
    }
    for (position, part) in parts.iter().enumerate() {
        let Some(destination) = part.attributes.get("destination-type") else {
            continue;
        };
        let groups = destination
            .as_str()
            .and_then(catalogue::groups_of_model)
            .ok_or_else(|| unknown_destination(position, is_array))?;
        located.needs_also(groups);
    }
    Ok(())
}

fn unknown_destination(position: usize, is_array: bool) -> Rejection {
    let element = if is_array {
        format!("/body/data/{position}")
    } else {
        "/body/data".to_owned()
    };
    Rejection::Invalid(vec![FieldError::new(
        format!("{element}/attributes/destination-type"),
        "The destination type must name a kind of record, such as `Password` or `Configuration`.",
    )])
}

fn note_organizations(located: &mut Located, parts: &[Part]) {
    let is_organization = located.endpoint.resource == "organizations";
    for part in parts {
        let belongs_to = part.attributes.get("organization-id");
        if let Some(id) = belongs_to.and_then(Value::as_u64) {
            located.names(OrganizationId(id));
        }
        if let Some(id) = part.id.filter(|_| is_organization) {
            located.names(OrganizationId(id.0));
        }
    }
}
