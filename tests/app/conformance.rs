//! Every answer that any test receives below `/api/v1` is held to the `OpenAPI` document: its status,
//! its type, its headers, each member of its body. So is the body of each request that was taken.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use countersign::server::openapi_text;
use jsonschema::Validator;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::ground::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(&openapi_text()).unwrap());
/// Answers may have more members one day; until the document says so, they have none.
static STRICT: LazyLock<Value> = LazyLock::new(|| strict(&DOCUMENT["components"]));
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// A request as it was sent.
pub struct Sent {
    method: String,
    path: String,
    body: Option<Value>,
}

impl Sent {
    /// Of this request.
    pub fn of(request: &reqwest::Request) -> Self {
        let body = request.body().and_then(reqwest::Body::as_bytes);
        Self {
            method: request.method().as_str().to_ascii_lowercase(),
            path: request.url().path().to_owned(),
            body: body.and_then(|bytes| serde_json::from_slice(bytes).ok()),
        }
    }

    /// Fails if the document knows the operation and not this answer.
    pub fn is_answered_as_documented(&self, answer: &Answer) {
        let Some((path, operation)) = self.operation() else {
            return;
        };
        let status = answer.status.as_u16();
        let place = format!("{} {path} {status}", self.method);
        let told = &operation["responses"][status.to_string()];
        assert!(
            !told.is_null(),
            "{place} is not documented; add it in src/api/described, then run `cargo xtask \
             openapi`: {:#}",
            answer.body
        );
        let told = followed(told);
        for (name, header) in told["headers"].as_object().into_iter().flatten() {
            let is_there = answer.headers.contains_key(name);
            let may_lack = followed(header)["required"] != true;
            assert!(is_there || may_lack, "{place} has no {name}");
        }
        let Some((kind, content)) = told["content"]
            .as_object()
            .and_then(|all| all.iter().next())
        else {
            assert_eq!(
                answer.body,
                json!(""),
                "{place} is documented to have no body"
            );
            return;
        };
        let found = answer.headers.get(CONTENT_TYPE);
        let found = found
            .map(|value| value.to_str().unwrap_or_default())
            .unwrap_or_default();
        assert!(
            found.starts_with(kind.as_str()),
            "{place} is {found}, not {kind}"
        );
        if kind.contains("json") {
            fits(&place, &content["schema"], &answer.body);
        }
        if let (Some(body), true) = (&self.body, answer.status.is_success()) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // What is not read need not fit.
            if !schema.is_null() {
                fits(&format!("{place}, request"), schema, body);
            }
        }
    }

    /// The operation of the path that fits best: with as few parameters as can be.
    fn operation(&self) -> Option<(&'static str, &'static Value)> {
        let paths = DOCUMENT["paths"].as_object()?.iter();
        let fitting = paths.filter(|(path, _)| fits_path(path, &self.path));
        let (path, item) = fitting.min_by_key(|(path, _)| path.matches('{').count())?;
        Some((path, item.get(&self.method)?))
    }
}

fn fits_path(template: &str, path: &str) -> bool {
    let parts = template.split('/').count() == path.split('/').count();
    let mut pairs = template.split('/').zip(path.split('/'));
    parts
        && pairs.all(|(part, found)| part == found || (part.starts_with('{') && !found.is_empty()))
}

fn followed(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

fn fits(place: &str, schema: &Value, value: &Value) {
    let known = VALIDATORS.lock().unwrap().get(place).cloned();
    let validator = known.unwrap_or_else(|| {
        let whole = json!({"components": *STRICT, "allOf": [schema]});
        let made = jsonschema::draft202012::new(&whole);
        assert!(made.is_ok(), "{place}: {made:?}");
        let made = Arc::new(made.unwrap());
        let mut all = VALIDATORS.lock().unwrap();
        Arc::clone(all.entry(place.to_owned()).or_insert(made))
    });
    let misfits: Vec<String> = validator
        .iter_errors(value)
        .map(|error| error.to_string())
        .collect();
    assert!(
        misfits.is_empty(),
        "{place} is not as documented: {misfits:#?}\n{value:#}"
    );
}

/// The same, in which no object has members that are not described.
fn strict(components: &Value) -> Value {
    let mut parts = BTreeSet::new();
    collect_parts(components, &mut parts);
    let mut strict = components.clone();
    for (name, schema) in strict["schemas"].as_object_mut().unwrap() {
        if !parts.contains(name.as_str()) {
            close(schema);
        }
    }
    strict
}

/// Names of the schemas that others are put together from.
fn collect_parts<'a>(value: &'a Value, parts: &mut BTreeSet<&'a str>) {
    for part in value["allOf"].as_array().into_iter().flatten() {
        let reference = part["$ref"].as_str().unwrap_or_default();
        parts.extend(reference.strip_prefix("#/components/schemas/"));
    }
    let members = value
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    for inner in members.chain(value.as_array().into_iter().flatten()) {
        collect_parts(inner, parts);
    }
}

fn close(schema: &mut Value) {
    let is_put_together = schema.get("allOf").is_some();
    if is_put_together || schema.get("properties").is_some() {
        schema["unevaluatedProperties"] = json!(false);
    }
    if is_put_together {
        return;
    }
    for inner in ["oneOf", "anyOf"] {
        let several = schema.get_mut(inner).and_then(Value::as_array_mut);
        several.into_iter().flatten().for_each(close);
    }
}
