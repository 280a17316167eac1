//! `/api/v1/admin/settings`: those that may change while the server runs.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::body::{JsonObject, Members};
use super::caller::As;
use super::{ApiState, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::SettingKey;

/// `GET /admin/settings`: each with its default and where its value comes from.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
) -> Result<Json<wire::SettingsList>, Problem> {
    shown(&state, &who).await
}

/// `PATCH /admin/settings`: all that are named or none; null gives the default back.
pub async fn change(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<wire::SettingsList>, Problem> {
    let mut members = Members::of_request(object);
    let changes: Vec<(SettingKey, String)> = SettingKey::ALL
        .iter()
        .filter_map(|key| Some((*key, value(&mut members, *key)?)))
        .collect();
    members.finish()?;
    state.admin.change_settings(&who, &changes).await?;
    shown(&state, &who).await
}

async fn shown(state: &ApiState, who: &Administrator) -> Result<Json<wire::SettingsList>, Problem> {
    let settings = state.admin.settings(who).await?;
    Ok(Json(wire::SettingsList {
        items: settings,
        next_cursor: None,
        second_factor: state.admin.second_factor(who),
    }))
}

fn value(members: &mut Members, key: SettingKey) -> Option<String> {
    if !members.has(key.as_str()) {
        return None;
    }
    match members.value(key.as_str()) {
        None => Some(String::new()),
        Some(Value::String(text)) => Some(text),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            members.error(key.as_str(), &format!("This has to be {}.", key.accepted()));
            None
        }
    }
}
