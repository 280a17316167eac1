//! Which client a write concerns, and whether it reaches into another one's records.

use serde_json::Value;

use super::body;
use super::labels::{attribute_label, trait_label};
use super::place::{Place, any_tag_ids};
use super::traits::record_traits;
use crate::domain::{
    FieldKind, ItemRequest, Operation, OrganizationId, RecordId, ResourceKind, ResourceRef,
    Snapshot, TargetOrganization, as_id,
};

/// Kinds of record that belong to one organization each.
const OF_ONE_ORGANIZATION: [&str; 11] = [
    "checklists",
    "configurations",
    "contacts",
    "document_folders",
    "documents",
    "domains",
    "flexible_assets",
    "locations",
    "organizations",
    "password_folders",
    "passwords",
];

/// What a write has to do with organizations.
pub(super) struct Reach {
    /// Those it concerns; two if it moves a record.
    pub targets: Vec<TargetOrganization>,
    /// Labels of the fields that lead into another organization.
    pub crossings: Vec<String>,
    /// Other organizations whose records it newly points at.
    pub pointed_at: Vec<OrganizationId>,
}

/// Finds out which organizations a write concerns.
pub(super) fn reach(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> Reach {
    let home = home(kind, request, snapshot);
    let mut targets = vec![home];
    let mut crossings = Vec::new();
    let mut pointed_at = Vec::new();
    if let TargetOrganization::Known(home) = home {
        for (attribute, other) in claimed(request) {
            if other != home {
                targets.push(TargetOrganization::Known(other));
                crossings.push(attribute_label(kind, attribute));
            }
        }
        let mut foreign = foreign_references(kind, request, snapshot, home);
        foreign.extend(foreign_tags(request, snapshot, home));
        for (label, organizations) in foreign {
            crossings.push(label);
            pointed_at.extend(organizations);
        }
    }
    crossings.dedup();
    targets.dedup();
    Reach {
        targets,
        crossings,
        pointed_at,
    }
}

/// The record in the words people know.
pub(super) fn resource_ref(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> ResourceRef {
    let record = snapshot.record.as_ref();
    let organization = match home(kind, request, snapshot) {
        TargetOrganization::Known(organization) => Some(organization),
        TargetOrganization::AccountWide | TargetOrganization::Unknown => None,
    };
    ResourceRef {
        json_type: record.map_or_else(|| kind.json_type.clone(), |r| r.json_type.clone()),
        id: record.map(|record| record.id).or(request.record_id),
        name: record
            .and_then(crate::domain::Record::display_name)
            .or_else(|| sent_name(request)),
        organization_id: organization,
        organization_name: organization.and_then(|id| organization_name(snapshot, id)),
    }
}

/// The organization the record belongs to, before the write; for creates, afterwards.
fn home(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> TargetOrganization {
    if kind.name == "organizations" && request.operation == Operation::Create {
        return TargetOrganization::AccountWide;
    }
    let known = if kind.name == "organizations" {
        let id = snapshot.record.as_ref().map(|record| record.id);
        id.or(request.record_id).map(|id| OrganizationId(id.0))
    } else {
        snapshot
            .record
            .as_ref()
            .and_then(crate::domain::Record::organization_id)
    };
    known
        .or_else(|| sent_organization(request).filter(|_| request.operation == Operation::Create))
        .or_else(|| of_path(request))
        .or_else(|| snapshot.parent.as_ref()?.organization_id())
        .or_else(|| of_what_it_belongs_to(kind, request, snapshot))
        .map_or_else(
            || unknown_or_account_wide(kind, request, snapshot),
            TargetOrganization::Known,
        )
}

fn unknown_or_account_wide(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> TargetOrganization {
    let names_organization = |attribute: &str| {
        kind.references.contains_key(attribute)
            || kind.required.iter().any(|required| required == attribute)
            || kind.natural_key.iter().any(|key| key == attribute)
    };
    let belongs_to_one = OF_ONE_ORGANIZATION.contains(&kind.name.as_str())
        || names_organization("organization-id")
        || names_organization("resource-id")
        || kind
            .references
            .values()
            .any(|resource| OF_ONE_ORGANIZATION.contains(&resource.as_str()));
    let has_organization = snapshot
        .record
        .as_ref()
        .is_some_and(|record| record.attributes.contains_key("organization-id"));
    let is_below_one = request
        .parent
        .as_ref()
        .is_some_and(|(parent, _)| OF_ONE_ORGANIZATION.contains(&parent.as_str()));
    if belongs_to_one || has_organization || is_below_one {
        TargetOrganization::Unknown
    } else {
        TargetOrganization::AccountWide
    }
}

/// The organizations the path and the body name.
fn claimed(request: &ItemRequest) -> Vec<(&'static str, OrganizationId)> {
    [of_path(request), sent_organization(request)]
        .into_iter()
        .flatten()
        .map(|organization| ("organization-id", organization))
        .collect()
}

fn of_path(request: &ItemRequest) -> Option<OrganizationId> {
    let (parent, id) = request.parent.as_ref()?;
    (parent == "organizations").then_some(OrganizationId(id.0))
}

fn sent_organization(request: &ItemRequest) -> Option<OrganizationId> {
    as_id(body::sent_value(request, "organization-id")?).map(OrganizationId)
}

/// Sections belong to a document, interfaces to a configuration: their organization counts.
fn of_what_it_belongs_to(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> Option<OrganizationId> {
    if let Some((parent, id)) = &request.parent
        && let Some(named) = snapshot.names.find(parent, *id)
    {
        return named.organization_id;
    }
    kind.required.iter().find_map(|attribute| {
        let resource = kind.references.get(attribute)?;
        let value = snapshot
            .record
            .as_ref()
            .and_then(|record| record.attributes.get(attribute))
            .or_else(|| body::sent_value(request, attribute))?;
        snapshot
            .names
            .find(resource, RecordId(as_id(value)?))?
            .organization_id
    })
}

fn foreign_references(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    home: OrganizationId,
) -> Vec<(String, Vec<OrganizationId>)> {
    body::sent(request)
        .into_iter()
        .filter(|sent| sent.attribute != "organization-id")
        .filter(|sent| {
            let present = snapshot
                .record
                .as_ref()
                .and_then(|record| record.attributes.get(&sent.attribute));
            let place = Place::Attribute(sent.attribute.clone());
            present.is_none_or(|present| !place.same(kind, present, sent.value))
        })
        .filter_map(|sent| {
            let id = as_id(sent.value).map(RecordId)?;
            let resource = referenced(kind, request, snapshot, &sent.attribute)?;
            let organization = foreign(snapshot, &resource, id, home)?;
            Some((attribute_label(kind, &sent.attribute), vec![organization]))
        })
        .collect()
}

/// Tags on records of another organization that were not there before.
fn foreign_tags(
    request: &ItemRequest,
    snapshot: &Snapshot,
    home: OrganizationId,
) -> Vec<(String, Vec<OrganizationId>)> {
    let Some(traits) = body::sent_traits(request) else {
        return Vec::new();
    };
    let schema = snapshot.schema.as_ref();
    let present = snapshot.record.as_ref().and_then(record_traits);
    let mut fields = Vec::new();
    for (key, value) in traits.values {
        let Some(field) = schema.and_then(|schema| schema.field(key)) else {
            continue;
        };
        let resource = field.tag_type.as_deref().and_then(tag_resource);
        let (FieldKind::Tag, Some(resource)) = (field.kind, resource) else {
            continue;
        };
        let before = present
            .and_then(|traits| any_tag_ids(traits.get(key)?))
            .unwrap_or_default();
        let organizations: Vec<OrganizationId> = any_tag_ids(value)
            .unwrap_or_default()
            .into_iter()
            .filter(|id| !before.contains(id))
            .filter_map(|id| foreign(snapshot, &resource, RecordId(id), home))
            .collect();
        if !organizations.is_empty() {
            fields.push((trait_label(schema, key), organizations));
        }
    }
    fields
}

/// The organization of a record, if it is not the home of the one that points at it.
fn foreign(
    snapshot: &Snapshot,
    resource: &str,
    id: RecordId,
    home: OrganizationId,
) -> Option<OrganizationId> {
    let organization = if resource == "organizations" {
        OrganizationId(id.0)
    } else {
        snapshot.names.find(resource, id)?.organization_id?
    };
    (organization != home).then_some(organization)
}

/// The kind of record an attribute points to; for `resource-id`, what `resource-type` says.
pub(super) fn referenced(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
    attribute: &str,
) -> Option<String> {
    if let Some(resource) = kind.references.get(attribute) {
        return Some(resource.clone());
    }
    let twin = format!("{}-type", attribute.strip_suffix("-id")?);
    let record = snapshot.record.as_ref();
    let named = body::sent_value(request, &twin)
        .or_else(|| record.and_then(|record| record.attributes.get(&twin)))?
        .as_str()?;
    tag_resource(named)
}

/// The kind of record a tag type or a model name stands for: `FlexibleAssetType: 12`,
/// `Configuration` and `configurations` alike.
pub(super) fn tag_resource(tag_type: &str) -> Option<String> {
    let name = tag_type.split(':').next().unwrap_or(tag_type).trim();
    if name.is_empty() {
        return None;
    }
    if matches!(name, "FlexibleAssetType" | "flexible-asset-traits") {
        return Some("flexible_assets".to_owned());
    }
    let mut resource = String::new();
    for (position, letter) in name.chars().enumerate() {
        match letter {
            ' ' | '-' => resource.push('_'),
            letter if letter.is_ascii_uppercase() => {
                if position > 0 && !resource.ends_with('_') {
                    resource.push('_');
                }
                resource.push(letter.to_ascii_lowercase());
            }
            letter => resource.push(letter),
        }
    }
    if !resource.ends_with('s') {
        resource.push('s');
    }
    Some(resource)
}

fn sent_name(request: &ItemRequest) -> Option<String> {
    let text = |attribute| {
        body::sent_value(request, attribute)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    if let Some(name) = text("name") {
        return Some(name.to_owned());
    }
    let parts: Vec<&str> = ["first-name", "last-name"]
        .into_iter()
        .filter_map(text)
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn organization_name(snapshot: &Snapshot, id: OrganizationId) -> Option<String> {
    let named = snapshot.names.find("organizations", RecordId(id.0));
    if let Some(named) = named {
        return Some(named.name.clone());
    }
    [&snapshot.record, &snapshot.parent]
        .into_iter()
        .flatten()
        .filter(|record| record.organization_id() == Some(id))
        .find_map(|record| {
            let attribute = if record.json_type == "organizations" {
                "name"
            } else {
                "organization-name"
            };
            record.text(attribute).map(str::to_owned)
        })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;
    use crate::domain::NamedRecord;

    #[rstest]
    #[case("FlexibleAssetType: 12", "flexible_assets")]
    #[case("Configurations", "configurations")]
    #[case("SslCertificates", "ssl_certificates")]
    #[case("Configuration", "configurations")]
    #[case("Contacts: 4", "contacts")]
    fn tag_types_name_a_kind(#[case] tag_type: &str, #[case] resource: &str) {
        assert_eq!(tag_resource(tag_type).as_deref(), Some(resource));
    }

    #[test]
    fn a_record_that_moves_concerns_both_clients() {
        let request = fixtures::patch_contact(json!({"organization_id": "3"}));
        let reach = reach(
            &fixtures::contacts(),
            &request,
            &fixtures::contact_snapshot(),
        );
        assert_eq!(
            reach.targets,
            [
                TargetOrganization::Known(OrganizationId(2)),
                TargetOrganization::Known(OrganizationId(3))
            ]
        );
        assert_eq!(reach.crossings, ["Organization"]);
    }

    #[test]
    fn a_nested_path_through_another_client_crosses() {
        let mut request = fixtures::patch_contact(json!({"title": "CIO"}));
        request.parent = Some(("organizations".to_owned(), RecordId(9)));
        let reach = reach(
            &fixtures::contacts(),
            &request,
            &fixtures::contact_snapshot(),
        );
        assert_eq!(reach.crossings, ["Organization"]);
    }

    #[test]
    fn only_new_references_into_another_client_cross() {
        let mut snapshot = fixtures::contact_snapshot();
        let elsewhere = NamedRecord {
            name: "Globex HQ".to_owned(),
            organization_id: Some(OrganizationId(9)),
        };
        snapshot.names.insert("locations", RecordId(99), elsewhere);
        let touched = |location: Value, snapshot: &Snapshot| {
            let request = fixtures::patch_contact(json!({"location-id": location}));
            let reach = reach(&fixtures::contacts(), &request, snapshot);
            (reach.crossings, reach.pointed_at)
        };
        let crossing = (vec!["Location".to_owned()], vec![OrganizationId(9)]);
        assert_eq!(touched(json!("99"), &snapshot), crossing);
        let record = snapshot.record.as_mut().unwrap();
        record
            .attributes
            .insert("location-id".to_owned(), json!(99));
        assert_eq!(touched(json!("99"), &snapshot), (vec![], vec![]));
    }

    #[test]
    fn tags_on_records_of_another_client_cross() {
        let mut snapshot = fixtures::asset_snapshot();
        let elsewhere = NamedRecord {
            name: "Homer".to_owned(),
            organization_id: Some(OrganizationId(9)),
        };
        snapshot.names.insert("contacts", RecordId(900), elsewhere);
        let request = fixtures::patch_traits(json!({"owner": [501, 900]}));
        let reach = reach(&fixtures::flexible_assets(), &request, &snapshot);
        assert_eq!(reach.crossings, ["Owner"]);
        assert_eq!(reach.pointed_at, [OrganizationId(9)]);
    }

    #[rstest]
    #[case::organization("organizations", TargetOrganization::AccountWide)]
    #[case::lookup_list("contact_types", TargetOrganization::AccountWide)]
    #[case::contact("contacts", TargetOrganization::Unknown)]
    #[case::password("passwords", TargetOrganization::Unknown)]
    fn a_create_that_names_no_client(#[case] name: &str, #[case] expected: TargetOrganization) {
        let request = fixtures::create(name, json!({"data": {"attributes": {"name": "x"}}}));
        let reach = reach(&fixtures::kind(name), &request, &Snapshot::default());
        assert_eq!(reach.targets, [expected]);
    }
}
