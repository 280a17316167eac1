//! DELETE. Answers 200 with the objects as they were; some sources say 204 (section 3).

use serde_json::{Map, Value};

use crate::simulator::body::Body;
use crate::simulator::envelope::object;
use crate::simulator::flexible_fields;
use crate::simulator::include::hangs_on;
use crate::simulator::passwords::Disclosure;
use crate::simulator::refusal::{Complaint, Refusal};
use crate::simulator::resources;
use crate::simulator::route::Route;
use crate::simulator::schema::{Resource, Special};
use crate::simulator::world::{World, number, text};

use super::{Written, id_in_body};

pub(super) fn delete_many(
    world: &mut World,
    route: &Route,
    body: &Body,
) -> Result<Written, Refusal> {
    let mut objects = Vec::new();
    for item in &body.items {
        let id = id_in_body(world, route, item.id)?;
        objects.push(delete(world, route.resource, id)?);
    }
    Ok(Written::Deleted {
        objects,
        is_list: true,
    })
}

pub(super) fn delete(
    world: &mut World,
    resource: &'static Resource,
    id: u64,
) -> Result<Value, Refusal> {
    refuse_filled_folder(world, resource, id)?;
    let object = object(world, resource, id, Disclosure::HIDDEN, &Map::new());
    if resource.special == Special::Organization {
        mark(world, id);
    } else {
        remove(world, resource, id);
    }
    Ok(object)
}

/// An organization is only marked; it goes later and is still read meanwhile.
fn mark(world: &mut World, id: u64) {
    let now = world.clock.tick();
    if let Some(organization) = world.change("organizations", id) {
        organization.insert("_deletion-requested-at".to_owned(), now.into());
    }
}

fn refuse_filled_folder(world: &World, resource: &Resource, id: u64) -> Result<(), Refusal> {
    let content = match resource.special {
        Special::PasswordFolder => ("passwords", "password-folder-id"),
        Special::DocumentFolder => ("documents", "document-folder-id"),
        Special::Plain
        | Special::Organization
        | Special::Contact
        | Special::Document
        | Special::Section
        | Special::DocumentImage
        | Special::FlexibleAsset
        | Special::FlexibleAssetType
        | Special::FlexibleAssetField
        | Special::Password
        | Special::Category
        | Special::Attachment
        | Special::RelatedItem => return Ok(()),
    };
    let is_filled = world.linked(content.0, content.1, id).next().is_some()
        || world
            .linked(resource.kind, "parent-id", id)
            .next()
            .is_some();
    if is_filled {
        let detail = format!("{} must be empty to be deleted", resource.label);
        return Err(Refusal::invalid(vec![Complaint::Record(detail)]));
    }
    Ok(())
}

/// Removes a record with all that cannot be without it.
pub(in crate::simulator) fn remove(
    world: &mut World,
    resource: &'static Resource,
    id: u64,
) -> bool {
    for kind in ["attachments", "related_items", "passwords"] {
        let hanging: Vec<u64> = world
            .linked(kind, "resource-id", id)
            .filter(|(_, record)| hangs_on(record, resource))
            .map(|(child, _)| child)
            .collect();
        remove_all(world, kind, &hanging);
    }
    for (kind, child, via) in PARTS {
        if *kind == resource.kind {
            let parts: Vec<u64> = world.linked(child, via, id).map(|(part, _)| part).collect();
            remove_all(world, child, &parts);
        }
    }
    match resource.special {
        Special::FlexibleAssetField => flexible_fields::forget(world, id),
        Special::Section => remove_images(world, id),
        Special::Plain
        | Special::Organization
        | Special::Contact
        | Special::Document
        | Special::DocumentImage
        | Special::DocumentFolder
        | Special::FlexibleAsset
        | Special::FlexibleAssetType
        | Special::Password
        | Special::PasswordFolder
        | Special::Category
        | Special::Attachment
        | Special::RelatedItem => {}
    }
    world.remove(resource.kind, id)
}

/// Records that go with the one they belong to: its kind, theirs, and the attribute between.
const PARTS: &[(&str, &str, &str)] = &[
    ("documents", "document_sections", "document-id"),
    (
        "configurations",
        "configuration_interfaces",
        "configuration-id",
    ),
    ("checklists", "checklist_tasks", "checklist-id"),
    (
        "flexible_asset_types",
        "flexible_assets",
        "flexible-asset-type-id",
    ),
    (
        "flexible_asset_types",
        "flexible_asset_fields",
        "flexible-asset-type-id",
    ),
];

fn remove_all(world: &mut World, kind: &str, ids: &[u64]) {
    if let Some(resource) = resources::find(kind) {
        for id in ids {
            remove(world, resource, *id);
        }
    }
}

/// Images of a gallery or step go with it.
fn remove_images(world: &mut World, section: u64) {
    let images: Vec<u64> = world
        .all("document_images")
        .filter(|(_, image)| {
            image
                .get("target")
                .and_then(Value::as_object)
                .is_some_and(|target| {
                    text(target, "type") == Some("gallery") && number(target, "id") == Some(section)
                })
        })
        .map(|(id, _)| id)
        .collect();
    remove_all(world, "document_images", &images);
}
