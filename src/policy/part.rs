//! One element of `data`: type, id, attributes, children, checked and written canonically.
//!
//! Invariant: attribute keys come out in kebab-case, ids as numbers, and the id of the record is
//! in no attribute any more. What stands inside an attribute, traits above all, is untouched.

use serde_json::{Map, Value, json};

use super::catalogue::Form;
use super::children;
use super::locate::Located;
use super::template::parse_id;
use crate::domain::{FieldError, Operation, RecordId, ResourceKind, pointer};

/// Ids that point to a record of a kind another attribute names.
const POLYMORPHIC_IDS: [&str; 2] = ["resource-id", "destination-id"];

/// What is known of one record of a body.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The id the body names.
    pub id: Option<RecordId>,
    /// The attributes in canonical form, without the id.
    pub attributes: Map<String, Value>,
    /// Children to create along with it, in canonical form.
    pub relationships: Map<String, Value>,
}

/// What an element must be.
pub struct Expected<'a> {
    resource: &'static ResourceKind,
    operation: Operation,
    /// The id in the path.
    path_id: Option<RecordId>,
    /// Whether the element itself must name its record.
    names_record: bool,
    parent: Option<&'a (String, RecordId)>,
    relationships: &'a [String],
}

impl<'a> Expected<'a> {
    /// What this address expects. None where the kind of record is not known.
    pub fn of(located: &'a Located) -> Option<Self> {
        Some(Self {
            resource: located.resource()?,
            operation: located.operation,
            path_id: located.record_id,
            names_record: located.endpoint.form == Form::Bulk,
            parent: located.parent.as_ref(),
            relationships: &located.endpoint.relationships,
        })
    }
}

/// Reads one element.
pub fn read(
    expected: &Expected<'_>,
    pointer: &str,
    element: &Value,
) -> Result<Part, Vec<FieldError>> {
    let Some(members) = element.as_object() else {
        return Err(vec![FieldError::new(
            pointer,
            "A record must be an object.",
        )]);
    };
    let mut errors = Errors(Vec::new());
    errors.unknown_members(pointer, members);
    errors.keep(check_type(expected.resource, pointer, members.get("type")));
    let at = format!("{pointer}/attributes");
    let mut attributes = errors
        .keep(attributes(
            expected.resource,
            &at,
            members.get("attributes"),
        ))
        .unwrap_or_default();
    let inner_id = attributes.remove("id");
    let id = errors
        .keep(record_id(
            expected,
            pointer,
            members.get("id"),
            inner_id.as_ref(),
        ))
        .flatten();
    errors.keep(check_parent(expected, &at, &attributes));
    let relationships = errors
        .keep(children::read(
            expected.relationships,
            pointer,
            members.get("relationships"),
        ))
        .unwrap_or_default();
    if errors.0.is_empty() {
        errors.0 = wrong_attributes(expected, &at, &attributes);
    }
    if errors.0.is_empty() {
        Ok(Part {
            id,
            attributes,
            relationships,
        })
    } else {
        Err(errors.0)
    }
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn keep<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    fn unknown_members(&mut self, pointer: &str, members: &Map<String, Value>) {
        const KNOWN: [&str; 4] = ["type", "id", "attributes", "relationships"];
        for key in members.keys().filter(|key| !KNOWN.contains(&key.as_str())) {
            self.0.push(FieldError::new(
                pointer::member(pointer, key),
                "A record holds `type`, `id`, `attributes` and `relationships` only, spelled in lower case.",
            ));
        }
    }
}

/// The type, in either spelling.
pub fn check_type(
    resource: &ResourceKind,
    pointer: &str,
    found: Option<&Value>,
) -> Result<(), FieldError> {
    let is_right = found
        .and_then(Value::as_str)
        .is_some_and(|text| text.replace('_', "-") == resource.json_type);
    if is_right {
        return Ok(());
    }
    Err(FieldError::new(
        format!("{pointer}/type"),
        format!("The type must be `{}` here.", resource.json_type),
    ))
}

/// Attributes with their keys in kebab-case and their references as numbers.
pub fn attributes(
    resource: &ResourceKind,
    pointer: &str,
    found: Option<&Value>,
) -> Result<Map<String, Value>, FieldError> {
    let members = match found {
        Some(Value::Object(members)) => members,
        None => return Ok(Map::new()),
        Some(_) => {
            return Err(FieldError::new(
                pointer,
                "The attributes must be an object.",
            ));
        }
    };
    let mut canonical = Map::new();
    for (key, value) in members {
        let pointer = pointer::member(pointer, key);
        let folded = key.replace('_', "-");
        let is_plain = folded
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_plain || folded.is_empty() {
            return Err(FieldError::new(
                pointer,
                "Attribute names have lower-case letters, digits, `-` and `_` only.",
            ));
        }
        let value = canonical_value(resource, &pointer, &folded, value)?;
        if canonical.insert(folded, value).is_some() {
            return Err(FieldError::new(
                pointer,
                "This attribute stands twice (`-` and `_` count as the same).",
            ));
        }
    }
    Ok(canonical)
}

fn canonical_value(
    resource: &ResourceKind,
    pointer: &str,
    key: &str,
    value: &Value,
) -> Result<Value, FieldError> {
    let is_id = resource.references.contains_key(key) || POLYMORPHIC_IDS.contains(&key);
    if !is_id || value.is_null() {
        return Ok(value.clone());
    }
    strict_id(value)
        .map(|id| json!(id.0))
        .ok_or_else(|| FieldError::new(pointer, "An id must be a number, or digits as a string."))
}

fn strict_id(value: &Value) -> Option<RecordId> {
    match value {
        Value::String(text) => parse_id(text),
        Value::Number(number) => parse_id(&number.as_u64()?.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The one id that path, `data.id` and `attributes.id` agree on.
fn record_id(
    expected: &Expected<'_>,
    pointer: &str,
    beside_type: Option<&Value>,
    in_attributes: Option<&Value>,
) -> Result<Option<RecordId>, FieldError> {
    let mut agreed = expected.path_id;
    let places = [("id", beside_type), ("attributes/id", in_attributes)];
    for (place, value) in places {
        let Some(value) = value else { continue };
        let pointer = format!("{pointer}/{place}");
        if expected.operation == Operation::Create {
            return Err(FieldError::new(pointer, "A new record has no id yet."));
        }
        let id = strict_id(value)
            .ok_or_else(|| FieldError::new(&pointer, "An id must be a number, or digits."))?;
        if agreed.is_some_and(|agreed| agreed != id) {
            return Err(FieldError::new(
                pointer,
                "This id is another than the one in the path or beside it.",
            ));
        }
        agreed = Some(id);
    }
    if expected.names_record && agreed.is_none() {
        return Err(FieldError::new(
            format!("{pointer}/id"),
            "Each record of a bulk write must be named by its id.",
        ));
    }
    Ok(agreed)
}

/// An attribute that names the parent must name the one in the path.
fn check_parent(
    expected: &Expected<'_>,
    pointer: &str,
    attributes: &Map<String, Value>,
) -> Result<(), FieldError> {
    let Some((kind, id)) = expected.parent else {
        return Ok(());
    };
    let key = parent_attribute(kind);
    match attributes.get(&key) {
        None => Ok(()),
        Some(value) if strict_id(value) == Some(*id) => Ok(()),
        Some(_) => Err(FieldError::new(
            pointer::member(pointer, &key),
            "This is another record than the one in the path.",
        )),
    }
}

/// `organizations` → `organization-id`.
fn parent_attribute(kind: &str) -> String {
    let singular = kind.strip_suffix('s').unwrap_or(kind);
    format!("{}-id", singular.replace('_', "-"))
}

/// What is missing from a create, or superfluous in a delete.
fn wrong_attributes(
    expected: &Expected<'_>,
    pointer: &str,
    attributes: &Map<String, Value>,
) -> Vec<FieldError> {
    match expected.operation {
        Operation::Create => missing_attributes(expected, pointer, attributes),
        Operation::Delete => attributes
            .keys()
            .map(|key| {
                FieldError::new(pointer::member(pointer, key), "A delete names the id only.")
            })
            .collect(),
        Operation::Update if attributes.is_empty() => vec![FieldError::new(
            pointer,
            "Say which attributes shall change.",
        )],
        Operation::Update | Operation::Publish | Operation::Read | Operation::ReadSecret => {
            Vec::new()
        }
    }
}

fn missing_attributes(
    expected: &Expected<'_>,
    pointer: &str,
    attributes: &Map<String, Value>,
) -> Vec<FieldError> {
    let from_path = expected.parent.map(|(kind, _)| parent_attribute(kind));
    let mut errors: Vec<FieldError> = expected
        .resource
        .required
        .iter()
        .filter(|key| from_path.as_ref() != Some(key))
        .filter(|key| attributes.get(key.as_str()).is_none_or(Value::is_null))
        .map(|key| {
            FieldError::new(
                pointer::member(pointer, key),
                "IT Glue requires this on create.",
            )
        })
        .collect();
    if attributes.is_empty() && errors.is_empty() {
        errors.push(FieldError::new(pointer, "The attributes are missing."));
    }
    errors
}
