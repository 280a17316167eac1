//! Tokens of agents and of people: made, replaced, revoked.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::body::{JsonObject, Members};
use super::caller::As;
use super::people::person;
use super::reading::{self, Asked, Named};
use super::{ApiState, Listed, Problem, wire};
use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{CreatedToken, DEFAULT_TOKEN_DAYS, Ref, TokenReference, TokenRequest};
use crate::domain::{AddressRanges, AgentId, Name, Scope, ScopeSet, TokenId};

/// How long both tokens of a rotation work if nothing else is said.
const DEFAULT_OVERLAP_HOURS: u32 = 24;

/// `GET /admin/agents/{id}/tokens`: the newest first, those that ended included.
pub async fn of_agent(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Named(id): Named<AgentId>,
    asked: Asked,
) -> Result<Json<Listed<wire::Token>>, Problem> {
    let all = state.admin.agent_tokens(&who, &id).await?;
    let page = asked.of(all, |token| token.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::Token::of)))
}

/// `POST /admin/agents/{id}/tokens`: the answer is the only one that holds the token.
pub async fn create_for_agent(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Named(id): Named<AgentId>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let mut members = Members::of_request(object);
    let request = TokenRequest {
        name: reading::optional(&mut members, "name"),
        days: reading::count(&mut members, "expires_days", DEFAULT_TOKEN_DAYS),
        addresses: addresses(&mut members),
    };
    members.finish()?;
    let created = state.admin.create_agent_token(&who, &id, request).await?;
    Ok(made(&created))
}

/// `POST /admin/agents/{id}/tokens/{token}/rotate`: another token in the place of this one, which
/// still works for `overlap_hours`.
pub async fn rotate(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path((agent, token)): Path<(String, String)>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let agent: Ref<AgentId> = agent.parse().map_err(|_| Problem::nothing_named())?;
    let token: TokenId = token.parse().map_err(|_| Problem::nothing_named())?;
    let mut members = Members::of_request(object);
    let hours = reading::count(&mut members, "overlap_hours", DEFAULT_OVERLAP_HOURS);
    members.finish()?;
    let tokens = state.admin.agent_tokens(&who, &agent).await?;
    if !tokens.iter().any(|of_agent| of_agent.id == token) {
        return Err(Problem::nothing_named());
    }
    let created = state.admin.rotate_token(&who, token, hours).await?;
    Ok(made(&created))
}

/// `DELETE /admin/tokens/{id}`: by id or public id; the next request with it is refused.
pub async fn revoke(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Token>, Problem> {
    let reference = TokenReference::parse(&id).ok_or_else(Problem::nothing_named)?;
    let revoked = state.admin.revoke_token(&who, &reference).await?;
    Ok(Json(wire::Token::of(&revoked)))
}

/// `GET /admin/users/{id}/tokens`: the newest first, those that ended included.
pub async fn of_user(
    As(who): As<Administrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Json<Listed<wire::Token>>, Problem> {
    let user = person(&state, &who, &id).await?;
    let all = state.admin.user_tokens(&who, user.id).await?;
    let page = asked.of(all, |token| token.id.to_string())?;
    Ok(Json(Listed::of(&page, wire::Token::of)))
}

/// `POST /admin/users/{id}/tokens`: the answer is the only one that holds the token.
pub async fn create_for_user(
    As(who): As<ProvenAdministrator>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Response, Problem> {
    let user = person(&state, &who, &id).await?;
    let email = user.email.parse().map_err(|_| Problem::nothing_named())?;
    let mut members = Members::of_request(object);
    let name: Option<Name> = reading::required(&mut members, "name");
    let scopes = scopes(&mut members);
    let request = TokenRequest {
        name,
        days: reading::count(&mut members, "expires_days", DEFAULT_TOKEN_DAYS),
        addresses: addresses(&mut members),
    };
    members.finish()?;
    let created = state.admin.create_user_token(&who, &email, scopes, request);
    Ok(made(&created.await?))
}

fn made(created: &CreatedToken) -> Response {
    (StatusCode::CREATED, Json(wire::CreatedToken::of(created))).into_response()
}

/// From where a token may be used; from everywhere if nothing is said.
fn addresses(members: &mut Members) -> AddressRanges {
    let texts = members.texts("addresses");
    texts.join(",").parse().unwrap_or_else(|error| {
        members.error("addresses", &format!("This {error}."));
        AddressRanges::default()
    })
}

fn scopes(members: &mut Members) -> Option<ScopeSet> {
    if !members.has("scopes") {
        return None;
    }
    let texts = members.texts("scopes");
    let scopes: Result<ScopeSet, _> = texts.iter().map(|text| text.parse::<Scope>()).collect();
    if scopes.is_err() {
        let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        members.error("scopes", &format!("A list of {}.", all.join(", ")));
    }
    scopes.ok()
}
