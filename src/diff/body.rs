//! The body of a request: which attributes it carries, under which pointers.

use serde_json::{Map, Value};

use crate::domain::{ItemRequest, attributes_of, pointer};

/// One attribute as the body carries it.
pub(super) struct Sent<'a> {
    /// Its name as IT Glue writes it: kebab-case.
    pub attribute: String,
    /// Where it stands in the body.
    pub pointer: String,
    /// Its value.
    pub value: &'a Value,
}

/// The traits as the body carries them.
pub(super) struct SentTraits<'a> {
    /// Where they stand in the body.
    pub pointer: String,
    /// The traits by key.
    pub values: &'a Map<String, Value>,
}

/// The attributes a request carries, its id aside.
pub(super) fn sent(request: &ItemRequest) -> Vec<Sent<'_>> {
    let base = attributes_pointer(request.body.as_ref());
    let Some(attributes) = request.attributes() else {
        return Vec::new();
    };
    attributes
        .iter()
        .map(|(key, value)| Sent {
            attribute: kebab(key),
            pointer: pointer::member(base, key),
            value,
        })
        .filter(|sent| sent.attribute != "id")
        .collect()
}

/// One attribute a request carries, by its kebab-case name.
pub(super) fn sent_value<'a>(request: &'a ItemRequest, attribute: &str) -> Option<&'a Value> {
    let attributes = request.attributes()?;
    attributes
        .iter()
        .find(|(key, _)| kebab(key) == attribute)
        .map(|(_, value)| value)
}

/// The traits a request carries, if it carries any.
pub(super) fn sent_traits(request: &ItemRequest) -> Option<SentTraits<'_>> {
    let traits = sent(request)
        .into_iter()
        .find(|sent| sent.attribute == "traits")?;
    Some(SentTraits {
        values: traits.value.as_object()?,
        pointer: traits.pointer,
    })
}

/// The records to be created along with this one, by relationship.
pub(super) fn children(request: &ItemRequest) -> Vec<Sent<'_>> {
    let Some(data) = request.body.as_ref().and_then(|body| body.get("data")) else {
        return Vec::new();
    };
    let (base, data) = match data {
        Value::Array(items) => ("/data/0/relationships", items.first()),
        data => ("/data/relationships", Some(data)),
    };
    let Some(relationships) = data
        .and_then(|data| data.get("relationships"))
        .and_then(Value::as_object)
    else {
        return Vec::new();
    };
    relationships
        .iter()
        .map(|(key, value)| Sent {
            attribute: kebab(key),
            pointer: pointer::member(base, key),
            value,
        })
        .collect()
}

/// The attributes each child carries.
pub(super) fn child_attributes(relationship: &Value) -> Vec<&Map<String, Value>> {
    match relationship.get("data") {
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.get("attributes")?.as_object())
            .collect(),
        Some(_) => attributes_of(relationship).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The same request with traits added to those it carries.
pub(super) fn with_traits(request: &ItemRequest, added: Map<String, Value>) -> ItemRequest {
    let mut request = request.clone();
    let Some(pointer) = sent_traits(&request).map(|traits| traits.pointer) else {
        return request;
    };
    if let Some(traits) = request
        .body
        .as_mut()
        .and_then(|body| body.pointer_mut(&pointer))
        .and_then(Value::as_object_mut)
    {
        traits.extend(added);
    }
    request
}

/// Where the attributes stand in a body.
pub(super) fn attributes_pointer(body: Option<&Value>) -> &'static str {
    match body.and_then(|body| body.get("data")) {
        Some(Value::Array(_)) => "/data/0/attributes",
        _ => "/data/attributes",
    }
}

/// The name of an attribute as IT Glue writes it; both spellings are taken (api-facts, section 3).
pub(super) fn kebab(key: &str) -> String {
    key.replace('_', "-").to_ascii_lowercase()
}
