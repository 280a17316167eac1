//! `/api/v1/admin/connections`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use secrecy::SecretString;

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading::{self, Asked, Named};
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{ConnectionRequest, KeyTrial};
use crate::domain::ConnectionId;
use crate::itglue::Region;

/// `GET /admin/connections`: by name, and how each fares.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    asked: Asked,
) -> Result<Json<Listed<wire::ConnectionOverview>>, Problem> {
    let all = state.admin.connection_overviews(&who).await?;
    let page = asked.of(all, |one| one.connection.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::ConnectionOverview::of)))
}

/// `POST /admin/connections`: tries the key and keeps it.
pub async fn create(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let mut members = Members::of_request(object);
    let name = reading::required(&mut members, "name");
    let region = reading::required_choice(&mut members, "region", Region::ALL);
    let base_url = members.text("base_url");
    let api_key = key(&mut members);
    let no_test = !members.flag("test").unwrap_or(true);
    let request = name.zip(region).map(|(name, region)| ConnectionRequest {
        name,
        region,
        base_url,
        api_key,
        no_test,
    });
    let request = members.finish_with(request)?;
    let created = state.admin.create_connection(&who, request).await?;
    let location = format!("/api/v1/admin/connections/{}", created.connection.id);
    let body = wire::TestedConnection::of(&created.connection, &created.test);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(body)).into_response())
}

/// `POST /admin/connections/test`: tries a key out; nothing is kept.
pub async fn try_key(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<wire::Tried>, Problem> {
    let mut members = Members::of_request(object);
    let region = reading::required_choice(&mut members, "region", Region::ALL);
    let base_url = members.text("base_url");
    let api_key = key(&mut members);
    let trial = region.map(|region| KeyTrial {
        region,
        base_url,
        api_key,
    });
    let trial = members.finish_with(trial)?;
    let test = state.admin.try_key(&who, trial).await?;
    Ok(Json(wire::Tried::of(&test)))
}

/// `GET /admin/connections/{id}`.
pub async fn show(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ConnectionId>,
) -> Result<Json<wire::ConnectionOverview>, Problem> {
    let overview = state.admin.connection_overview(&who, &id).await?;
    Ok(Json(wire::ConnectionOverview::of(&overview)))
}

/// `DELETE /admin/connections/{id}`: refused while anything needs it.
pub async fn remove(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<ConnectionId>,
) -> Result<StatusCode, Problem> {
    state.admin.remove_connection(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /admin/connections/{id}/test`: tries the kept key out.
pub async fn test(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<ConnectionId>,
) -> Result<Json<wire::TestedConnection>, Problem> {
    let (connection, test) = state.admin.test_connection(&who, &id).await?;
    Ok(Json(wire::TestedConnection::of(&connection, &test)))
}

/// `PUT /admin/connections/{id}/key`: another key for the same account. What waits goes on with it.
pub async fn rotate_key(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<ConnectionId>,
    object: JsonObject,
) -> Result<Json<wire::TestedConnection>, Problem> {
    let mut members = Members::of_request(object);
    let api_key = key(&mut members);
    let no_test = !members.flag("test").unwrap_or(true);
    members.finish()?;
    let rotated = state.admin.rotate_key(&who, &id, api_key, no_test).await?;
    Ok(Json(wire::TestedConnection::of(
        &rotated.connection,
        &rotated.test,
    )))
}

fn key(members: &mut Members) -> SecretString {
    members.required_text("api_key").into()
}
