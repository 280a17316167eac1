//! The fields of flexible asset types.

use serde_json::Value;

use super::refusal::Complaint;
use super::world::{Record, World, is_true, number, text};
use super::write::Draft;

/// What kind of trait a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Checkbox,
    Date,
    /// A caption between fields; it has no trait.
    Header,
    Number,
    Password,
    Percent,
    Select,
    Tag,
    Text,
    Textbox,
    Upload,
}

impl FieldKind {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "Checkbox" => Self::Checkbox,
            "Date" => Self::Date,
            "Header" => Self::Header,
            "Number" => Self::Number,
            "Password" => Self::Password,
            "Percent" => Self::Percent,
            "Select" => Self::Select,
            "Tag" => Self::Tag,
            "Text" => Self::Text,
            "Textbox" => Self::Textbox,
            "Upload" => Self::Upload,
            _ => return None,
        })
    }
}

/// A field as its traits need it.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub key: String,
    pub name: String,
    pub kind: FieldKind,
    pub is_required: bool,
    pub is_title: bool,
    /// Of a Select.
    pub options: Vec<String>,
    /// Of a Tag.
    pub tag_type: String,
    order: u64,
}

/// The fields of a type, in order.
pub(super) fn of_type(world: &World, kind: u64) -> Vec<Field> {
    let mut fields: Vec<Field> = world
        .linked("flexible_asset_fields", "flexible-asset-type-id", kind)
        .filter_map(|(_, record)| field(record))
        .collect();
    fields.sort_by_key(|field| field.order);
    fields
}

fn field(record: &Record) -> Option<Field> {
    let options = text(record, "default-value").unwrap_or_default();
    Some(Field {
        key: text(record, "name-key")?.to_owned(),
        name: text(record, "name")?.to_owned(),
        kind: FieldKind::parse(text(record, "kind")?)?,
        is_required: is_true(record, "required"),
        is_title: is_true(record, "use-for-title"),
        options: options.lines().map(|line| line.trim().to_owned()).collect(),
        tag_type: text(record, "tag-type").unwrap_or_default().to_owned(),
        order: number(record, "order").unwrap_or(u64::MAX),
    })
}

pub(super) fn apply(world: &World, draft: &mut Draft<'_>) {
    let kind = text(draft.record, "kind").unwrap_or_default();
    if FieldKind::parse(kind).is_none() {
        draft
            .complaints
            .push(Complaint::attribute("kind", "is not included in the list"));
    }
    match draft.before {
        None => {
            let name = text(draft.record, "name").unwrap_or_default();
            draft
                .record
                .insert("name-key".to_owned(), slug(name).into());
        }
        Some(before) if text(before, "kind") != Some(kind) && is_used(world, before) => {
            let detail = "can't be changed while the field is in use";
            draft.complaints.push(Complaint::attribute("kind", detail));
        }
        Some(_) => {}
    }
}

/// The key of a field, made once from its name and kept when it is renamed.
pub(super) fn slug(name: &str) -> String {
    name.to_ascii_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

fn is_used(world: &World, field: &Record) -> bool {
    assets_with(world, field).next().is_some()
}

/// The assets that have a trait for this field, with its value.
fn assets_with<'a>(world: &'a World, field: &'a Record) -> impl Iterator<Item = (u64, &'a Value)> {
    let kind = number(field, "flexible-asset-type-id").unwrap_or_default();
    world
        .linked("flexible_assets", "flexible-asset-type-id", kind)
        .filter_map(|(id, asset)| {
            let value = asset.get("traits")?.get(text(field, "name-key")?)?;
            Some((id, value))
        })
}

/// Drops what assets hold in a field that goes, embedded passwords included.
pub(super) fn forget(world: &mut World, id: u64) {
    let Some(field) = world.get("flexible_asset_fields", id).cloned() else {
        return;
    };
    let holders: Vec<(u64, Option<u64>)> = assets_with(world, &field)
        .map(|(asset, value)| (asset, value.as_u64()))
        .collect();
    let key = text(&field, "name-key").unwrap_or_default();
    let is_password = text(&field, "kind") == Some("Password");
    for (asset, value) in holders {
        if let Some(traits) = world
            .change("flexible_assets", asset)
            .and_then(|asset| asset.get_mut("traits"))
            .and_then(Value::as_object_mut)
        {
            traits.remove(key);
        }
        if let Some(password) = value.filter(|_| is_password) {
            world.remove("passwords", password);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_slug_of_the_name() {
        assert_eq!(slug("LAN/WAN  Speed (Mbit)"), "lan-wan-speed-mbit");
    }
}
