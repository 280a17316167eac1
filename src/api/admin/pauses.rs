//! `/api/v1/admin/pause`, `/resume` and `/pauses`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading;
use super::{ApiState, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::AdminError;
use crate::domain::{BadPauseScope, FieldError, PauseReach, PauseScope};

/// `GET /admin/pauses`: everything that is held back, the widest first.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
) -> Result<Json<Value>, Problem> {
    let pauses = state.admin.pauses(&who).await?;
    let items: Vec<Value> = pauses.iter().map(wire::pause).collect();
    Ok(Json(json!({ "items": items, "next_cursor": null })))
}

/// `POST /admin/pause`: what is approved waits and is not lost.
pub async fn pause(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<Value>, Problem> {
    let mut members = Members::of_request(object);
    let target = Target::read(&mut members);
    let reason = members.required_text("reason");
    let target = members.finish_with(target)?;
    let scope = target.scope(&state, &who).await?;
    let pause = state.admin.pause(&who, scope, &reason).await?;
    Ok(Json(wire::pause(&pause)))
}

/// `POST /admin/resume`. Not paused is no error.
pub async fn resume(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<StatusCode, Problem> {
    let mut members = Members::of_request(object);
    let target = Target::read(&mut members);
    let reason = members.text("reason");
    let target = members.finish_with(target)?;
    let scope = target.scope(&state, &who).await?;
    state.admin.resume(&who, scope, reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a body names: a reach, and an id or a name.
struct Target {
    reach: PauseReach,
    id: Option<String>,
}

impl Target {
    fn read(members: &mut Members) -> Option<Self> {
        let reach = reading::required_choice(members, "scope", PauseReach::ALL);
        let id = members.text("id");
        reach.map(|reach| Self { reach, id })
    }

    async fn scope(self, state: &ApiState, who: &Administrator) -> Result<PauseScope, Problem> {
        let admin = &state.admin;
        let scope = admin.pause_scope(who, self.reach, self.id.as_deref());
        match scope.await {
            Err(AdminError::Missing { .. }) => Err(refused(BadPauseScope::BadId)),
            scope => scope?.map_err(refused),
        }
    }
}

fn refused(error: BadPauseScope) -> Problem {
    let detail = match error {
        BadPauseScope::NoId => "The id or the name of what is meant.",
        BadPauseScope::NeedlessId => "Leave it out: with the scope `all`, everything is meant.",
        BadPauseScope::BadId => "There is nothing of this id or name.",
    };
    Problem::invalid_request(vec![FieldError::new("/id", detail)])
}
