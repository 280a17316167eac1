//! `/api/v1/admin/pause`, `/resume` and `/pauses`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading;
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::AdminError;
use crate::domain::{BadPauseScope, FieldError, PauseReach, PauseScope};

/// `GET /admin/pauses`: everything that is held back, the widest first.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
) -> Result<Json<Listed<wire::Pause>>, Problem> {
    let pauses = state.admin.pauses(&who).await?;
    let items = pauses.iter().map(wire::Pause::of).collect();
    Ok(Json(Listed::new(items, None)))
}

/// `POST /admin/pause`: what is approved waits and is not lost.
pub async fn pause(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<wire::Pause>, Problem> {
    let mut members = Members::of_request(object);
    let target = Target::read(&mut members);
    let reason = members.required_text("reason");
    let target = members.finish_with(target)?;
    let scope = target.scope(&state, &who).await?;
    let paused = state.admin.pause(&who, scope, &reason).await;
    let pause = paused.map_err(not_there)?;
    Ok(Json(wire::Pause::of(&pause)))
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
    let resumed = state.admin.resume(&who, scope, reason.as_deref()).await;
    resumed.map_err(not_there)?;
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
            Ok(scope) => scope.map_err(refused),
            Err(error) => Err(not_there(error)),
        }
    }
}

/// That what the body names is not there is an error of that member.
fn not_there(error: AdminError) -> Problem {
    if matches!(error, AdminError::Missing { .. }) {
        return refused(BadPauseScope::BadId);
    }
    error.into()
}

fn refused(error: BadPauseScope) -> Problem {
    let detail = match error {
        BadPauseScope::NoId => "The id or the name of what is meant.",
        BadPauseScope::NeedlessId => "Leave it out: with the scope `all`, everything is meant.",
        BadPauseScope::BadId => "There is nothing of this id or name.",
    };
    Problem::invalid_request(vec![FieldError::new("/id", detail)])
}
