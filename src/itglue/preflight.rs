//! What must be known right before sending: the record itself, or the census of a create.

use serde_json::Value;

use super::census::census;
use super::client::Reads;
use super::pages::list;
use super::read_error::ReadError;
use super::schema::schema;
use super::snapshot::Kinds;
use super::template::{Places, fill, parent_attributes};
use crate::domain::{
    AssetSchema, ItemRequest, Operation, Record, RecordId, ResourceKind, Route, Snapshot, as_id,
};

/// Beyond this a record that can only be found in a list is not looked for.
const MAX_PAGES: u64 = 5;
const ORGANIZATION: &str = "organization-id";

/// The watched part of a snapshot, read last what matters most: one read for a change, the parent
/// and the census for a create. Names are left out, and the schema, unless the census needs it.
///
/// # Errors
/// [`ReadError`] says what to do next; [`ReadError::NotFound`] is the record or, for a create, the
/// record it would belong to.
pub async fn preflight(
    reader: &impl Reads,
    kinds: &impl Kinds,
    request: &ItemRequest,
) -> Result<Snapshot, ReadError> {
    let subject = Subject::of(kinds, request)?;
    match request.operation {
        Operation::Create => before_create(reader, kinds, &subject).await,
        Operation::Read
        | Operation::Update
        | Operation::Publish
        | Operation::Delete
        | Operation::ReadSecret => Ok(Snapshot {
            record: Some(read_subject(reader, &subject).await?),
            ..Snapshot::default()
        }),
    }
}

/// An item and what the catalogue says about its kind.
pub(super) struct Subject<'a> {
    pub(super) kind: &'a ResourceKind,
    pub(super) request: &'a ItemRequest,
}

impl<'a> Subject<'a> {
    pub(super) fn of(kinds: &'a impl Kinds, request: &'a ItemRequest) -> Result<Self, ReadError> {
        let kind = kinds.kind(&request.resource);
        let kind = kind.ok_or_else(|| no_address(&request.resource))?;
        Ok(Self { kind, request })
    }

    /// An attribute of the body, in either spelling.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a Value> {
        let mut attributes = self.request.attributes()?.iter();
        let (_, value) = attributes.find(|(key, _)| key.replace('_', "-") == name)?;
        Some(value)
    }

    /// An attribute of the body, or the id of the parent if the attribute stands for it.
    pub(super) fn attribute_or_parent(&self, name: &str) -> Option<Value> {
        match &self.request.parent {
            Some((_, id)) if self.is_parent(name) => Some(Value::from(id.0)),
            Some(_) | None => self.attribute(name).cloned(),
        }
    }

    /// Whether this attribute names the record the request's path is nested under.
    pub(super) fn is_parent(&self, attribute: &str) -> bool {
        let parent = self.request.parent.as_ref().map(|(kind, _)| kind);
        parent.is_some() && self.kind.references.get(attribute) == parent
    }

    /// Whether every record of the list has the same value there, even if it does not show it.
    pub(super) fn is_given_by_index(&self, attribute: &str) -> bool {
        let index = self.kind.index.as_deref().unwrap_or_default();
        self.is_parent(attribute) || parent_attributes(index).any(|given| given == attribute)
    }

    /// Where records of this kind are listed.
    pub(super) fn index(&self) -> Option<Route> {
        self.filled(self.kind.index.as_deref()?)
    }

    /// The record it belongs to, by what the path, the body or the record itself says.
    pub(super) fn parent(&self, record: Option<&Record>) -> Option<(String, RecordId)> {
        if let Some(parent) = &self.request.parent {
            return Some(parent.clone());
        }
        let id_of = |attribute: &str| {
            let present = record.and_then(|record| record.attributes.get(attribute));
            present
                .or_else(|| self.attribute(attribute))
                .and_then(as_id)
        };
        let nested = self.kind.index.as_deref().unwrap_or_default();
        parent_attributes(nested)
            .find_map(|attribute| {
                let resource = self.kind.references.get(&attribute)?;
                Some((resource.clone(), RecordId(id_of(&attribute)?)))
            })
            .or_else(|| Some(("organizations".to_owned(), RecordId(id_of(ORGANIZATION)?))))
    }

    fn filled(&self, template: &str) -> Option<Route> {
        let places = Places {
            id: self.request.record_id,
            parent: self.request.parent.as_ref(),
            attribute: &|name| self.attribute(name).and_then(as_id),
        };
        fill(template, &places)
    }
}

async fn before_create(
    reader: &impl Reads,
    kinds: &impl Kinds,
    subject: &Subject<'_>,
) -> Result<Snapshot, ReadError> {
    let parent = match subject.parent(None) {
        Some((resource, id)) => read_parent(reader, kinds, &resource, id).await?,
        None => None,
    };
    let fields = schema_of(reader, subject, None).await?;
    let census = census(reader, subject, fields.as_ref()).await?;
    Ok(Snapshot {
        schema: fields,
        census: census.records,
        census_taken: census.is_taken,
        parent,
        ..Snapshot::default()
    })
}

/// The record a request is about: read alone or, where that cannot be, found in its list.
async fn read_subject(reader: &impl Reads, subject: &Subject<'_>) -> Result<Record, ReadError> {
    let unknown = || no_address(&subject.kind.name);
    let id = subject.request.record_id.ok_or_else(unknown)?;
    let show = subject.kind.show.as_deref();
    if let Some(route) = show.and_then(|show| subject.filled(show)) {
        return read_one(reader, &route, id).await;
    }
    let index = subject.index().ok_or_else(unknown)?;
    let listing = list(reader, &index, MAX_PAGES, |record| record.id == id).await?;
    let is_complete = listing.is_complete;
    let found = listing.records.into_iter().next();
    found.ok_or_else(|| {
        if is_complete {
            ReadError::NotFound
        } else {
            unknown()
        }
    })
}

/// A record by its kind and id; `None` if such records cannot be read alone.
pub(super) async fn read_parent(
    reader: &impl Reads,
    kinds: &impl Kinds,
    resource: &str,
    id: RecordId,
) -> Result<Option<Record>, ReadError> {
    let places = Places {
        id: Some(id),
        parent: None,
        attribute: &|_| None,
    };
    let show = kinds.kind(resource).and_then(|kind| kind.show.as_deref());
    match show.and_then(|show| fill(show, &places)) {
        Some(route) => read_one(reader, &route, id).await.map(Some),
        None => Ok(None),
    }
}

/// One record; another one than was asked for is not taken for it.
pub(super) async fn read_one(
    reader: &impl Reads,
    route: &Route,
    id: RecordId,
) -> Result<Record, ReadError> {
    let record = reader.read(route).await?.record()?;
    if record.id == id {
        return Ok(record);
    }
    Err(ReadError::Unintelligible {
        detail: format!("asked for record {id}, got record {}", record.id),
    })
}

/// The fields of the asset's type; `None` for other kinds, and where they cannot be known.
pub(super) async fn schema_of(
    reader: &impl Reads,
    subject: &Subject<'_>,
    record: Option<&Record>,
) -> Result<Option<AssetSchema>, ReadError> {
    const TYPE: &str = "flexible-asset-type-id";
    if subject.kind.name != "flexible_assets" {
        return Ok(None);
    }
    let present = record.and_then(|record| record.attributes.get(TYPE));
    let type_id = present.or_else(|| subject.attribute(TYPE)).and_then(as_id);
    match type_id {
        Some(id) => schema(reader, RecordId(id)).await,
        None => Ok(None),
    }
}

fn no_address(resource: &str) -> ReadError {
    ReadError::NoAddress {
        resource: resource.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::fake_reader::{FakeReader, create, kind, one, page, update};
    use super::*;

    fn ids(records: &[Record]) -> Vec<u64> {
        records.iter().map(|record| record.id.0).collect()
    }

    #[tokio::test]
    async fn a_change_takes_one_read() {
        let reader = FakeReader::default().with(
            "/contacts/5",
            one(5, "contacts", &json!({"first-name": "Ada"})),
        );
        let request = update("contacts", 5, &json!({"first-name": "Eve"}));
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(snapshot.record.unwrap().text("first-name"), Some("Ada"));
        assert_eq!(reader.asked(), ["/contacts/5"]);
    }

    #[tokio::test]
    async fn another_record_than_asked_for_is_not_taken() {
        let reader = FakeReader::default().with("/contacts/5", one(6, "contacts", &json!({})));
        let error = preflight(&reader, &kind, &update("contacts", 5, &json!({}))).await;
        assert!(
            matches!(error, Err(ReadError::Unintelligible { .. })),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn a_nested_record_is_read_under_its_parent() {
        let path = "/documents/9/relationships/sections/5";
        let reader = FakeReader::default().with(path, one(5, "document-sections", &json!({})));
        let mut request = update("document_sections", 5, &json!({}));
        let unreachable = preflight(&reader, &kind, &request).await;
        assert!(
            matches!(unreachable, Err(ReadError::NoAddress { .. })),
            "{unreachable:?}"
        );
        request.parent = Some(("documents".to_owned(), RecordId(9)));
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(snapshot.record.unwrap().id, RecordId(5));
    }

    #[tokio::test]
    async fn a_record_without_an_address_is_found_in_its_list() {
        let reader = FakeReader::default()
            .with("/domains?page[number]=1", page(&[(1, json!({}))], Some(2)))
            .with("/domains?page[number]=2", page(&[(5, json!({}))], None));
        let snapshot = preflight(&reader, &kind, &update("domains", 5, &json!({})))
            .await
            .unwrap();
        assert_eq!(snapshot.record.unwrap().id, RecordId(5));
        let missing = preflight(&reader, &kind, &update("domains", 6, &json!({}))).await;
        assert_eq!(missing, Err(ReadError::NotFound));
    }

    #[tokio::test]
    async fn a_create_reads_its_parent_and_counts_its_likes() {
        let list = "/contacts?filter[first_name]=Ada&filter[organization_id]=2&page[number]=";
        let ada =
            |last: Value| json!({"organization-id": 2, "first-name": "ada ", "last-name": last});
        let reader = FakeReader::default()
            .with(
                "/organizations/2",
                one(2, "organizations", &json!({"name": "Acme"})),
            )
            .with(
                &format!("{list}1"),
                page(&[(10, ada(json!(null))), (11, ada(json!("King")))], Some(2)),
            )
            .with(&format!("{list}2"), page(&[(12, ada(json!("")))], None));
        let request = create(
            "contacts",
            &json!({"organization_id": 2, "first_name": "Ada"}),
        );
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(snapshot.parent.unwrap().text("name"), Some("Acme"));
        assert_eq!(ids(&snapshot.census), [10, 12]);
        assert!(snapshot.census_taken);
    }

    #[tokio::test]
    async fn a_value_with_a_comma_is_not_used_as_a_filter() {
        let list = "/organizations?page[number]=1";
        let reader =
            FakeReader::default().with(list, page(&[(1, json!({"name": "Acme, Inc."}))], None));
        let request = create("organizations", &json!({"name": "Acme, Inc."}));
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(ids(&snapshot.census), [1]);
    }

    #[tokio::test]
    async fn a_census_of_too_many_pages_is_given_up() {
        let reader = (1..=6).fold(FakeReader::default(), |reader, number| {
            let target = format!("/organizations?filter[name]=Acme&page[number]={number}");
            reader.with(
                &target,
                page(&[(number, json!({"name": "Acme"}))], Some(number + 1)),
            )
        });
        let request = create("organizations", &json!({"name": "Acme"}));
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert!(!snapshot.census_taken);
        assert_eq!(ids(&snapshot.census), [1, 2, 3, 4, 5]);
        assert_eq!(reader.asked().len(), 5);
    }

    #[rstest]
    #[case::no_natural_key("document_sections", json!({"content": "x"}))]
    #[case::no_value_for_it("contacts", json!({"notes": "x"}))]
    #[case::no_list_without_parent("documents", json!({"name": "Manual"}))]
    #[tokio::test]
    async fn a_census_that_cannot_be_taken_is_not(
        #[case] resource: &str,
        #[case] attributes: Value,
    ) {
        let reader = FakeReader::default();
        let snapshot = preflight(&reader, &kind, &create(resource, &attributes))
            .await
            .unwrap();
        assert!(!snapshot.census_taken && snapshot.census.is_empty());
        assert_eq!(reader.asked(), [""; 0]);
    }

    #[tokio::test]
    async fn a_nested_create_is_counted_under_its_parent() {
        let list = "/organizations/2/relationships/documents?page[number]=1";
        let reader = FakeReader::default()
            .with(
                "/organizations/2",
                one(2, "organizations", &json!({"name": "Acme"})),
            )
            .with(
                list,
                page(
                    &[
                        (7, json!({"name": "Manual"})),
                        (8, json!({"name": "Other"})),
                    ],
                    None,
                ),
            );
        let mut request = create("documents", &json!({"name": "manual"}));
        request.parent = Some(("organizations".to_owned(), RecordId(2)));
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(ids(&snapshot.census), [7]);
        assert!(snapshot.census_taken);
    }

    #[tokio::test]
    async fn a_list_under_the_parent_need_not_name_it() {
        let list = "/organizations/2/relationships/documents?page[number]=1";
        let reader = FakeReader::default()
            .with(
                "/organizations/2",
                one(2, "organizations", &json!({"name": "Acme"})),
            )
            .with(list, page(&[(7, json!({"name": "Manual"}))], None));
        let request = create(
            "documents",
            &json!({"organization-id": 2, "name": "manual"}),
        );
        let snapshot = preflight(&reader, &kind, &request).await.unwrap();
        assert_eq!(ids(&snapshot.census), [7]);
    }

    #[tokio::test]
    async fn a_create_under_what_is_not_there_is_not_found() {
        let request = create(
            "contacts",
            &json!({"organization-id": 2, "first-name": "Ada"}),
        );
        let error = preflight(&FakeReader::default(), &kind, &request).await;
        assert_eq!(error, Err(ReadError::NotFound));
    }

    #[tokio::test]
    async fn a_census_waits_for_better_times() {
        let list = "/contacts?filter[first_name]=Ada&page[number]=1";
        let busy = FakeReader::default().with_status(list, 503, json!({}));
        let request = create("contacts", &json!({"first-name": "Ada"}));
        let error = preflight(&busy, &kind, &request).await;
        assert!(
            matches!(error, Err(ReadError::Unavailable { .. })),
            "{error:?}"
        );
        let refused = FakeReader::default().with_status(list, 403, json!({}));
        let error = preflight(&refused, &kind, &request).await;
        assert_eq!(error, Err(ReadError::KeyRefused { status: 403 }));
        let absent = preflight(&FakeReader::default(), &kind, &request).await;
        assert!(!absent.unwrap().census_taken);
    }
}
