//! Where a value stands, and when two values standing there mean the same.
//!
//! IT Glue reads in other shapes than it takes: ids as numbers or strings, tags as objects or ids.
//! [`Place::comparable`] gives one shape to all of them.

use serde_json::{Map, Number, Value};

use super::body::kebab;
use super::html;
use crate::domain::{AssetField, AssetSchema, FieldKind, Normalisation, ResourceKind, as_id};

/// Where a value stands inside a record.
#[derive(Clone, Debug)]
pub(super) enum Place<'a> {
    /// An attribute, by its kebab-case name.
    Attribute(String),
    /// A trait, by its key, with its field where the schema is known.
    Trait(String, Option<&'a AssetField>),
    /// Records created along, by relationship.
    Children(String),
}

/// How closely what was found must match what was sent. Ordered: the later, the closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closeness {
    /// The text of HTML is the same.
    Text,
    /// Its marks, links and images are the same, too.
    Skeleton,
    /// Its lines, and the spaces between its words, as well.
    Readable,
    /// Nothing is another, also not what IT Glue is known to make otherwise.
    Exact,
}

impl<'a> Place<'a> {
    /// The place of a trait.
    pub(super) fn of_trait(schema: Option<&'a AssetSchema>, key: &str) -> Self {
        Self::Trait(key.to_owned(), schema.and_then(|schema| schema.field(key)))
    }

    /// The key by which it is known.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Attribute(key) | Self::Trait(key, _) | Self::Children(key) => key,
        }
    }

    /// Whether it is HTML.
    pub(super) fn is_html(&self, kind: &ResourceKind) -> bool {
        match self {
            Self::Attribute(attribute) => {
                kind.normalises.get(attribute) == Some(&Normalisation::Html)
            }
            Self::Trait(_, field) => field.is_some_and(|field| field.kind == FieldKind::Textbox),
            Self::Children(_) => false,
        }
    }

    /// The field's kind, for traits whose schema is known.
    pub(super) fn field_kind(&self) -> Option<FieldKind> {
        match self {
            Self::Trait(_, field) => field.map(|field| field.kind),
            Self::Attribute(_) | Self::Children(_) => None,
        }
    }

    /// Whether it holds the id of another record.
    pub(super) fn is_reference(&self, kind: &ResourceKind) -> bool {
        match self {
            Self::Attribute(attribute) => {
                attribute.ends_with("-id") || kind.references.contains_key(attribute)
            }
            Self::Trait(..) | Self::Children(_) => false,
        }
    }

    /// The value in the one shape in which values of this place are compared. Nothing is null.
    pub(super) fn comparable(&self, kind: &ResourceKind, value: &Value) -> Value {
        if is_empty(value) {
            return Value::Null;
        }
        match self {
            Self::Trait(_, Some(field)) => comparable_trait(field.kind, value),
            Self::Trait(_, None) => match value {
                Value::Array(_) | Value::Object(_) => {
                    any_tag_ids(value).map_or_else(|| value.clone(), numbers)
                }
                value => value.clone(),
            },
            Self::Attribute(_) if self.is_reference(kind) => {
                as_id(value).map_or_else(|| value.clone(), Value::from)
            }
            Self::Attribute(attribute) if is_date_name(attribute) => plain_date(value),
            Self::Attribute(_) | Self::Children(_) => plain_members(value),
        }
    }

    /// Whether two values mean exactly the same.
    pub(super) fn same(&self, kind: &ResourceKind, one: &Value, other: &Value) -> bool {
        let is_tag = |value: &Value| tag_ids(value).is_some();
        if one == other {
            return true;
        }
        if matches!(self, Self::Trait(..)) && (is_tag(one) || is_tag(other)) {
            let sorted = |value| any_tag_ids(value).map(numbers);
            return sorted(one) == sorted(other);
        }
        alike(&self.comparable(kind, one), &self.comparable(kind, other))
    }

    /// Whether what was found is what IT Glue makes of what was sent.
    pub(super) fn reads_back(
        &self,
        kind: &ResourceKind,
        sent: &Value,
        found: &Value,
        closeness: Closeness,
    ) -> bool {
        if self.same(kind, sent, found) {
            return true;
        }
        let sent = self.comparable(kind, sent);
        let found = self.comparable(kind, found);
        if self.is_html(kind) {
            return same_html(&sent, &found, closeness);
        }
        let rule = match self {
            Self::Attribute(attribute) => kind.normalises.get(attribute).copied(),
            Self::Trait(..) | Self::Children(_) => None,
        };
        match rule.filter(|_| closeness < Closeness::Exact) {
            Some(Normalisation::CaseInsensitive) => folded(&sent) == folded(&found),
            Some(Normalisation::Unordered) => unordered(&sent) == unordered(&found),
            Some(Normalisation::Html | Normalisation::Ignored | Normalisation::WriteOnly)
            | None => match (plain_text(&sent), plain_text(&found)) {
                (Some(sent), Some(found)) => sent == found,
                _ => false,
            },
        }
    }
}

/// Whether a value says nothing: null, no text, no entries, no tagged records.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => {
            members.is_empty()
                || matches!(members.get("values"), Some(Value::Array(items)) if items.is_empty())
        }
    }
}

/// The ids of a tag as it reads: `{"type": "Contacts", "values": [{"id": 501, …}]}`.
pub(super) fn tag_ids(value: &Value) -> Option<Vec<u64>> {
    value
        .get("values")?
        .as_array()?
        .iter()
        .map(|entry| as_id(entry.get("id")?))
        .collect()
}

/// The ids of a tag, as it reads or as it is written.
pub(super) fn any_tag_ids(value: &Value) -> Option<Vec<u64>> {
    match value {
        Value::Object(_) => tag_ids(value),
        Value::Array(items) => items.iter().map(as_id).collect(),
        Value::Number(_) | Value::String(_) => as_id(value).map(|id| vec![id]),
        Value::Null | Value::Bool(_) => None,
    }
}

/// A number, also where it is written as a text.
pub(super) fn as_number(value: &Value) -> Option<Number> {
    let number = match value {
        Value::Number(number) => number.clone(),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))?
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    // 50.0 and 50 are one number; whole numbers of this size are exact in either form.
    let is_fractional = number.as_i64().is_none() && number.as_u64().is_none();
    let whole = number
        .as_f64()
        .filter(|float| is_fractional && float.fract() == 0.0 && float.abs() < 1e15)
        .and_then(|float| format!("{float:.0}").parse::<i64>().ok());
    Some(whole.map_or(number, Number::from))
}

fn comparable_trait(kind: FieldKind, value: &Value) -> Value {
    match kind {
        FieldKind::Tag => any_tag_ids(value).map_or_else(|| value.clone(), numbers),
        FieldKind::Number | FieldKind::Percent => {
            as_number(value).map_or_else(|| value.clone(), Value::Number)
        }
        FieldKind::Date => plain_date(value),
        FieldKind::Upload => without_links(value),
        FieldKind::Checkbox
        | FieldKind::Header
        | FieldKind::Password
        | FieldKind::Select
        | FieldKind::Text
        | FieldKind::Textbox => tag_ids(value).map_or_else(|| value.clone(), numbers),
    }
}

fn numbers(mut ids: Vec<u64>) -> Value {
    ids.sort_unstable();
    ids.dedup();
    Value::from(ids)
}

fn is_date_name(attribute: &str) -> bool {
    attribute.ends_with("-at") || attribute.ends_with("-on") || attribute.ends_with("-date")
}

/// A day, also where it is written as its midnight; a moment, in one spelling.
fn plain_date(value: &Value) -> Value {
    let Some(text) = value.as_str() else {
        return value.clone();
    };
    match text.split_once('T') {
        Some((day, time)) if time.trim_end_matches(['Z', '0', ':', '.']).is_empty() => {
            Value::from(day)
        }
        Some(_) => match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Value::from(moment.to_string()),
            Err(_) => value.clone(),
        },
        None => value.clone(),
    }
}

/// Hashes with their keys in kebab-case and without the members that say nothing.
fn plain_members(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain_members).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| (kebab(key), plain_members(member)))
            .filter(|(_, member)| !is_empty(member))
            .collect::<Map<String, Value>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Whether two values are equal but for members that IT Glue adds to hashes on one side.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys());
            keys.into_iter()
                .all(|key| match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => alike(one, other),
                    (Some(only), None) | (None, Some(only)) => is_added(key, only),
                    (None, None) => true,
                })
        }
        _ => one == other,
    }
}

fn is_added(key: &str, member: &Value) -> bool {
    *member == Value::Bool(false) || key == "id" || key.starts_with("formatted")
}

/// An upload without the addresses it can be fetched from: those are signed anew at every read.
pub(super) fn without_links(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_links).collect(),
        Value::Object(members) => members
            .iter()
            .filter(|(key, _)| !key.contains("url"))
            .map(|(key, member)| (key.clone(), without_links(member)))
            .collect::<Map<String, Value>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn same_html(sent: &Value, found: &Value, closeness: Closeness) -> bool {
    // Markup around nothing is nothing, but a picture is something.
    let closeness = if sent.is_null() || found.is_null() {
        closeness.max(Closeness::Skeleton)
    } else {
        closeness
    };
    let (Some(sent), Some(found)) = (text_or_none(sent), text_or_none(found)) else {
        return false;
    };
    match closeness {
        Closeness::Text => {
            let lost_drawing = html::has_svg(sent) && !html::has_svg(found);
            !lost_drawing && html::bare_text(sent) == html::bare_text(found)
        }
        Closeness::Skeleton => html::skeleton(sent) == html::skeleton(found),
        Closeness::Readable => {
            html::skeleton(sent) == html::skeleton(found)
                && html::readable(sent) == html::readable(found)
        }
        Closeness::Exact => sent == found,
    }
}

fn text_or_none(value: &Value) -> Option<&str> {
    if value.is_null() {
        return Some("");
    }
    value.as_str()
}

fn folded(value: &Value) -> Option<String> {
    plain_text(value).map(|text| text.trim().to_lowercase())
}

fn unordered(value: &Value) -> Vec<String> {
    let mut parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(crate::domain::json::canonical).collect(),
        Value::String(text) => text
            .split([',', '\n', ' '])
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            vec![crate::domain::json::canonical(value)]
        }
    };
    parts.sort_unstable();
    parts
}

/// A single value as text, however IT Glue wraps it; line breaks in one spelling.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.replace("\r\n", "\n")),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::diff::fixtures;

    #[rstest]
    #[case::id_as_text("location-id", json!("31"), json!(31))]
    #[case::midnight("installed-at", json!("2024-05-01"), json!("2024-05-01T00:00:00.000Z"))]
    #[case::one_moment("purchased-at", json!("2024-05-01T10:00:00Z"), json!("2024-05-01T12:00:00.000+02:00"))]
    #[case::nothing("notes", json!(""), json!(null))]
    #[case::hashes(
        "contact-emails",
        json!([{"value": "d@acme.example", "label_name": "Work", "primary": true}]),
        json!([{"id": 9, "value": "d@acme.example", "label-name": "Work", "primary": true, "extension": null}])
    )]
    fn attributes_mean_the_same(#[case] attribute: &str, #[case] one: Value, #[case] other: Value) {
        let place = Place::Attribute(attribute.to_owned());
        assert!(place.same(&fixtures::contacts(), &one, &other));
    }

    #[rstest]
    #[case::leading_zero("phone", json!("0555"), json!("555"))]
    #[case::lost_extension(
        "contact-phones",
        json!([{"value": "5550102"}]),
        json!([{"value": "5550102", "extension": "12"}])
    )]
    #[case::false_is_something("important", json!(false), json!(null))]
    #[case::other_entry("contact-phones", json!([{"id": 1, "value": "5"}]), json!([{"id": 2, "value": "5"}]))]
    #[case::no_longer_first("contact-phones", json!([{"value": "5", "primary": true}]), json!([{"value": "5", "primary": false}]))]
    fn attributes_differ(#[case] attribute: &str, #[case] one: Value, #[case] other: Value) {
        let place = Place::Attribute(attribute.to_owned());
        assert!(!place.same(&fixtures::contacts(), &one, &other));
    }

    #[rstest]
    #[case::listed(json!(["501"]))]
    #[case::single(json!(501))]
    fn tags_are_recognized_without_a_schema(#[case] sent: Value) {
        let found = json!({"type": "Contacts", "values": [{"id": 501, "name": "Dana Reyes"}]});
        let place = Place::of_trait(None, "owner");
        assert!(place.same(&fixtures::flexible_assets(), &sent, &found));
        assert!(!place.same(&fixtures::flexible_assets(), &json!([502]), &found));
    }

    #[rstest]
    #[case::tag("owner", json!([502, "501"]), json!({"type": "Contacts", "values": [{"id": 501}, {"id": 502}]}))]
    #[case::single_tag("owner", json!(501), json!({"type": "Contacts", "values": [{"id": "501"}]}))]
    #[case::number("users", json!("50"), json!(50.0))]
    #[case::date("renewal", json!("2027-01-31"), json!("2027-01-31T00:00:00.000Z"))]
    fn traits_mean_the_same(#[case] key: &str, #[case] one: Value, #[case] other: Value) {
        let schema = fixtures::schema();
        let place = Place::of_trait(Some(&schema), key);
        assert!(place.same(&fixtures::flexible_assets(), &one, &other));
    }
}
