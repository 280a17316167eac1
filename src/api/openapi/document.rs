//! The document put together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{AdditionalProperties, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::examples;
use super::operation::{Answer, Content, Operation, Shape, Tag};
use super::parameter::Parameter;
use super::problem_schema;
use super::problems::{self, Kind};
use crate::api::Needs;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const PROBLEM: &str = "application/problem+json";

/// A route with all that is said of it.
pub struct Described {
    /// The method.
    pub method: Method,
    /// The whole path, its parameters in braces.
    pub path: String,
    /// The right.
    pub needs: Needs,
    /// The rest.
    pub operation: Operation,
}

/// The document of these routes.
pub fn document(routes: &[Described]) -> Value {
    let mut parts = Parts::default();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = parts.operation(route);
        let path = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    let tags = Tag::ALL.iter();
    let tags = tags.map(|tag| json!({"name": tag.as_str(), "description": tag.text()}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Countersign",
            "version": env!("CARGO_PKG_VERSION"),
            "description": examples::ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": tags.collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": parts.schemas,
            "responses": parts.responses,
            "headers": headers(),
            "securitySchemes": security_schemes(),
        },
    })
}

/// The document, as an answer.
pub struct Document;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        Object::builder()
            .property("openapi", Object::with_type(Type::String))
            .property("paths", Object::with_type(Type::Object))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .required("openapi")
            .required("paths")
            .description(Some("An OpenAPI document."))
            .into()
    }
}

impl ToSchema for Document {
    fn name() -> Cow<'static, str> {
        "OpenapiDocument".into()
    }
}

/// What several operations share.
#[derive(Default)]
struct Parts {
    schemas: BTreeMap<String, Value>,
    responses: BTreeMap<String, Value>,
}

impl Parts {
    fn operation(&mut self, route: &Described) -> Value {
        let told = &route.operation;
        let mut document = json!({
            "operationId": told.id,
            "tags": [told.tag.as_str()],
            "summary": told.summary,
            "responses": self.answers(route),
            "security": security(route.needs),
        });
        if !told.text.is_empty() {
            document["description"] = json!(told.text);
        }
        if !told.parameters.is_empty() {
            let parameters = told.parameters.iter().map(Parameter::document);
            document["parameters"] = parameters.collect();
        }
        if let Some(body) = &told.body {
            document["requestBody"] = json!({
                "required": body.is_required,
                "content": {JSON: {"schema": body.schema, "example": body.example}},
            });
        }
        document
    }

    fn answers(&mut self, route: &Described) -> Value {
        let mut answers: Map<String, Value> = Map::new();
        for answer in &route.operation.answers {
            answers.insert(answer.status.to_string(), self.answer(answer));
        }
        let mut by_status: BTreeMap<u16, BTreeSet<Kind>> = BTreeMap::new();
        for kind in kinds(route) {
            by_status.entry(kind.status).or_default().insert(kind);
        }
        for (status, kinds) in by_status {
            let reference = self.problem(status, &kinds);
            answers.insert(status.to_string(), reference);
        }
        Value::Object(answers)
    }

    fn answer(&mut self, answer: &Answer) -> Value {
        let names = answer.headers.iter().copied().chain(["x-request-id"]);
        let mut document = json!({
            "description": answer.text,
            "headers": references("headers", names),
        });
        match &answer.content {
            Content::Nothing => {}
            Content::Json(shape) => {
                self.add(shape);
                let mut content = json!({"schema": reference("schemas", &shape.name)});
                if let Some(example) = examples::of(&shape.name) {
                    content["example"] = example;
                }
                document["content"] = json!({JSON: content});
            }
            Content::Events => {
                document["content"] = json!({EVENTS: {"schema": {"type": "string"}}});
            }
        }
        for link in &answer.links {
            document["links"][link.to] = json!({
                "operationId": link.to,
                "parameters": {link.parameter: link.expression},
            });
        }
        document
    }

    fn add(&mut self, shape: &Shape) {
        for (name, schema) in &shape.schemas {
            // Cannot fail: a schema is made of texts, numbers and lists.
            let schema = serde_json::to_value(schema).unwrap_or_default();
            let before = self.schemas.insert(name.clone(), schema.clone());
            debug_assert!(
                before.is_none_or(|before| before == schema),
                "two types are both called {name}"
            );
        }
    }

    /// The problems of one status together; the same ones are written down once.
    fn problem(&mut self, status: u16, kinds: &BTreeSet<Kind>) -> Value {
        let slugs: Vec<&str> = kinds.iter().map(|kind| kind.slug).collect();
        let name = format!("{status}.{}", slugs.join("."));
        self.responses
            .entry(name.clone())
            .or_insert_with(|| problem_response(status, kinds));
        self.schemas
            .entry("Problem".to_owned())
            .or_insert_with(problem_schema::schema);
        reference("responses", &name)
    }
}

/// All problems that a route answers with.
fn kinds(route: &Described) -> BTreeSet<Kind> {
    let told = &route.operation;
    let mut kinds: BTreeSet<Kind> = problems::ANYWHERE.iter().copied().collect();
    kinds.extend(&told.problems);
    if route.needs != Needs::Nobody {
        kinds.extend([problems::UNAUTHENTICATED, problems::FORBIDDEN]);
    }
    if route.needs == Needs::Agent {
        kinds.insert(problems::AGENT_PAUSED);
    }
    if route.needs == Needs::ProvenAdministrator {
        kinds.insert(problems::STEP_UP_REQUIRED);
    }
    if route.path.contains('{') {
        kinds.insert(problems::NOT_FOUND);
    }
    let has_query = told.parameters.iter().any(Parameter::is_in_query);
    if told.body.is_some() || has_query {
        let is_administration = route.path.starts_with("/api/v1/admin");
        kinds.insert(if is_administration {
            problems::INVALID_REQUEST
        } else {
            problems::INVALID_PROPOSAL
        });
    }
    kinds
}

fn problem_response(status: u16, kinds: &BTreeSet<Kind>) -> Value {
    let says: Vec<String> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}", kind.slug, kind.when))
        .collect();
    let uris: Vec<String> = kinds.iter().map(Kind::uri).collect();
    let mut names = vec!["x-request-id"];
    if status == 401 {
        names.push("www-authenticate");
    }
    if kinds.iter().any(|kind| {
        [
            problems::TOO_MANY_REQUESTS,
            problems::CONNECTION_UNAVAILABLE,
        ]
        .contains(kind)
    }) {
        names.push("retry-after");
    }
    let examples: Map<String, Value> = kinds
        .iter()
        .map(|kind| {
            let example = problem_schema::example(*kind);
            (kind.slug.to_owned(), json!({"value": example}))
        })
        .collect();
    json!({
        "description": says.join(" "),
        "headers": references("headers", names),
        "content": {PROBLEM: {
            "schema": {
                "allOf": [reference("schemas", "Problem")],
                "properties": {
                    "type": {"enum": uris},
                    "status": {"const": status},
                },
            },
            "examples": examples,
        }},
    })
}

fn reference(section: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{section}/{name}")})
}

fn references<'a>(section: &str, names: impl IntoIterator<Item = &'a str>) -> Value {
    let names = names.into_iter();
    names
        .map(|name| (name.to_owned(), reference(section, name)))
        .collect::<Map<_, _>>()
        .into()
}

/// Either of the two ways to send a token; of a person's, with the scope that it needs.
fn security(needs: Needs) -> Value {
    let (bearer, key, scopes): (&str, &str, &[&str]) = match needs {
        Needs::Nobody => return json!([]),
        Needs::Agent => ("agentToken", "agentKey", &[]),
        Needs::Reviewer => ("personToken", "personKey", &["read"]),
        Needs::Technician => ("personToken", "personKey", &["decide"]),
        Needs::Administrator | Needs::ProvenAdministrator => {
            ("personToken", "personKey", &["admin"])
        }
    };
    json!([{bearer: scopes}, {key: scopes}])
}

fn security_schemes() -> Value {
    let bearer = |text: &str| json!({"type": "http", "scheme": "bearer", "description": text});
    let key = |text: &str| json!({"type": "apiKey", "in": "header", "name": "x-api-key", "description": text});
    json!({
        "agentToken": bearer("The token of an agent: `cs_agent_…`."),
        "agentKey": key("The same, as clients of IT Glue send theirs."),
        "personToken": bearer("The token of a person: `cs_user_…`, with scopes."),
        "personKey": key("The same in another header."),
    })
}

fn headers() -> Value {
    let header = |text: &str, required: bool, schema: Value| json!({"description": text, "required": required, "schema": schema});
    let text = || json!({"type": "string"});
    json!({
        "x-request-id": header("Names this request in the log.", true, text()),
        "location": header("Where the new thing is.", true, text()),
        "etag": header("The version, for `If-Match`.", true, text()),
        "www-authenticate": header("`Bearer`.", true, json!({"const": "Bearer"})),
        "retry-after": header(
            "After how many seconds to try again.",
            false,
            json!({"type": "integer", "minimum": 1}),
        ),
    })
}
