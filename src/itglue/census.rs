//! Before a create: the records that have its natural key already.

use serde_json::Value;

use super::client::Reads;
use super::pages::list;
use super::preflight::Subject;
use super::read_error::ReadError;
use crate::domain::{AssetField, AssetSchema, FieldKind, Record, Route, as_id};

/// Beyond this a census is given up.
const MAX_PAGES: u64 = 5;
const TRAITS: &str = "traits";

/// The records found, and whether they are all there are.
#[derive(Default)]
pub(super) struct Census {
    pub(super) records: Vec<Record>,
    pub(super) is_taken: bool,
}

/// Takes the census of what a create would make.
///
/// # Errors
/// Only where a later try may bring it, or the key is refused.
pub(super) async fn census(
    reader: &impl Reads,
    subject: &Subject<'_>,
    schema: Option<&AssetSchema>,
) -> Result<Census, ReadError> {
    let Some((route, key)) = search(subject, schema) else {
        return Ok(Census::default());
    };
    let fits = |record: &Record| key.fits(record);
    match list(reader, &route, MAX_PAGES, fits).await {
        Ok(listing) => Ok(Census {
            records: listing.records,
            is_taken: listing.is_complete,
        }),
        // A create must not go out uncounted because the key is refused for the moment.
        Err(error @ ReadError::KeyRefused { .. }) => Err(error),
        Err(error) => error.or_unknown::<()>().map(|_| Census::default()),
    }
}

/// Where to look and what to look for; `None` if nothing tells two of these records apart.
fn search<'a>(
    subject: &'a Subject<'_>,
    schema: Option<&'a AssetSchema>,
) -> Option<(Route, NaturalKey<'a>)> {
    let mut route = subject.index()?;
    let mut key = NaturalKey::default();
    for attribute in &subject.kind.natural_key {
        if attribute == TRAITS {
            key.traits = comparable_traits(subject.attribute(TRAITS)?, schema);
            continue;
        }
        let value = subject.attribute_or_parent(attribute);
        // A comma would make two values of one in a filter.
        let filter_value = value
            .as_ref()
            .and_then(plain)
            .filter(|text| !text.contains(','));
        if let (Some(filter), Some(value)) = (subject.kind.filters.get(attribute), filter_value) {
            route.query.push((format!("filter[{filter}]"), value));
        }
        let is_given_by_path = subject.is_given_by_index(attribute);
        key.attributes.push((attribute, value, is_given_by_path));
    }
    let named = |(attribute, value, _): &(&String, Option<Value>, bool)| {
        !attribute.ends_with("-id") && value.as_ref().is_some_and(|value| plain(value).is_some())
    };
    let tells_apart = key.attributes.iter().any(named) || !key.traits.is_empty();
    tells_apart.then_some((route, key))
}

#[derive(Default)]
struct NaturalKey<'a> {
    /// Attribute, the value it must have, and whether the path of the list makes sure of it.
    attributes: Vec<(&'a String, Option<Value>, bool)>,
    traits: Vec<(&'a String, &'a Value)>,
}

impl NaturalKey<'_> {
    fn fits(&self, record: &Record) -> bool {
        let attributes_fit = self.attributes.iter().all(|(attribute, wanted, is_given)| {
            let found = record.attributes.get(attribute.as_str());
            (*is_given && found.is_none()) || is_same(wanted.as_ref(), found)
        });
        let traits = record.attributes.get(TRAITS);
        let traits_fit = self.traits.iter().all(|(key, wanted)| {
            let found = traits.and_then(|traits| traits.get(key.as_str()));
            is_same(Some(wanted), found)
        });
        attributes_fit && traits_fit
    }
}

/// The traits that read back as they were written.
fn comparable_traits<'a>(
    traits: &'a Value,
    schema: Option<&AssetSchema>,
) -> Vec<(&'a String, &'a Value)> {
    let reads_back = |field: &AssetField| {
        !matches!(
            field.kind,
            FieldKind::Password | FieldKind::Upload | FieldKind::Header
        )
    };
    let traits = traits.as_object().into_iter();
    traits
        .flatten()
        .filter(|(key, value)| {
            let field = schema.and_then(|schema| schema.field(key));
            !value.is_null() && !value.is_object() && field.is_none_or(reads_back)
        })
        .collect()
}

/// Whether a value that was sent and one that was read mean the same.
fn is_same(sent: Option<&Value>, read: Option<&Value>) -> bool {
    let ids = |value: &Value| match value {
        Value::Array(items) => items.iter().map(id_of).collect::<Option<Vec<_>>>(),
        Value::Object(tag) => tag.get("values")?.as_array()?.iter().map(id_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Some(vec![as_id(value)?])
        }
    };
    let sorted = |mut ids: Vec<u64>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    match (sent.filter(|v| !is_empty(v)), read.filter(|v| !is_empty(v))) {
        (None, None) => true,
        (Some(sent), Some(read)) => match (plain(sent), plain(read)) {
            (Some(sent), Some(read)) => sent.to_lowercase() == read.to_lowercase(),
            _ => match (ids(sent), ids(read)) {
                (Some(sent), Some(read)) => sorted(sent) == sorted(read),
                _ => sent == read,
            },
        },
        (None, Some(_)) | (Some(_), None) => false,
    }
}

fn id_of(value: &Value) -> Option<u64> {
    as_id(value.get("id").unwrap_or(value))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// A single value as text, without outer white space.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!("Mail "), json!("mail"), true)]
    #[case(json!("5"), json!(5), true)]
    #[case(json!(null), json!(""), true)]
    #[case(json!(true), json!(true), true)]
    #[case(json!([3, "1"]), json!({"type": "Contacts", "values": [{"id": 1}, {"id": "3"}]}), true)]
    #[case(json!(1), json!({"type": "Contacts", "values": [{"id": 1}]}), true)]
    #[case(json!([]), json!(null), true)]
    #[case(json!("a"), json!("b"), false)]
    #[case(json!("a"), json!(null), false)]
    #[case(json!(null), json!("a"), false)]
    #[case(json!([1]), json!({"type": "Contacts", "values": [{"id": 2}]}), false)]
    fn values_are_compared_by_meaning(
        #[case] sent: Value,
        #[case] read: Value,
        #[case] same: bool,
    ) {
        assert_eq!(is_same(Some(&sent), Some(&read)), same);
    }
}
