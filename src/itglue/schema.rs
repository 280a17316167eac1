//! The fields of a flexible asset type.

use super::client::Reads;
use super::pages::list;
use super::read_error::ReadError;
use crate::domain::{AssetField, AssetSchema, Method, Record, RecordId, Route, as_id};

/// More fields than any type has.
const MAX_PAGES: u64 = 10;

/// The fields of this type, from the last minute; `None` if they cannot be known.
///
/// # Errors
/// Only where a later try may bring them.
pub(super) async fn schema(
    reader: &impl Reads,
    type_id: RecordId,
) -> Result<Option<AssetSchema>, ReadError> {
    let kept = &reader.cache().schemas;
    if let Some(schema) = kept.find(reader.connection(), type_id) {
        return Ok(Some(schema));
    }
    let read = read_schema(reader, type_id)
        .await
        .or_else(ReadError::or_unknown)?;
    if let Some(schema) = &read {
        kept.keep(reader.connection(), type_id, schema.clone());
    }
    Ok(read)
}

async fn read_schema(
    reader: &impl Reads,
    type_id: RecordId,
) -> Result<Option<AssetSchema>, ReadError> {
    let path = format!("/flexible_asset_types/{type_id}");
    let asset_type = reader.read(&get(path.clone())).await?.record()?;
    let fields = get(format!("{path}/relationships/flexible_asset_fields"));
    let mut listing = list(reader, &fields, MAX_PAGES, |_| true).await?;
    listing.records.sort_by_key(position);
    let fields: Option<Vec<_>> = listing.records.iter().map(field).collect();
    // A field that is not understood could be the one that matters: then nothing is known.
    let known = fields.filter(|_| listing.is_complete);
    Ok(known.map(|fields| AssetSchema {
        type_id: Some(type_id),
        type_name: asset_type.text("name").map(str::to_owned),
        fields,
    }))
}

fn position(field: &Record) -> u64 {
    field
        .attributes
        .get("order")
        .and_then(as_id)
        .unwrap_or(u64::MAX)
}

fn field(record: &Record) -> Option<AssetField> {
    let text = |attribute| record.text(attribute);
    let name = text("name")?;
    Some(AssetField {
        name_key: text("name-key")?.to_owned(),
        name: name.to_owned(),
        kind: text("kind")?.parse().ok()?,
        required: record.attributes.get("required")?.as_bool()?,
        tag_type: text("tag-type").map(str::to_owned),
        options: text("default-value")
            .filter(|_| text("kind") == Some("Select"))
            .map(options)
            .unwrap_or_default(),
    })
}

/// The options of a Select stand in its default value, one on a line.
fn options(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn get(path: String) -> Route {
    Route {
        method: Method::Get,
        path,
        query: Vec::new(),
    }
}
