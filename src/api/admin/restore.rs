//! `/api/v1/admin/restore`: a database that was restored from a backup.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::body::{JsonObject, Members};
use super::caller::As;
use super::{ApiState, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};

/// `GET /admin/restore`: whether everything is held back for it, and how it was noticed.
pub async fn show(
    As(_who): As<Administrator>,
    State(state): State<ApiState>,
) -> Result<Json<wire::Restore>, Problem> {
    let is_held = state.admin.is_held_after_restore();
    let sign = if is_held {
        state.admin.restore_sign().await?
    } else {
        None
    };
    Ok(Json(wire::Restore {
        held: is_held && sign.is_some(),
        sign: sign.map(|sign| sign.to_string()),
    }))
}

/// `POST /admin/restore`: goes on with the restored database.
pub async fn accept(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<wire::AcceptedRestore>, Problem> {
    Members::of_request(object).finish()?;
    let Some(accepted) = state.admin.accept_restore(&who).await? else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "wrong-state",
            "Wrong state",
            "Nothing is held back: the database was not restored, or somebody has accepted it \
             already. Nothing was changed.",
        ));
    };
    Ok(Json(wire::AcceptedRestore {
        doubted: accepted.doubted,
        asked: accepted.asked,
        marked: accepted.marked,
    }))
}
