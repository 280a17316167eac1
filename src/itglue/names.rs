//! Names of the records that ids point to, so that people need not read numbers, and whose they are.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::client::Reads;
use super::pages::list;
use super::preflight::{Subject, read_one};
use super::read_error::ReadError;
use super::snapshot::Kinds;
use super::template::{Places, fill};
use crate::domain::{
    FieldKind, NamedRecord, Names, OrganizationId, Record, RecordId, Route, Snapshot, as_id,
};

/// How many references, and how many tags, are looked up one by one for one item.
const MAX_LOOKUPS: usize = 10;
/// How many records of a kind are asked for in one list; the rest stays unknown.
const MAX_LISTED: usize = 100;
const ORGANIZATIONS: &str = "organizations";

/// Kinds of which several are looked up in one request: their lists take `filter[id]` (api-facts,
/// section 4; for domains, the catalogue).
const LISTED_BY_ID: [&str; 6] = [
    "checklists",
    "configurations",
    "contacts",
    "domains",
    "locations",
    "passwords",
];

/// Ids whose kind of record another attribute names.
const TYPED: [(&str, &str); 2] = [
    ("destination-id", "destination-type"),
    ("resource-id", "resource-type"),
];

/// What is known of the records that the body and the record point to. What could not be looked up
/// is not there.
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
    let search = Search {
        reader,
        kinds,
        organization,
    };
    let unnamed = wanted(&names, references(subject, snapshot.record.as_ref()));
    search.learn(&mut names, &unnamed).await?;
    let unnamed = wanted(&names, tags(subject, snapshot));
    search.learn(&mut names, &unnamed).await?;
    let own = organization.map(|id| (ORGANIZATIONS.to_owned(), RecordId(id.0)));
    let unnamed = wanted(&names, own.into_iter());
    search.learn(&mut names, &unnamed).await?;
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

/// Records by their kind.
type Wanted = BTreeMap<String, BTreeSet<RecordId>>;

/// Those of which nothing is known yet.
fn wanted(names: &Names, ids: impl Iterator<Item = (String, RecordId)>) -> Wanted {
    let mut wanted = Wanted::new();
    for (resource, id) in ids {
        if names.find(&resource, id).is_none() {
            wanted.entry(resource).or_default().insert(id);
        }
    }
    wanted
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
        .and_then(resource_of);
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
fn references(
    subject: &Subject<'_>,
    record: Option<&Record>,
) -> impl Iterator<Item = (String, RecordId)> {
    let known_kinds = subject
        .kind
        .references
        .iter()
        .filter_map(|(attribute, resource)| {
            let id = as_id(subject.attribute(attribute)?)?;
            Some((resource.clone(), RecordId(id)))
        });
    let named_kinds = TYPED
        .into_iter()
        .filter_map(move |(attribute, kind)| typed(subject, record, attribute, kind));
    known_kinds.chain(named_kinds)
}

/// What a pair such as `resource-id` and `resource-type` points to, if the body changes it.
fn typed(
    subject: &Subject<'_>,
    record: Option<&Record>,
    attribute: &str,
    kind: &str,
) -> Option<(String, RecordId)> {
    let held = |name: &str| record.and_then(|record| record.attributes.get(name));
    let is_changed = |name: &str| {
        let sent = subject.attribute(name);
        sent.is_some() && sent != held(name)
    };
    if !is_changed(attribute) && !is_changed(kind) {
        return None;
    }
    let named = subject.attribute(kind).or_else(|| held(kind))?.as_str()?;
    let id = subject.attribute(attribute).or_else(|| held(attribute))?;
    Some((resource_of(named)?.to_owned(), RecordId(as_id(id)?)))
}

/// The ids in the Tag traits of the body.
fn tags(subject: &Subject<'_>, snapshot: &Snapshot) -> impl Iterator<Item = (String, RecordId)> {
    let traits = subject.attribute("traits").and_then(Value::as_object);
    let fields = snapshot.schema.iter().flat_map(|schema| &schema.fields);
    fields
        .filter(|field| field.kind == FieldKind::Tag)
        .filter_map(move |field| {
            let resource = resource_of(field.tag_type.as_deref()?)?;
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

/// The kind of record behind a tag type or the name of a model: `Contacts`, `Configurations: 3`,
/// `FlexibleAssetType: 12`, `Flexible Asset`.
fn resource_of(name: &str) -> Option<&'static str> {
    // `Document::Text` is a part of a document and has no address of its own.
    if name.contains("::") {
        return None;
    }
    let letters: String = name
        .chars()
        .take_while(|letter| *letter != ':')
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    match letters.strip_suffix('s').unwrap_or(&letters) {
        "accountsuser" => Some("users"),
        "checklist" => Some("checklists"),
        "configuration" => Some("configurations"),
        "contact" => Some("contacts"),
        "document" => Some("documents"),
        "domain" => Some("domains"),
        "flexibleasset" | "flexibleassettype" => Some("flexible_assets"),
        "location" => Some("locations"),
        "organization" => Some(ORGANIZATIONS),
        "password" => Some("passwords"),
        // ChecklistTemplates, SslCertificates and Tickets have no address of their own.
        _ => None,
    }
}

/// Where names are looked up, and for which organization.
struct Search<'a, R, K> {
    reader: &'a R,
    kinds: &'a K,
    organization: Option<OrganizationId>,
}

impl<R: Reads, K: Kinds> Search<'_, R, K> {
    /// Adds what can be found out: several of a kind in one list where that is possible, the others
    /// one by one, as far as [`MAX_LOOKUPS`] goes.
    async fn learn(&self, names: &mut Names, wanted: &Wanted) -> Result<(), ReadError> {
        for (resource, ids) in wanted {
            let is_worth_a_list = ids.len() > 1 || !self.has_address(resource);
            if is_worth_a_list && LISTED_BY_ID.contains(&resource.as_str()) {
                self.list(names, resource, ids).await?;
            }
        }
        let mut left = MAX_LOOKUPS;
        for (resource, ids) in wanted {
            if !self.has_address(resource) {
                continue;
            }
            for id in ids {
                if names.find(resource, *id).is_some() {
                    continue;
                }
                if left == 0 {
                    return Ok(());
                }
                left -= 1;
                let found = self.look_up(resource, *id).await;
                if let Some(record) = found.or_else(ReadError::or_unknown)? {
                    names.insert(resource, *id, record);
                }
            }
        }
        Ok(())
    }

    /// Whether one record of this kind can be read.
    fn has_address(&self, resource: &str) -> bool {
        let kind = self.kinds.kind(resource);
        kind.is_some_and(|kind| kind.show.is_some())
    }

    async fn list(
        &self,
        names: &mut Names,
        resource: &str,
        ids: &BTreeSet<RecordId>,
    ) -> Result<(), ReadError> {
        let kind = self.kinds.kind(resource);
        let index = kind.and_then(|kind| kind.index.as_deref());
        let Some(mut route) = index.and_then(|index| self.route(index, None)) else {
            return Ok(());
        };
        let asked: Vec<String> = ids
            .iter()
            .take(MAX_LISTED)
            .map(ToString::to_string)
            .collect();
        let filter = ("filter[id]".to_owned(), asked.join(","));
        route.query.push(filter);
        // A filter that is not known is ignored (api-facts, section 4), so the ids are compared.
        let found = list(self.reader, &route, 1, |record| ids.contains(&record.id)).await;
        if let Some(listing) = found.map(Some).or_else(ReadError::or_unknown)? {
            for record in listing.records {
                names.insert(resource, record.id, named(&record));
            }
        }
        Ok(())
    }

    async fn look_up(
        &self,
        resource: &str,
        id: RecordId,
    ) -> Result<Option<NamedRecord>, ReadError> {
        let kept = &self.reader.cache().organizations;
        let is_organization = resource == ORGANIZATIONS;
        if is_organization && let Some(kept) = kept.find(self.reader.connection(), id) {
            return Ok(Some(kept));
        }
        let kind = self.kinds.kind(resource);
        let show = kind.and_then(|kind| kind.show.as_deref());
        let Some(route) = show.and_then(|show| self.route(show, Some(id))) else {
            return Ok(None);
        };
        let found = named(&read_one(self.reader, &route, id).await?);
        if is_organization {
            kept.keep(self.reader.connection(), id, found.clone());
        }
        Ok(Some(found))
    }

    /// The route a template stands for, below the organization where it asks for one.
    fn route(&self, template: &str, id: Option<RecordId>) -> Option<Route> {
        let organization = self.organization;
        let places = Places {
            id,
            parent: None,
            attribute: &|name| {
                organization
                    .filter(|_| name == "organization-id")
                    .map(|id| id.0)
            },
        };
        fill(template, &places)
    }
}

fn named(record: &Record) -> NamedRecord {
    NamedRecord {
        name: record
            .display_name()
            .unwrap_or_else(|| format!("#{}", record.id)),
        organization_id: record.organization_id(),
    }
}
