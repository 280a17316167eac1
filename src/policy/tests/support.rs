//! What the tests share: profiles, calls, and a path and body for every endpoint.

use serde_json::{Map, Value, json};

use crate::domain::{
    AccessLevel, Facts, FieldError, GroupRule, GroupRules, Judgement, Method, Operation,
    OrganizationScope, Verdict,
};
use crate::policy::catalogue::{self, Endpoint, Form};
pub use crate::policy::laws::paths;
use crate::policy::{Call, Classified, Located, Rejection, Subject, classify, judge, locate};

pub fn call(method: &str, path: &str, body: Option<&Value>) -> Result<Classified, Rejection> {
    classify(&Call { method, path, body })
}

/// The pointers of what is wrong with a call.
pub fn pointers(method: &str, path: &str, body: &Value) -> Vec<String> {
    match call(method, path, Some(body)) {
        Err(Rejection::Invalid(errors) | Rejection::InvalidQuery(errors)) => errors
            .into_iter()
            .map(|error: FieldError| error.pointer)
            .collect(),
        other => panic!("{method} {path} was not refused for its fields: {other:?}"),
    }
}

pub fn located(method: &str, path: &str) -> Located {
    locate(method, path).unwrap_or_else(|error| panic!("{method} {path}: {error:?}"))
}

pub const fn rule(access: AccessLevel, ask: bool, delete: bool) -> GroupRule {
    GroupRule {
        access,
        ask,
        delete,
    }
}

/// Everything allowed, nothing asked.
pub const OPEN: GroupRules = GroupRules::uniform(rule(AccessLevel::ReadWrite, false, true));

pub fn judged(rules: &GroupRules, located: &Located, facts: Option<&Facts>) -> Judgement {
    let scope = OrganizationScope::All;
    judge(
        &Subject {
            rules,
            scope: &scope,
        },
        located,
        facts,
    )
}

pub fn verdict(rules: &GroupRules, method: &str, path: &str) -> Verdict {
    judged(rules, &located(method, path), None).verdict
}

/// A body that the endpoint takes, about this record where it is a bulk form.
pub fn body(endpoint: &Endpoint, record: u64, parent: u64) -> Option<Value> {
    if !endpoint.takes_body() || endpoint.denied {
        return None;
    }
    let kind = catalogue::resource(&endpoint.resource).unwrap();
    let mut attributes = Map::new();
    match endpoint.operation {
        Operation::Create => {
            for key in &kind.required {
                let names_parent = endpoint
                    .path
                    .as_str()
                    .contains(&format!(":{}", key.replace('-', "_")));
                attributes.insert(key.clone(), sample(key, names_parent.then_some(parent)));
            }
            attributes.insert("notes".to_owned(), json!("n"));
        }
        Operation::Update => {
            attributes.insert("notes".to_owned(), json!("n"));
        }
        Operation::Delete | Operation::Publish | Operation::Read | Operation::ReadSecret => {}
    }
    if endpoint.form == Form::Bulk {
        attributes.insert("id".to_owned(), json!(record));
        return Some(json!({"data": [{"type": kind.json_type, "attributes": attributes}]}));
    }
    Some(json!({"data": {"type": kind.json_type, "attributes": attributes}}))
}

fn sample(key: &str, parent: Option<u64>) -> Value {
    match key {
        "traits" => json!({"some_key": 1, "some-other": [2]}),
        "destination-type" => json!("Contact"),
        key if key.ends_with("-id") => json!(parent.unwrap_or(2)),
        _ => json!("text"),
    }
}

/// Every endpoint that changes something.
pub fn write_endpoints() -> impl Iterator<Item = &'static Endpoint> {
    catalogue::endpoints()
        .iter()
        .filter(|endpoint| endpoint.method != Method::Get)
}
