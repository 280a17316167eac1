//! [`Control`] over HTTP, for tests in another process. Needs no key; served on loopback only.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::control::Control;
use super::exchange::Request;
use super::faults::Fault;
use super::refusal::Refusal;
use super::state::State;

pub(super) const PREFIX: &str = "/_control/";

#[derive(Debug, Deserialize)]
struct Changes {
    reject_key: Option<bool>,
    latency_ms: Option<u64>,
    password_access: Option<bool>,
}

pub(super) fn answer(state: &Arc<State>, request: &Request) -> Answer {
    let control = Control::new(Arc::clone(state));
    let path = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let answered = match (request.method.as_str(), segments.as_slice()) {
        ("POST", ["faults"]) => add_fault(&control, request),
        ("DELETE", ["faults"]) => {
            control.clear_faults();
            Ok(Value::Null)
        }
        ("GET", ["requests"]) => Ok(json!(control.requests())),
        ("POST", ["settings"]) => change_settings(&control, request),
        ("GET", ["records", kind]) => Ok(json!(control.records(kind))),
        (method, ["records", kind, id]) => match id.parse() {
            Ok(id) => on_record(&control, method, kind, id, request),
            Err(_) => Err(Refusal::not_found()),
        },
        _ => Err(Refusal::not_found()),
    };
    answered.map_or_else(Answer::from, |body| Answer::json(200, &body))
}

fn add_fault(control: &Control, request: &Request) -> Result<Value, Refusal> {
    control.fault(parse::<Fault>(request)?);
    Ok(Value::Null)
}

fn change_settings(control: &Control, request: &Request) -> Result<Value, Refusal> {
    let changes: Changes = parse(request)?;
    if let Some(reject) = changes.reject_key {
        control.reject_key(reject);
    }
    if let Some(latency) = changes.latency_ms {
        control.set_latency(Duration::from_millis(latency));
    }
    if let Some(access) = changes.password_access {
        control.set_password_access(access);
    }
    Ok(Value::Null)
}

fn on_record(
    control: &Control,
    method: &str,
    kind: &str,
    id: u64,
    request: &Request,
) -> Result<Value, Refusal> {
    let is_done = match method {
        "GET" => return control.record(kind, id).ok_or_else(Refusal::not_found),
        "PATCH" => control.edit(kind, id, parse(request)?),
        "DELETE" => control.remove(kind, id),
        _ => false,
    };
    if is_done {
        Ok(Value::Null)
    } else {
        Err(Refusal::not_found())
    }
}

fn parse<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, Refusal> {
    serde_json::from_slice(&request.body).map_err(|error| Refusal::bad_request(&error.to_string()))
}
