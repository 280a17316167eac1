//! What kind of value a field holds.

use serde_json::Value;

use super::changes::{Input, Row};
use super::place::Place;
use super::schema::is_upload;
use crate::domain::{FieldKind, named_enum};

named_enum! {
    /// What kind of value a field holds, as far as showing it goes.
    pub enum ValueKind {
        /// Plain text.
        Text = "text",
        /// HTML.
        Html = "html",
        /// A number.
        Number = "number",
        /// Yes or no.
        Boolean = "boolean",
        /// A day or a moment.
        Date = "date",
        /// One of several options.
        Select = "select",
        /// Another record.
        Reference = "reference",
        /// Several other records.
        Tags = "tags",
        /// Several entries, such as phone numbers.
        List = "list",
        /// Records created along with this one.
        Children = "children",
        /// A file.
        Upload = "upload",
        /// A secret.
        Secret = "secret",
    }
}

/// What kind of value a row holds: what its field or the catalogue says, else what it looks like.
pub(super) fn value_kind(input: &Input<'_>, row: &Row<'_>) -> ValueKind {
    if row.secret {
        return ValueKind::Secret;
    }
    match row.place.field_kind() {
        Some(FieldKind::Checkbox) => return ValueKind::Boolean,
        Some(FieldKind::Date) => return ValueKind::Date,
        Some(FieldKind::Number | FieldKind::Percent) => return ValueKind::Number,
        Some(FieldKind::Password) => return ValueKind::Secret,
        Some(FieldKind::Select) => return ValueKind::Select,
        Some(FieldKind::Tag) => return ValueKind::Tags,
        Some(FieldKind::Upload) => return ValueKind::Upload,
        Some(FieldKind::Textbox) => return ValueKind::Html,
        Some(FieldKind::Header | FieldKind::Text) => return ValueKind::Text,
        None => {}
    }
    if let Place::Children(_) = row.place {
        return ValueKind::Children;
    }
    if row.place.is_html(input.kind) {
        return ValueKind::Html;
    }
    if row.place.is_reference(input.kind) {
        return ValueKind::Reference;
    }
    kind_of_value(if row.proposed.is_null() {
        &row.live
    } else {
        &row.proposed
    })
}

fn kind_of_value(value: &Value) -> ValueKind {
    match value {
        Value::Bool(_) => ValueKind::Boolean,
        Value::Number(_) => ValueKind::Number,
        Value::Null | Value::String(_) => ValueKind::Text,
        Value::Object(_) if is_upload(value) => ValueKind::Upload,
        Value::Object(members) if members.contains_key("values") => ValueKind::Tags,
        Value::Array(_) | Value::Object(_) => ValueKind::List,
    }
}
