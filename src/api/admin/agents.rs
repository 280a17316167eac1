//! `/api/v1/admin/agents`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading::{self, Asked, Named};
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{AgentChange, AgentRequest};
use crate::domain::{AgentId, OrganizationScope};

/// `GET /admin/agents`: by name, and how each fares.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    asked: Asked,
) -> Result<Json<Listed<wire::AgentOverview>>, Problem> {
    let all = state.admin.agent_overviews(&who).await?;
    let page = asked.of(all, |one| one.details.agent.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::AgentOverview::of)))
}

/// `POST /admin/agents`; it belongs to whoever adds it, unless another owner is named.
pub async fn create(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let mut members = Members::of_request(object);
    let name = reading::required(&mut members, "name");
    let profile = reading::required(&mut members, "profile");
    let connection = reading::required(&mut members, "connection");
    let organizations = reading::organizations(&mut members, "organizations");
    let gateway_wait = reading::gateway_wait(&mut members);
    let owner = reading::id(&mut members, "owner");
    let request = name
        .zip(profile)
        .zip(connection)
        .map(|((name, profile), connection)| AgentRequest {
            name,
            profile,
            connection,
            organizations: organizations.unwrap_or(OrganizationScope::All),
            gateway_wait: gateway_wait.unwrap_or_default(),
            owner,
        });
    let request = members.finish_with(request)?;
    let created = state.admin.create_agent(&who, request).await;
    let agent = created.map_err(Problem::referring)?;
    let location = format!("/api/v1/admin/agents/{}", agent.agent.id);
    let body = Json(wire::Agent::of(&agent));
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

/// `GET /admin/agents/{id}`: with its tokens and what it proposed last.
pub async fn show(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<AgentId>,
) -> Result<Json<wire::AgentPage>, Problem> {
    let page = state.admin.agent_overview(&who, &id).await?;
    Ok(Json(wire::AgentPage::of(&page, &state.public_url)))
}

/// `PATCH /admin/agents/{id}`: what is not mentioned stays. It holds from its next request on.
pub async fn change(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<AgentId>,
    object: JsonObject,
) -> Result<Json<wire::Agent>, Problem> {
    let mut members = Members::of_request(object);
    let change = AgentChange {
        name: reading::optional(&mut members, "name"),
        profile: reading::optional(&mut members, "profile"),
        connection: reading::optional(&mut members, "connection"),
        organizations: reading::organizations(&mut members, "organizations"),
        gateway_wait: reading::gateway_wait(&mut members),
        owner: reading::id(&mut members, "owner"),
    };
    members.finish()?;
    // That the agent itself is not there is no error of a member.
    state.admin.agent_tokens(&who, &id).await?;
    let changed = state.admin.change_agent(&who, &id, change).await;
    Ok(Json(wire::Agent::of(&changed.map_err(Problem::referring)?)))
}

/// `DELETE /admin/agents/{id}`: refused while proposals of it wait.
pub async fn remove(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<AgentId>,
) -> Result<StatusCode, Problem> {
    state.admin.remove_agent(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
