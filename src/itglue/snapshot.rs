//! Everything a proposal needs to be judged and shown, read at one moment.

use super::client::Reads;
use super::names::{names, organization_of};
use super::preflight::{Subject, preflight, read_parent, schema_of};
use super::read_error::ReadError;
use crate::domain::{ItemRequest, Record, RecordId, ResourceKind, ResourceRef, Snapshot};

/// The kinds of record by their names in the catalogue.
pub trait Kinds: Sync {
    /// The kind of this name: `contacts`.
    fn kind(&self, name: &str) -> Option<&ResourceKind>;
}

impl<F> Kinds for F
where
    F: Fn(&str) -> Option<&'static ResourceKind> + Sync,
{
    fn kind(&self, name: &str) -> Option<&ResourceKind> {
        self(name)
    }
}

/// Reads the record an item is about (for a create: its parent and the census), the schema of a
/// flexible asset, and the names of what its ids point to.
///
/// A record that names no organization, such as a section, brings its parent along, which does.
///
/// # Errors
/// [`ReadError`] says what to do next; [`ReadError::NotFound`] is the record or, for a create, the
/// record it would belong to. A name or a schema that cannot be read stays unknown instead.
pub async fn snapshot(
    reader: &impl Reads,
    kinds: &impl Kinds,
    request: &ItemRequest,
) -> Result<Snapshot, ReadError> {
    let subject = Subject::of(kinds, request)?;
    let mut snapshot = preflight(reader, kinds, request).await?;
    if let Some(record) = &snapshot.record {
        snapshot.schema = schema_of(reader, &subject, Some(record)).await?;
        if record.organization_id().is_none()
            && let Some((resource, id)) = subject.parent(Some(record))
        {
            let parent = read_parent(reader, kinds, &resource, id).await;
            snapshot.parent = parent.or_else(ReadError::or_unknown)?;
        }
    }
    snapshot.names = names(reader, kinds, &subject, &snapshot).await?;
    Ok(snapshot)
}

/// The snapshots of several items, in their order.
///
/// # Errors
/// The first [`ReadError`].
pub async fn snapshots<'a>(
    reader: &impl Reads,
    kinds: &impl Kinds,
    requests: impl IntoIterator<Item = &'a ItemRequest> + Send,
) -> Result<Vec<Snapshot>, ReadError> {
    let mut taken = Vec::new();
    for request in requests.into_iter().collect::<Vec<_>>() {
        taken.push(snapshot(reader, kinds, request).await?);
    }
    Ok(taken)
}

/// What to call the record of an item, after its snapshot.
pub fn resource_ref(
    kind: &ResourceKind,
    request: &ItemRequest,
    snapshot: &Snapshot,
) -> ResourceRef {
    let subject = Subject { kind, request };
    let organization_id = organization_of(&subject, snapshot);
    let organization = organization_id
        .and_then(|id| snapshot.names.find("organizations", RecordId(id.0)))
        .map(|organization| organization.name.clone());
    let present = snapshot.record.as_ref().and_then(Record::display_name);
    ResourceRef {
        json_type: kind.json_type.clone(),
        id: request.record_id,
        name: present.or_else(|| proposed_name(request)),
        organization_id,
        organization_name: organization,
    }
}

/// What a record that is not there yet will be called.
fn proposed_name(request: &ItemRequest) -> Option<String> {
    let attributes = request.attributes()?.iter();
    let folded = attributes.map(|(key, value)| (key.replace('_', "-"), value.clone()));
    let proposed = Record {
        id: RecordId(0),
        json_type: String::new(),
        attributes: folded.collect(),
    };
    proposed.display_name()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::super::client::Session;
    use super::super::exclusive::Exclusive;
    use super::super::fake_reader::{FakeReader, create, kind, one, page, update};
    use super::*;
    use crate::domain::{FieldKind, NamedRecord, OrganizationId};

    fn contact(attributes: &Value) -> Value {
        one(5, "contacts", attributes)
    }

    #[test]
    fn snapshots_may_be_taken_on_any_thread() {
        fn assert_send<T: Send>(_: impl FnOnce(Session, Exclusive, ItemRequest) -> T) {}
        assert_send(|session, exclusive, request| async move {
            let _ = snapshot(&session, &kind, &request).await;
            let _ = snapshot(&exclusive, &kind, &request).await;
        });
    }

    fn known(snapshot: &Snapshot, resource: &str, id: u64) -> Option<NamedRecord> {
        snapshot.names.find(resource, RecordId(id)).cloned()
    }

    fn fields() -> Value {
        page(
            &[
                (
                    1,
                    json!({"name": "Owner", "name-key": "owner", "kind": "Tag", "required": false, "tag-type": "Contacts", "order": 2}),
                ),
                (
                    2,
                    json!({"name": "Tier", "name-key": "tier_name", "kind": "Select", "required": true, "default-value": "Gold\r\nSilver\n\n", "order": 1}),
                ),
            ],
            None,
        )
    }

    fn assets() -> FakeReader {
        let asset = json!({
            "organization-id": 2, "organization-name": "Acme", "flexible-asset-type-id": 3,
            "traits": {"tier_name": "Gold", "owner": {"type": "Contacts", "values": [{"id": 10, "name": "Ada"}]}},
        });
        FakeReader::default()
            .with("/flexible_assets/5", one(5, "flexible-assets", &asset))
            .with(
                "/flexible_asset_types/3",
                one(3, "flexible-asset-types", &json!({"name": "Applications"})),
            )
            .with(
                "/flexible_asset_types/3/relationships/flexible_asset_fields?page[number]=1",
                fields(),
            )
            .with(
                "/contacts/11",
                one(
                    11,
                    "contacts",
                    &json!({"first-name": "Eve", "last-name": "Ray", "organization-id": 8}),
                ),
            )
    }

    #[tokio::test]
    async fn names_are_looked_up_only_where_they_change() {
        let record = json!({
            "name": "Ada King", "organization-id": 2, "organization-name": "Acme",
            "contact-type-id": 3, "contact-type-name": "Staff",
        });
        let reader = FakeReader::default()
            .with("/contacts/5", contact(&record))
            .with(
                "/contact_types/4",
                one(4, "contact-types", &json!({"name": "Owner"})),
            );
        let request = update(
            "contacts",
            5,
            &json!({"organization-id": 2, "contact_type_id": 4}),
        );
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        assert_eq!(reader.asked(), ["/contacts/5", "/contact_types/4"]);
        assert_eq!(known(&snapshot, "contact_types", 3).unwrap().name, "Staff");
        assert_eq!(known(&snapshot, "contact_types", 4).unwrap().name, "Owner");
        let acme = known(&snapshot, "organizations", 2).unwrap();
        assert_eq!(acme.organization_id, Some(OrganizationId(2)));
        let named = resource_ref(kind("contacts").unwrap(), &request, &snapshot);
        assert_eq!(named.name.as_deref(), Some("Ada King"));
        assert_eq!(named.organization_name.as_deref(), Some("Acme"));
    }

    #[tokio::test]
    async fn a_name_that_is_not_there_stays_unknown() {
        let reader =
            FakeReader::default().with("/contacts/5", contact(&json!({"organization-id": 2})));
        let request = update("contacts", 5, &json!({"contact-type-id": 4}));
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        assert_eq!(known(&snapshot, "contact_types", 4), None);
        assert_eq!(known(&snapshot, "organizations", 2), None);
    }

    #[tokio::test]
    async fn an_organization_is_asked_for_once_a_minute() {
        let reader = FakeReader::default()
            .with("/contacts/5", contact(&json!({"organization-id": 2})))
            .with(
                "/organizations/2",
                one(2, "organizations", &json!({"name": "Acme"})),
            );
        let request = update("contacts", 5, &json!({"notes": "x"}));
        for asked in [vec!["/contacts/5", "/organizations/2"], vec!["/contacts/5"]] {
            let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
            assert_eq!(known(&snapshot, "organizations", 2).unwrap().name, "Acme");
            assert_eq!(reader.asked(), asked);
        }
    }

    #[tokio::test]
    async fn an_asset_brings_its_schema_and_the_names_of_its_tags() {
        let reader = assets();
        let request = update(
            "flexible_assets",
            5,
            &json!({"traits": {"owner": [10, "11"]}}),
        );
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let schema = snapshot.schema.as_ref().unwrap();
        assert_eq!(schema.type_name.as_deref(), Some("Applications"));
        let keys: Vec<_> = schema
            .fields
            .iter()
            .map(|field| field.name_key.as_str())
            .collect();
        assert_eq!(keys, ["tier_name", "owner"]);
        let tier = schema.field("tier_name").unwrap();
        assert_eq!(tier.options, ["Gold", "Silver"]);
        assert!(tier.required && tier.kind == FieldKind::Select);
        assert_eq!(known(&snapshot, "contacts", 10).unwrap().name, "Ada");
        let eve = known(&snapshot, "contacts", 11).unwrap();
        assert_eq!(
            (eve.name.as_str(), eve.organization_id),
            ("Eve Ray", Some(OrganizationId(8)))
        );
    }

    #[tokio::test]
    async fn a_schema_is_asked_for_once_a_minute() {
        let reader = assets();
        let request = update("flexible_assets", 5, &json!({"traits": {}}));
        snapshot(&reader, &kind, &request).await.unwrap();
        assert_eq!(reader.asked().len(), 3);
        assert!(
            snapshot(&reader, &kind, &request)
                .await
                .unwrap()
                .schema
                .is_some()
        );
        assert_eq!(reader.asked(), ["/flexible_assets/5"]);
    }

    #[tokio::test]
    async fn a_field_of_an_unknown_kind_makes_the_schema_unknown() {
        let odd = json!({"name": "X", "name-key": "x", "kind": "Hologram", "required": false});
        let fields = "/flexible_asset_types/3/relationships/flexible_asset_fields?page[number]=1";
        let reader = assets().with(fields, page(&[(1, odd)], None));
        let request = update("flexible_assets", 5, &json!({"traits": {}}));
        assert_eq!(
            snapshot(&reader, &kind, &request).await.unwrap().schema,
            None
        );
    }

    #[tokio::test]
    async fn at_most_ten_tags_are_looked_up() {
        let owners: Vec<u64> = (100..150).collect();
        let reader = assets();
        let request = update("flexible_assets", 5, &json!({"traits": {"owner": owners}}));
        snapshot(&reader, &kind, &request).await.unwrap();
        let contacts = reader
            .asked()
            .into_iter()
            .filter(|path| path.starts_with("/contacts/"));
        assert_eq!(contacts.count(), 10);
    }

    #[tokio::test]
    async fn several_of_a_kind_are_looked_up_in_one_list() {
        let owners: Vec<u64> = (101..=111).collect();
        let contact = |id: u64| {
            let organization = if id == 111 { 8 } else { 2 };
            let attributes = json!({"name": "Ada", "organization-id": organization});
            (id, attributes)
        };
        let ids: Vec<String> = owners.iter().map(ToString::to_string).collect();
        let target = format!("/contacts?filter[id]={}&page[number]=1", ids.join(","));
        // One more than was asked for: where the filter is not known, all are listed.
        let listed: Vec<_> = owners.iter().copied().chain([999]).map(contact).collect();
        let reader = assets().with(&target, page(&listed, None));
        let request = update("flexible_assets", 5, &json!({"traits": {"owner": owners}}));
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let organization = |id| known(&snapshot, "contacts", id)?.organization_id;
        assert_eq!(organization(110), Some(OrganizationId(2)));
        assert_eq!(organization(111), Some(OrganizationId(8)));
        assert_eq!(known(&snapshot, "contacts", 999), None);
        let is_single = |path: &String| path.starts_with("/contacts/");
        assert!(!reader.asked().iter().any(is_single));
    }

    #[rstest]
    #[case::listed(77, Some(8))]
    #[case::not_listed(78, None)]
    #[tokio::test]
    async fn a_tag_on_a_kind_without_an_address_is_looked_up_in_its_list(
        #[case] listed: u64,
        #[case] organization: Option<u64>,
    ) {
        let field = json!({"name": "Site", "name-key": "site", "kind": "Tag", "required": false, "tag-type": "Domains"});
        let fields = "/flexible_asset_types/3/relationships/flexible_asset_fields?page[number]=1";
        let domain = json!({"name": "globex.example", "organization-id": 8});
        let reader = assets().with(fields, page(&[(1, field)], None)).with(
            "/domains?filter[id]=77&page[number]=1",
            page(&[(listed, domain)], None),
        );
        let request = update("flexible_assets", 5, &json!({"traits": {"site": 77}}));
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let found = known(&snapshot, "domains", 77).and_then(|domain| domain.organization_id);
        assert_eq!(found, organization.map(OrganizationId));
        assert_eq!(known(&snapshot, "domains", 78), None);
    }

    #[rstest]
    #[case::of_the_client("/organizations/2/relationships/password_folders/44", true)]
    #[case::of_another("/organizations/3/relationships/password_folders/44", false)]
    #[tokio::test]
    async fn a_folder_is_looked_up_with_the_client(#[case] path: &str, #[case] is_found: bool) {
        let password = json!({"organization-id": 2, "organization-name": "Acme"});
        let folder = one(44, "password-folders", &json!({"name": "Vendors"}));
        let reader = FakeReader::default()
            .with("/passwords/5", one(5, "passwords", &password))
            .with(path, folder);
        let request = update("passwords", 5, &json!({"password-folder-id": 44}));
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let folder = known(&snapshot, "password_folders", 44);
        assert_eq!(folder.is_some(), is_found);
    }

    #[rstest]
    #[case::new(json!({}), json!({"resource-id": 7, "resource-type": "Configuration"}), true)]
    #[case::another_id(
        json!({"resource-id": 6, "resource-type": "configurations"}),
        json!({"resource-id": 7}),
        true
    )]
    #[case::another_kind(
        json!({"resource-id": 7, "resource-type": "contacts"}),
        json!({"resource-type": "Configuration"}),
        true
    )]
    #[case::as_it_was(
        json!({"resource-id": 7, "resource-type": "configurations"}),
        json!({"resource-id": 7, "resource-type": "configurations"}),
        false
    )]
    #[case::a_part_of_a_document(json!({}), json!({"resource-id": 7, "resource-type": "Document::Text"}), false)]
    #[tokio::test]
    async fn what_a_type_beside_an_id_names_is_looked_up(
        #[case] held: Value,
        #[case] sent: Value,
        #[case] is_asked: bool,
    ) {
        let reader = FakeReader::default().with("/passwords/5", one(5, "passwords", &held));
        let request = update("passwords", 5, &sent);
        snapshot(&reader, &kind, &request).await.unwrap();
        let asked = reader.asked();
        assert_eq!(
            asked.contains(&"/configurations/7".to_owned()),
            is_asked,
            "{asked:?}"
        );
    }

    #[tokio::test]
    async fn an_asset_is_counted_by_its_traits() {
        let list = "/flexible_assets?filter[flexible_asset_type_id]=3&filter[organization_id]=2&page[number]=1";
        let asset = |tier: &str, owner: u64| {
            let owner = json!({"type": "Contacts", "values": [{"id": owner, "name": "Ada"}]});
            json!({"organization-id": 2, "flexible-asset-type-id": 3, "traits": {"tier_name": tier, "owner": owner}})
        };
        let reader = assets()
            .with(
                "/organizations/2",
                one(2, "organizations", &json!({"name": "Acme"})),
            )
            .with(
                list,
                page(
                    &[
                        (20, asset("Gold", 10)),
                        (21, asset("Gold", 11)),
                        (22, asset("Silver", 10)),
                    ],
                    None,
                ),
            );
        let traits = json!({"tier_name": "gold", "owner": [10]});
        let body = json!({"organization-id": 2, "flexible-asset-type-id": 3, "traits": traits});
        let request = create("flexible_assets", &body);
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let found: Vec<_> = snapshot.census.iter().map(|record| record.id.0).collect();
        assert_eq!(found, [20]);
        assert!(snapshot.census_taken && snapshot.schema.is_some());
        let named = resource_ref(kind("flexible_assets").unwrap(), &request, &snapshot);
        assert_eq!(named.organization_name.as_deref(), Some("Acme"));
    }

    #[tokio::test]
    async fn a_section_learns_its_organization_from_its_document() {
        let document = json!({"name": "Manual", "organization-id": 2, "organization-name": "Acme"});
        let reader = FakeReader::default()
            .with(
                "/documents/9/relationships/sections/5",
                one(5, "document-sections", &json!({"document-id": 9})),
            )
            .with("/documents/9", one(9, "documents", &document));
        let mut request = update("document_sections", 5, &json!({"content": "x"}));
        request.parent = Some(("documents".to_owned(), RecordId(9)));
        let snapshot = snapshot(&reader, &kind, &request).await.unwrap();
        let named = resource_ref(kind("document_sections").unwrap(), &request, &snapshot);
        assert_eq!(named.organization_id, Some(OrganizationId(2)));
        assert_eq!(named.organization_name.as_deref(), Some("Acme"));
        assert_eq!(known(&snapshot, "documents", 9).unwrap().name, "Manual");
    }
}
