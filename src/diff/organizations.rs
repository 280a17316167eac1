//! Which client a write concerns, and whether it reaches into another one's records.

use serde_json::Value;

use super::body;
use super::labels::{attribute_label, quoted_list};
use super::references::new_references;
use crate::domain::{
    ItemRequest, Operation, OrganizationId, RecordId, ResourceKind, ResourceRef, Snapshot,
    TargetOrganization, as_id,
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

/// How many records without a known owner a warning names in one field.
const NAMED: usize = 5;

/// What a write has to do with organizations.
pub(super) struct Reach {
    /// Those it concerns; two if it moves a record.
    pub targets: Vec<TargetOrganization>,
    /// Labels of the fields that lead into another organization.
    crossings: Vec<String>,
    /// Other organizations whose records it newly points at.
    pub pointed_at: Vec<OrganizationId>,
    /// The fields that newly point at records of which nobody knows whose they are.
    untraced: Vec<Untraced>,
}

/// A field that newly points at records of which nobody knows whose they are.
struct Untraced {
    label: String,
    /// None where nobody knows what the field holds: then its value is not repeated.
    ids: Vec<RecordId>,
}

impl Reach {
    /// Whether it leads into another organization, for all anybody knows.
    pub(super) fn crosses(&self) -> bool {
        !self.crossings.is_empty() || self.points_at_unknown()
    }

    /// Whether it newly points at a record of which nobody knows whose it is.
    pub(super) fn points_at_unknown(&self) -> bool {
        !self.untraced.is_empty()
    }

    /// The labels of the fields that lead into another organization, or may.
    pub(super) fn fields(&self) -> Vec<String> {
        let untraced = self.untraced.iter().map(|field| &field.label);
        let mut fields: Vec<String> = self.crossings.iter().chain(untraced).cloned().collect();
        fields.dedup();
        fields
    }

    /// Where it leads, for people.
    pub(super) fn words(&self) -> String {
        let mut sentences = Vec::new();
        if !self.crossings.is_empty() {
            let fields = quoted_list(self.crossings.iter().map(String::as_str));
            sentences.push(format!("This leads into another organization: {fields}."));
        }
        if self.points_at_unknown() {
            let fields: Vec<String> = self.untraced.iter().map(Untraced::words).collect();
            sentences.push(format!(
                "It could not be found out whose records this newly points at: {}. They may be \
                 another organization's: look them up in IT Glue before you decide.",
                fields.join(", ")
            ));
        }
        sentences.join(" ")
    }
}

impl Untraced {
    /// The field and its records: `“Owner” (#900, #901)`.
    fn words(&self) -> String {
        let label = quoted_list([self.label.as_str()]);
        let named = self.ids.iter().take(NAMED).map(|id| format!("#{id}"));
        let named = named.collect::<Vec<_>>().join(", ");
        match self.ids.len() {
            0 => label,
            count if count > NAMED => format!("{label} ({named} and {} more)", count - NAMED),
            _ => format!("{label} ({named})"),
        }
    }
}

/// Finds out which organizations a write concerns.
pub(super) fn reach(kind: &ResourceKind, request: &ItemRequest, snapshot: &Snapshot) -> Reach {
    let home = home(kind, request, snapshot);
    let mut targets = vec![home];
    let mut crossings = Vec::new();
    let mut pointed_at = Vec::new();
    let mut untraced = Vec::new();
    if let TargetOrganization::Known(home) = home {
        for (attribute, other) in claimed(request) {
            if other != home {
                targets.push(TargetOrganization::Known(other));
                crossings.push(attribute_label(kind, attribute));
            }
        }
        for reference in new_references(kind, request, snapshot) {
            let mut foreign = Vec::new();
            let mut unknown = Vec::new();
            for id in &reference.ids {
                match reference.owner(snapshot, *id) {
                    TargetOrganization::Known(other) if other != home => foreign.push(other),
                    TargetOrganization::Known(_) | TargetOrganization::AccountWide => {}
                    TargetOrganization::Unknown => unknown.push(*id),
                }
            }
            if !foreign.is_empty() {
                crossings.push(reference.label.clone());
                pointed_at.extend(foreign);
            }
            if !unknown.is_empty() {
                let is_understood = reference.resource.is_some();
                untraced.push(Untraced {
                    label: reference.label,
                    ids: if is_understood { unknown } else { Vec::new() },
                });
            }
        }
    }
    crossings.dedup();
    targets.dedup();
    Reach {
        targets,
        crossings,
        pointed_at,
        untraced,
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
    use crate::diff::fixtures::{self, found};
    use crate::diff::prepare;
    use crate::domain::{Clients, OrganizationScope, TraitsMode, WarningCode};

    fn of_asset(traits: Value, snapshot: &Snapshot) -> Reach {
        let request = fixtures::patch_traits(traits);
        reach(&fixtures::flexible_assets(), &request, snapshot)
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
        found(&mut snapshot, "locations", 99, Some(9));
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
        found(&mut snapshot, "contacts", 900, Some(9));
        let reach = of_asset(json!({"owner": [501, 900]}), &snapshot);
        assert_eq!(reach.crossings, ["Owner"]);
        assert_eq!(reach.pointed_at, [OrganizationId(9)]);
        assert!(!reach.points_at_unknown());
    }

    #[test]
    fn a_record_behind_ten_of_the_own_ones_is_not_taken_for_one_of_them() {
        let mut snapshot = fixtures::asset_snapshot();
        for own in 601..=610 {
            found(&mut snapshot, "contacts", own, Some(2));
        }
        let ten: Vec<u64> = (601..=610).collect();
        assert!(!of_asset(json!({"owner": ten}), &snapshot).crosses());
        let eleven: Vec<u64> = (601..=611).collect();
        let not_looked_up = of_asset(json!({"owner": eleven}), &snapshot);
        assert!(not_looked_up.words().contains("“Owner” (#611)"));
        assert_eq!(not_looked_up.fields(), ["Owner"]);
        found(&mut snapshot, "contacts", 611, Some(9));
        let foreign = of_asset(json!({"owner": eleven}), &snapshot);
        assert_eq!(foreign.pointed_at, [OrganizationId(9)]);
    }

    #[test]
    fn what_may_be_anybodys_is_nobodys_who_is_limited() {
        let prepared = prepare(
            &fixtures::contacts(),
            &fixtures::patch_contact(json!({"location-id": 99})),
            &fixtures::contact_snapshot(),
            TraitsMode::Replace,
        )
        .unwrap();
        let facts = &prepared.facts;
        assert!(facts.crosses_organizations);
        assert_eq!(
            facts.organizations,
            [
                TargetOrganization::Known(OrganizationId(2)),
                TargetOrganization::Unknown
            ]
        );
        let own = OrganizationScope::Only([OrganizationId(2)].into());
        assert!(!Clients::of(facts).are_within(&own));
        assert_eq!(prepared.warnings.len(), 1);
        let warning = &prepared.warnings[0];
        assert_eq!(warning.code, WarningCode::OtherOrganization);
        assert_eq!(warning.fields, ["Location"]);
        assert_eq!(
            warning.detail,
            "It could not be found out whose records this newly points at: “Location” (#99). They \
             may be another organization's: look them up in IT Glue before you decide."
        );
    }

    #[test]
    fn what_is_known_and_what_is_not_are_told_apart() {
        let mut snapshot = fixtures::asset_snapshot();
        found(&mut snapshot, "contacts", 900, Some(9));
        let owners: Vec<u64> = (900..=907).collect();
        let reach = of_asset(json!({"owner": owners}), &snapshot);
        assert_eq!(reach.fields(), ["Owner"]);
        assert_eq!(reach.pointed_at, [OrganizationId(9)]);
        let words = reach.words();
        assert!(words.starts_with("This leads into another organization: “Owner”. It could"));
        assert!(words.contains("“Owner” (#901, #902, #903, #904, #905 and 2 more)"));
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
