//! Names of the records that ids point to, so that people need not read numbers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::Reads;
use super::preflight::{Subject, read_one};
use super::read_error::ReadError;
use super::snapshot::Kinds;
use super::template::{Places, fill};
use crate::domain::{
    FieldKind, NamedRecord, Names, OrganizationId, Record, RecordId, Snapshot, as_id,
};

/// How many references, and how many tags, are looked up for one item.
const MAX_LOOKUPS: usize = 10;
const ORGANIZATIONS: &str = "organizations";

/// What is known of the records that the body and the record point to.
///
/// # Errors
/// Only where a later try may bring them.
pub(super) async fn names(
    reader: &impl Reads,
    kinds: &impl Kinds,
    subject: &Subject<'_>,
    snapshot: &Snapshot,
) -> Result<Names, ReadError> {
    let mut names = known(subject, snapshot);
    let organization = organization_of(subject, snapshot);
    let mut wanted = Wanted::default();
    wanted.extend(&names, references(subject));
    wanted.extend(&names, tags(subject, snapshot));
    if let Some(id) = organization {
        wanted.extend(
            &names,
            [(ORGANIZATIONS.to_owned(), RecordId(id.0))].into_iter(),
        );
    }
    for (resource, id) in wanted.0 {
        let found = look_up(reader, kinds, &resource, id, organization).await;
        if let Some(record) = found.or_else(ReadError::or_unknown)? {
            names.insert(&resource, id, record);
        }
    }
    Ok(names)
}

/// The organization an item concerns, as far as it has been read.
pub(super) fn organization_of(
    subject: &Subject<'_>,
    snapshot: &Snapshot,
) -> Option<OrganizationId> {
    let of_body = || {
        subject
            .attribute("organization-id")
            .and_then(as_id)
            .map(OrganizationId)
    };
    let of_record = snapshot.record.as_ref().and_then(Record::organization_id);
    let of_parent = || snapshot.parent.as_ref().and_then(Record::organization_id);
    of_record.or_else(of_body).or_else(of_parent)
}

#[derive(Default)]
struct Wanted(Vec<(String, RecordId)>);

impl Wanted {
    fn extend(&mut self, names: &Names, ids: impl Iterator<Item = (String, RecordId)>) {
        let new: BTreeSet<_> = ids
            .filter(|(resource, id)| names.find(resource, *id).is_none())
            .filter(|wanted| !self.0.contains(wanted))
            .collect();
        self.0.extend(new.into_iter().take(MAX_LOOKUPS));
    }
}

/// Names that came along with what was read: the `*-name` twin of each id, and the tags.
fn known(subject: &Subject<'_>, snapshot: &Snapshot) -> Names {
    let mut names = Names::default();
    for record in [&snapshot.record, &snapshot.parent].into_iter().flatten() {
        insert_twin(&mut names, record, ORGANIZATIONS, "organization-id");
    }
    if let Some(parent) = &snapshot.parent
        && let Some((resource, id)) = subject.parent(snapshot.record.as_ref())
    {
        names.insert(&resource, id, named(parent));
    }
    let Some(record) = &snapshot.record else {
        return names;
    };
    for (attribute, resource) in &subject.kind.references {
        insert_twin(&mut names, record, resource, attribute);
    }
    let traits = record.attributes.get("traits").and_then(Value::as_object);
    for tag in traits.into_iter().flat_map(|traits| traits.values()) {
        insert_tagged(&mut names, tag);
    }
    names
}

fn insert_twin(names: &mut Names, record: &Record, resource: &str, attribute: &str) {
    let id = record.attributes.get(attribute).and_then(as_id);
    let stem = attribute.strip_suffix("-id");
    let name = stem.and_then(|stem| record.text(&format!("{stem}-name")));
    if let (Some(id), Some(name)) = (id, name) {
        let known = NamedRecord {
            name: name.to_owned(),
            organization_id: (resource == ORGANIZATIONS).then_some(OrganizationId(id)),
        };
        names.insert(resource, RecordId(id), known);
    }
}

/// The records inside a Tag trait as it reads: `{"type": "Contacts", "values": [{"id", "name"}]}`.
fn insert_tagged(names: &mut Names, tag: &Value) {
    let resource = tag
        .get("type")
        .and_then(Value::as_str)
        .and_then(resource_of_tag);
    let values = tag.get("values").and_then(Value::as_array);
    let (Some(resource), Some(values)) = (resource, values) else {
        return;
    };
    for value in values {
        let id = value.get("id").and_then(as_id);
        let name = value.get("name").and_then(Value::as_str);
        if let (Some(id), Some(name)) = (id, name) {
            let organization_id = value.get("organization-id").and_then(as_id);
            let known = NamedRecord {
                name: name.to_owned(),
                organization_id: organization_id.map(OrganizationId),
            };
            names.insert(resource, RecordId(id), known);
        }
    }
}

/// The ids of the body by what they point to.
fn references(subject: &Subject<'_>) -> impl Iterator<Item = (String, RecordId)> {
    subject
        .kind
        .references
        .iter()
        .filter_map(|(attribute, resource)| {
            let id = as_id(subject.attribute(attribute)?)?;
            Some((resource.clone(), RecordId(id)))
        })
}

/// The ids in the Tag traits of the body.
fn tags(subject: &Subject<'_>, snapshot: &Snapshot) -> impl Iterator<Item = (String, RecordId)> {
    let traits = subject.attribute("traits").and_then(Value::as_object);
    let fields = snapshot.schema.iter().flat_map(|schema| &schema.fields);
    fields
        .filter(|field| field.kind == FieldKind::Tag)
        .filter_map(move |field| {
            let resource = resource_of_tag(field.tag_type.as_deref()?)?;
            Some((resource, traits?.get(&field.name_key)?))
        })
        .flat_map(|(resource, value)| {
            let ids = match value {
                Value::Array(ids) => ids.iter().filter_map(as_id).collect(),
                value => as_id(value).into_iter().collect::<Vec<_>>(),
            };
            ids.into_iter()
                .map(move |id| (resource.to_owned(), RecordId(id)))
        })
}

/// The kind of record behind a tag type: `Contacts`, `Configurations: 3`, `FlexibleAssetType: 12`.
fn resource_of_tag(tag_type: &str) -> Option<&'static str> {
    let kind = tag_type.split(':').next().unwrap_or(tag_type).trim();
    match kind {
        "AccountsUsers" => Some("users"),
        "Checklists" => Some("checklists"),
        "Configurations" => Some("configurations"),
        "Contacts" => Some("contacts"),
        "Documents" => Some("documents"),
        "Domains" => Some("domains"),
        "FlexibleAssets" | "FlexibleAssetType" => Some("flexible_assets"),
        "Locations" => Some("locations"),
        "Organizations" => Some(ORGANIZATIONS),
        "Passwords" => Some("passwords"),
        // ChecklistTemplates, SslCertificates and Tickets have no address of their own.
        _ => None,
    }
}

async fn look_up(
    reader: &impl Reads,
    kinds: &impl Kinds,
    resource: &str,
    id: RecordId,
    organization: Option<OrganizationId>,
) -> Result<Option<NamedRecord>, ReadError> {
    let kept = &reader.cache().organizations;
    let is_organization = resource == ORGANIZATIONS;
    if is_organization && let Some(kept) = kept.find(reader.connection(), id) {
        return Ok(Some(kept));
    }
    let places = Places {
        id: Some(id),
        parent: None,
        attribute: &|name| {
            organization
                .filter(|_| name == "organization-id")
                .map(|id| id.0)
        },
    };
    let show = kinds.kind(resource).and_then(|kind| kind.show.as_deref());
    let Some(route) = show.and_then(|show| fill(show, &places)) else {
        return Ok(None);
    };
    let found = named(&read_one(reader, &route, id).await?);
    if is_organization {
        kept.keep(reader.connection(), id, found.clone());
    }
    Ok(Some(found))
}

fn named(record: &Record) -> NamedRecord {
    NamedRecord {
        name: record
            .display_name()
            .unwrap_or_else(|| format!("#{}", record.id)),
        organization_id: record.organization_id(),
    }
}
