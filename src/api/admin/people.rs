//! `/api/v1/admin/users`. `{id}` is an id or an e-mail address.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::body::{JsonObject, Members};
use super::caller::As;
use super::reading::{self, Asked};
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{Invite, UserChange};
use crate::domain::{Email, OrganizationScope, Role, UserId};
use crate::store::UserDetails;

/// `GET /admin/users`: everybody, by name.
pub async fn list(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    asked: Asked,
) -> Result<Json<Listed<wire::UserOverview>>, Problem> {
    let all = state.admin.users(&who).await?;
    let page = asked.of(all, |one| one.user.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::UserOverview::of)))
}

/// `POST /admin/users`: the answer is the only one that holds the link.
pub async fn invite(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let mut members = Members::of_request(object);
    let email = reading::required(&mut members, "email");
    let name = reading::required(&mut members, "name");
    let role = reading::required_choice(&mut members, "role", Role::ALL);
    let organizations = reading::organizations(&mut members, "organizations");
    let invite = email
        .zip(name)
        .zip(role)
        .map(|((email, name), role)| Invite {
            email,
            name,
            role,
            organizations: organizations.unwrap_or(OrganizationScope::All),
        });
    let invite = members.finish_with(invite)?;
    let invitation = state.admin.invite_user(&who, invite).await?;
    let location = format!("/api/v1/admin/users/{}", invitation.user.id);
    let body = Json(wire::Invited::of(&invitation, &state.public_url));
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

/// `GET /admin/users/{id}`.
pub async fn show(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::UserOverview>, Problem> {
    let user = person(&state, &who, &id).await?;
    let overview = state.admin.user(&who, user.id).await?;
    Ok(Json(wire::UserOverview::of(&overview)))
}

/// `PATCH /admin/users/{id}`: what is not mentioned stays.
pub async fn change(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::User>, Problem> {
    let user = person(&state, &who, &id).await?;
    let mut members = Members::of_request(object);
    let change = UserChange {
        name: reading::optional(&mut members, "name"),
        role: reading::choice(&mut members, "role", Role::ALL),
        organizations: reading::organizations(&mut members, "organizations"),
    };
    members.finish()?;
    let changed = state.admin.change_user(&who, user.id, change).await?;
    Ok(Json(wire::User::of(&changed)))
}

/// `DELETE /admin/users/{id}`: switched off; sessions and tokens end at once.
pub async fn disable(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::User>, Problem> {
    let user = person(&state, &who, &id).await?;
    let disabled = state.admin.disable_user(&who, user.id).await?;
    Ok(Json(wire::User::of(&disabled)))
}

/// `POST /admin/users/{id}/enable`: switched on, and opened after too many wrong tries.
pub async fn enable(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::User>, Problem> {
    let user = person(&state, &who, &id).await?;
    let enabled = state.admin.enable_user(&who, user.id).await?;
    Ok(Json(wire::User::of(&enabled)))
}

/// `POST /admin/users/{id}/invitation`: another link for somebody who has not joined.
pub async fn invite_again(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Invited>, Problem> {
    let user = person(&state, &who, &id).await?;
    let invitation = state.admin.renew_invitation(&who, user.id).await?;
    Ok(Json(wire::Invited::of(&invitation, &state.public_url)))
}

/// `POST /admin/users/{id}/reset`: a link to choose another password.
pub async fn reset(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Invited>, Problem> {
    let user = person(&state, &who, &id).await?;
    let link = state.admin.reset_link(&who, user.id).await?;
    Ok(Json(wire::Invited::of(&link, &state.public_url)))
}

/// `DELETE /admin/users/{id}/factor`: for somebody who lost it.
pub async fn reset_factor(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::User>, Problem> {
    let user = person(&state, &who, &id).await?;
    let changed = state.admin.reset_factor(&who, user.id).await?;
    Ok(Json(wire::User::of(&changed)))
}

/// `DELETE /admin/users/{id}/sessions`: signed out everywhere.
pub async fn end_sessions(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::EndedSessions>, Problem> {
    let user = person(&state, &who, &id).await?;
    let ended = state.admin.end_sessions(&who, user.id).await?;
    Ok(Json(wire::EndedSessions { ended }))
}

/// The person whom a path names, by id or e-mail address.
pub async fn person(
    state: &ApiState,
    who: &Administrator,
    id: &str,
) -> Result<UserDetails, Problem> {
    if let Ok(id) = id.parse::<UserId>() {
        return Ok(state.admin.user(who, id).await?.user);
    }
    let email: Email = id.parse().map_err(|_| Problem::nothing_named())?;
    Ok(state.admin.user_of(who, &email).await?)
}
