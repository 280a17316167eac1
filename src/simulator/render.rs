//! From a stored record to the attributes IT Glue answers.

use serde_json::{Map, Value, json};

use super::resources;
use super::schema::{Form, Resource, Special};
use super::world::{Record, World, id_of, is_true, number, text};
use super::{documents, flexible_assets, passwords};

/// The attributes of a record, without secret values.
pub(super) fn attributes(world: &World, resource: &Resource, id: u64) -> Record {
    let Some(stored) = world.get(resource.kind, id) else {
        return Map::new();
    };
    let mut shown = Map::new();
    for attribute in resource.attributes {
        let value = stored.get(attribute.name).cloned().unwrap_or(Value::Null);
        if let Form::Link {
            to,
            twin: Some(twin),
        } = attribute.form
        {
            shown.insert(twin.to_owned(), name_of(world, to, &value));
        }
        shown.insert(attribute.name.to_owned(), value);
    }
    if shown.contains_key("resource-url") {
        shown.insert(
            "resource-url".to_owned(),
            resource_url(resource, stored, id).into(),
        );
    }
    compute(world, resource, stored, id, &mut shown);
    shown
}

/// All there is to know about a record, secrets and the simulator's own keys included.
pub(super) fn truth(world: &World, resource: &Resource, id: u64) -> Option<Record> {
    let stored = world.get(resource.kind, id)?;
    let mut all = attributes(world, resource, id);
    for (key, value) in stored {
        all.entry(key.clone()).or_insert_with(|| value.clone());
    }
    if resource.special == Special::Password {
        for key in ["password", "otp-secret"] {
            all.insert(
                key.to_owned(),
                stored.get(key).cloned().unwrap_or(Value::Null),
            );
        }
    }
    Some(all)
}

/// What a person calls a record.
pub(super) fn name(world: &World, resource: &Resource, id: u64) -> Value {
    let Some(stored) = world.get(resource.kind, id) else {
        return Value::Null;
    };
    match resource.special {
        Special::Contact => contact_name(stored).into(),
        Special::FlexibleAsset => flexible_assets::name(world, stored).into(),
        Special::Plain
        | Special::Organization
        | Special::Document
        | Special::Section
        | Special::DocumentImage
        | Special::DocumentFolder
        | Special::FlexibleAssetType
        | Special::FlexibleAssetField
        | Special::Password
        | Special::PasswordFolder
        | Special::Category
        | Special::Attachment
        | Special::RelatedItem => stored.get("name").cloned().unwrap_or(Value::Null),
    }
}

fn compute(world: &World, resource: &Resource, stored: &Record, id: u64, shown: &mut Record) {
    let mut set = |key: &str, value: Value| {
        shown.insert(key.to_owned(), value);
    };
    match resource.special {
        Special::Contact => set("name", contact_name(stored).into()),
        Special::FlexibleAsset => {
            set("name", flexible_assets::name(world, stored).into());
            set("traits", flexible_assets::read_traits(world, stored));
        }
        Special::Document => set("content", documents::content(stored)),
        Special::Section => {
            set("resource-id", id.into());
            set(
                "rendered-content",
                stored.get("content").cloned().unwrap_or(Value::Null),
            );
        }
        Special::DocumentFolder | Special::PasswordFolder => {
            set(
                "ancestor-ids",
                json!(ancestors(world, resource.kind, stored)),
            );
        }
        Special::DocumentImage => {
            shown.remove("image");
            let file = text(stored, "file-name").unwrap_or_default();
            let url = format!("https://acme-msp.itglue.com/document_images/{id}/{file}");
            shown.insert("inline-resource-url".to_owned(), url.into());
        }
        Special::Attachment => {
            shown.remove("attachment");
            let url = format!("https://acme-msp.itglue.com/attachments/{id}");
            shown.insert("download-url".to_owned(), url.into());
        }
        Special::RelatedItem => set("destination-name", destination_name(world, stored)),
        Special::Password => passwords::compute(world, stored, shown),
        Special::Plain
        | Special::Organization
        | Special::FlexibleAssetType
        | Special::FlexibleAssetField
        | Special::Category => compute_plain(world, resource, stored, shown),
    }
}

fn compute_plain(world: &World, resource: &Resource, stored: &Record, shown: &mut Record) {
    match resource.kind {
        "configurations" => {
            let owner = number(stored, "organization-id")
                .and_then(|id| world.get("organizations", id))
                .and_then(|owner| owner.get("short-name").cloned());
            shown.insert(
                "organization-short-name".to_owned(),
                owner.unwrap_or(Value::Null),
            );
        }
        "locations" => {
            for (from, to) in [("phone", "formatted-phone"), ("fax", "formatted-fax")] {
                let value = stored.get(from).cloned().unwrap_or(Value::Null);
                shown.insert(to.to_owned(), value);
            }
        }
        "users" => {
            shown.insert("name".to_owned(), contact_name(stored).into());
        }
        _ => {}
    }
}

fn contact_name(stored: &Record) -> String {
    [text(stored, "first-name"), text(stored, "last-name")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn name_of(world: &World, kind: &str, id: &Value) -> Value {
    match (resources::find(kind), id_of(id)) {
        (Some(resource), Some(id)) => name(world, resource, id),
        _ => Value::Null,
    }
}

fn destination_name(world: &World, stored: &Record) -> Value {
    let resource = text(stored, "destination-type").and_then(resources::find_loosely);
    match (resource, number(stored, "destination-id")) {
        (Some(resource), Some(id)) => name(world, resource, id),
        _ => Value::Null,
    }
}

/// Folders above a folder, the outermost first.
pub(super) fn ancestors(world: &World, kind: &str, folder: &Record) -> Vec<u64> {
    let mut above = Vec::new();
    let mut next = number(folder, "parent-id");
    while let Some(id) = next.filter(|id| !above.contains(id)) {
        above.insert(0, id);
        next = world
            .get(kind, id)
            .and_then(|parent| number(parent, "parent-id"));
    }
    above
}

fn resource_url(resource: &Resource, stored: &Record, id: u64) -> String {
    const ACCOUNT: &str = "https://acme-msp.itglue.com";
    if resource.special == Special::Organization {
        return format!("{ACCOUNT}/{id}");
    }
    let owner = number(stored, "organization-id").unwrap_or_default();
    match (resource.special, number(stored, "flexible-asset-type-id")) {
        (Special::FlexibleAsset, Some(kind)) => {
            format!("{ACCOUNT}/{owner}/assets/{kind}/records/{id}")
        }
        (Special::Document, _) => format!("{ACCOUNT}/{owner}/docs/{id}"),
        _ => format!("{ACCOUNT}/{owner}/{}/{id}", resource.kind),
    }
}

/// Whether a record came from a PSA.
pub(super) fn is_synced(record: &Record) -> bool {
    text(record, "psa-integration") == Some("enabled") || is_true(record, "synced")
}
