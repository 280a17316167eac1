//! Password fields of flexible assets, in answers that go on to agents.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::client::Reads;
use super::read_error::ReadError;
use super::schema::schema;
use super::scrub::{scrub_traits, sounds_secret};
use crate::domain::json::Tree;
use crate::domain::{AssetSchema, FieldKind, RecordId, as_id};

/// Takes out what stands in Password fields and is not the id of an embedded password. Where the
/// fields of a type cannot be known, their names have to do.
///
/// # Errors
/// If the fields cannot be read now: the answer must not be handed out.
pub(super) async fn conceal_traits(
    reader: &impl Reads,
    document: &mut Tree<'_>,
) -> Result<(), ReadError> {
    let mut schemas: BTreeMap<RecordId, Option<AssetSchema>> = BTreeMap::new();
    for record in assets(document) {
        let Some(id) = type_of(record) else { continue };
        if let Entry::Vacant(place) = schemas.entry(id) {
            place.insert(schema(reader, id).await?);
        }
    }
    for record in assets(document) {
        let fields = type_of(record).and_then(|id| schemas.get(&id)?.as_ref());
        let field = |key: &str| fields.and_then(|fields| fields.field(key));
        scrub_traits(record, |key| {
            field(key).map_or_else(
                || sounds_secret(key),
                |field| field.kind == FieldKind::Password,
            )
        });
    }
    Ok(())
}

/// The flexible assets of a document, those that came along included.
fn assets<'d, 'a>(document: &'d mut Tree<'a>) -> impl Iterator<Item = &'d mut Tree<'a>> {
    let members = document.members_mut().into_iter().flatten();
    let parts = members.filter(|(key, _)| matches!(key.as_ref(), "data" | "included"));
    let records = parts.flat_map(|(_, part)| match part {
        Tree::Array(records) => records.as_mut_slice(),
        one => std::slice::from_mut(one),
    });
    records.filter(|record| has_traits(record))
}

fn has_traits(record: &Tree<'_>) -> bool {
    let attributes = record.get("attributes");
    attributes.is_some_and(|attributes| attributes.get("traits").is_some())
}

fn type_of(record: &Tree<'_>) -> Option<RecordId> {
    let attributes = record.get("attributes")?;
    let id = attributes
        .get("flexible-asset-type-id")
        .or_else(|| attributes.get("flexible_asset_type_id"))?;
    as_id(&id.clone().into()).map(RecordId)
}
