//! What a write newly points at, and whose records those are.

use super::body;
use super::labels::{attribute_label, trait_label};
use super::place::{Place, any_tag_ids};
use super::secrets::is_secret_trait;
use super::traits::record_traits;
use crate::domain::{
    AssetSchema, FieldKind, ItemRequest, OrganizationId, RecordId, ResourceKind, Snapshot,
    TargetOrganization, as_id,
};

/// Kinds of record that belong to the whole account. Those of any other kind belong to one
/// organization each.
const OF_THE_ACCOUNT: [&str; 16] = [
    "accounts_users",
    "checklist_templates",
    "configuration_statuses",
    "configuration_types",
    "contact_types",
    "countries",
    "flexible_asset_types",
    "manufacturers",
    "models",
    "operating_systems",
    "organization_statuses",
    "organization_types",
    "password_categories",
    "platforms",
    "regions",
    "users",
];

/// Ids whose kind of record another attribute names: `resource-type`.
const POLYMORPHIC: [&str; 2] = ["destination-id", "resource-id"];

/// A field that a write makes point at records at which it does not point yet.
pub(super) struct Reference {
    /// What people call the field.
    pub label: String,
    /// The kind of those records; none where nobody can tell.
    pub resource: Option<String>,
    /// The records.
    pub ids: Vec<RecordId>,
}

impl Reference {
    /// Whose record one of them is. A record that was found and names no organization is nobody's;
    /// one that was not found may be anybody's.
    pub(super) fn owner(&self, snapshot: &Snapshot, id: RecordId) -> TargetOrganization {
        let Some(resource) = self.resource.as_deref() else {
            return TargetOrganization::Unknown;
        };
        if resource == "organizations" {
            return TargetOrganization::Known(OrganizationId(id.0));
        }
        match snapshot.names.find(resource, id) {
            Some(found) => found
                .organization_id
                .map_or(TargetOrganization::AccountWide, TargetOrganization::Known),
            None if OF_THE_ACCOUNT.contains(&resource) => TargetOrganization::AccountWide,
            None => TargetOrganization::Unknown,
        }
    }
}

/// The fields that newly point at records.
pub(super) fn new_references(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> Vec<Reference> {
    let mut references = in_attributes(kind, request, snapshot);
    references.extend(in_traits(request, snapshot));
    references
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

fn in_attributes(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> Vec<Reference> {
    let record = snapshot.record.as_ref();
    let held = |attribute: &str| record.and_then(|record| record.attributes.get(attribute));
    // What IT Glue sets itself points nowhere by being sent: the `resource-id` of a section.
    let is_written = |attribute: &String| {
        kind.references.contains_key(attribute) || !kind.read_only.contains(attribute)
    };
    let mut attributes: Vec<String> = body::sent(request)
        .into_iter()
        .filter(|sent| {
            let place = Place::Attribute(sent.attribute.clone());
            held(&sent.attribute).is_none_or(|held| !place.same(kind, held, sent.value))
        })
        .map(|sent| id_attribute(sent.attribute))
        .filter(|attribute| attribute != "organization-id" && is_written(attribute))
        .collect();
    attributes.sort_unstable();
    attributes.dedup();
    attributes
        .into_iter()
        .filter_map(|attribute| {
            let id = body::sent_value(request, &attribute).or_else(|| held(&attribute))?;
            let ids = vec![RecordId(as_id(id)?)];
            let resource = referenced(kind, request, snapshot, &attribute);
            let is_reference = resource.is_some() || POLYMORPHIC.contains(&attribute.as_str());
            is_reference.then(|| Reference {
                label: attribute_label(kind, &attribute),
                resource,
                ids,
            })
        })
        .collect()
}

/// The attribute with the id: of `resource-type`, the `resource-id` beside it, which means another
/// record by it.
fn id_attribute(attribute: String) -> String {
    match attribute.strip_suffix("-type") {
        Some(stem) => format!("{stem}-id"),
        None => attribute,
    }
}

fn in_traits(request: &ItemRequest, snapshot: &Snapshot) -> Vec<Reference> {
    let Some(traits) = body::sent_traits(request) else {
        return Vec::new();
    };
    let schema = snapshot.schema.as_ref();
    let present = snapshot.record.as_ref().and_then(record_traits);
    let sent = traits.values.iter();
    sent.filter(|(key, _)| may_be_tag(schema, key))
        .map(|(key, value)| {
            let held = present
                .and_then(|traits| any_tag_ids(traits.get(key)?))
                .unwrap_or_default();
            let ids = any_tag_ids(value).unwrap_or_default().into_iter();
            let field = schema.and_then(|schema| schema.field(key));
            Reference {
                label: trait_label(schema, key),
                resource: field.and_then(|field| tag_resource(field.tag_type.as_deref()?)),
                ids: ids.filter(|id| !held.contains(id)).map(RecordId).collect(),
            }
        })
        .collect()
}

/// Without a schema, any number may be the id of a record; but a secret is looked at by nobody.
fn may_be_tag(schema: Option<&AssetSchema>, key: &str) -> bool {
    match schema {
        Some(schema) => schema
            .field(key)
            .is_some_and(|field| field.kind == FieldKind::Tag),
        None => !is_secret_trait(None, key),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::diff::fixtures::{self, found};

    /// The records newly pointed at of which nobody knows whose they are.
    fn untraced(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> Vec<u64> {
        let mut untraced = Vec::new();
        for reference in new_references(kind, request, snapshot) {
            for id in &reference.ids {
                if reference.owner(snapshot, *id) == TargetOrganization::Unknown {
                    untraced.push(id.0);
                }
            }
        }
        untraced
    }

    /// The same of an asset that holds the tags 501 and 502.
    fn untraced_tags(traits: Value, snapshot: &Snapshot) -> Vec<u64> {
        let request = fixtures::patch_traits(traits);
        untraced(&fixtures::flexible_assets(), &request, snapshot)
    }

    /// An asset whose field “Owner” takes tags of this type.
    fn tagging(tag_type: Option<&str>) -> Snapshot {
        let mut snapshot = fixtures::asset_snapshot();
        let schema = snapshot.schema.as_mut().unwrap();
        let mut fields = schema.fields.iter_mut();
        let owner = fields.find(|field| field.name_key == "owner").unwrap();
        owner.tag_type = tag_type.map(str::to_owned);
        snapshot
    }

    #[rstest]
    #[case("FlexibleAssetType: 12", "flexible_assets")]
    #[case("Configurations", "configurations")]
    #[case("SslCertificates", "ssl_certificates")]
    #[case("Configuration", "configurations")]
    #[case("Contacts: 4", "contacts")]
    #[case("Flexible Asset", "flexible_assets")]
    fn tag_types_name_a_kind(#[case] tag_type: &str, #[case] resource: &str) {
        assert_eq!(tag_resource(tag_type).as_deref(), Some(resource));
    }

    #[rstest]
    #[case::not_found(Some("Contacts"), json!([501, 900]), &[900])]
    #[case::single(Some("Contacts"), json!("900"), &[900])]
    #[case::without_an_address(Some("Domains"), json!([900]), &[900])]
    #[case::never_looked_up(Some("SslCertificates"), json!([900]), &[900])]
    #[case::of_a_type(Some("FlexibleAssetType: 12"), json!([900]), &[900])]
    #[case::of_anything(None, json!([900]), &[900])]
    #[case::colleague(Some("AccountsUsers"), json!([900]), &[])]
    #[case::template(Some("ChecklistTemplates"), json!([900]), &[])]
    #[case::as_it_was(Some("Domains"), json!([502, 501]), &[])]
    #[case::fewer(Some("Domains"), json!([502]), &[])]
    #[case::none(Some("Domains"), json!(null), &[])]
    fn a_new_tag_that_was_not_found_may_be_anybodys(
        #[case] tag_type: Option<&str>,
        #[case] tags: Value,
        #[case] expected: &[u64],
    ) {
        let snapshot = tagging(tag_type);
        assert_eq!(untraced_tags(json!({"owner": tags}), &snapshot), expected);
    }

    #[test]
    fn a_tag_on_a_record_that_was_found_and_is_nobodys_is_harmless() {
        let mut snapshot = tagging(Some("Documents"));
        found(&mut snapshot, "documents", 900, None);
        let traits = json!({"owner": [900]});
        assert_eq!(untraced_tags(traits, &snapshot), [0; 0]);
    }

    #[rstest]
    #[case::list(json!({"owner": [501, 900]}), &[900])]
    #[case::number(json!({"users": 51}), &[51])]
    #[case::as_it_was(json!({"owner": [501, 502], "users": 50}), &[])]
    #[case::words(json!({"location": "Rack 3"}), &[])]
    #[case::secret(json!({"admin-password": "4711"}), &[])]
    fn without_a_schema_any_number_may_be_a_tag(#[case] traits: Value, #[case] expected: &[u64]) {
        let mut snapshot = fixtures::asset_snapshot();
        snapshot.schema = None;
        assert_eq!(untraced_tags(traits, &snapshot), expected);
    }

    #[rstest]
    #[case::not_found(json!({"location-id": 99}), &[99])]
    #[case::as_it_was(json!({"location-id": "44"}), &[])]
    #[case::cleared(json!({"location-id": null}), &[])]
    #[case::of_the_client(json!({"location-id": 31}), &[])]
    #[case::of_nobody(json!({"location-id": 32}), &[])]
    #[case::of_the_account(json!({"contact-type-id": 9}), &[])]
    fn a_new_reference_that_was_not_found_may_be_anybodys(
        #[case] attributes: Value,
        #[case] expected: &[u64],
    ) {
        let mut snapshot = fixtures::contact_snapshot();
        let contact = snapshot.record.as_mut().unwrap();
        contact.attributes["location-id"] = json!(44);
        found(&mut snapshot, "locations", 32, None);
        let request = fixtures::patch_contact(attributes);
        let untraced = untraced(&fixtures::contacts(), &request, &snapshot);
        assert_eq!(untraced, expected);
    }

    #[rstest]
    #[case::documents("documents", "document-folder-id", "document_folders")]
    #[case::passwords("passwords", "password-folder-id", "password_folders")]
    fn a_folder_that_was_not_found_with_the_client_may_be_anybodys(
        #[case] name: &str,
        #[case] attribute: &str,
        #[case] folders: &str,
    ) {
        let mut snapshot = fixtures::password_snapshot();
        let body = json!({"data": {"attributes": { attribute: 44 }}});
        let request = fixtures::patch(name, 77, body);
        let kind = fixtures::kind(name);
        assert_eq!(untraced(&kind, &request, &snapshot), [44]);
        found(&mut snapshot, folders, 44, None);
        assert_eq!(untraced(&kind, &request, &snapshot), [0; 0]);
    }

    #[rstest]
    #[case::new(json!({}), json!({"resource-id": 5, "resource-type": "Configuration"}), &[5])]
    #[case::another_kind(
        json!({"resource-id": 5, "resource-type": "contacts"}),
        json!({"resource-type": "Configuration"}),
        &[5]
    )]
    #[case::as_it_was(
        json!({"resource-id": 5, "resource-type": "configurations"}),
        json!({"resource-id": 5, "resource-type": "configurations"}),
        &[]
    )]
    fn what_an_id_and_a_type_point_at_may_be_anybodys(
        #[case] held: Value,
        #[case] sent: Value,
        #[case] expected: &[u64],
    ) {
        let mut snapshot = fixtures::password_snapshot();
        let password = snapshot.record.as_mut().unwrap();
        let held = held.as_object().cloned().unwrap();
        password.attributes.extend(held);
        let request = fixtures::patch("passwords", 77, json!({"data": {"attributes": sent}}));
        let kind = fixtures::passwords();
        assert_eq!(untraced(&kind, &request, &snapshot), expected);
        found(&mut snapshot, "configurations", 5, Some(2));
        assert_eq!(untraced(&kind, &request, &snapshot), [0; 0]);
    }

    #[rstest]
    #[case::odd("passwords", json!("::Configuration"), &[5])]
    #[case::missing("passwords", json!(null), &[5])]
    #[case::its_own("document_sections", json!("Document::Text"), &[])]
    fn an_id_without_a_type_that_is_understood_may_mean_anything(
        #[case] name: &str,
        #[case] named: Value,
        #[case] expected: &[u64],
    ) {
        let attributes = json!({"resource-id": 5, "resource-type": named});
        let request = fixtures::patch(name, 77, json!({"data": {"attributes": attributes}}));
        let mut snapshot = fixtures::password_snapshot();
        found(&mut snapshot, "configurations", 5, Some(2));
        let untraced = untraced(&fixtures::kind(name), &request, &snapshot);
        assert_eq!(untraced, expected);
    }
}
