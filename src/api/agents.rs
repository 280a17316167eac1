//! `/api/v1/proposals` and `/api/v1/permissions`, for agents.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body::JsonObject;
use super::caller::As;
use super::headers::{IdempotencyKey, PreferWait};
use super::query::{named, unreadable};
use super::{ApiState, Listed, Problem, cursor, proposing, wire};
use crate::access::Agent;
use crate::domain::{Operation, Outcome, Proposal, ProposalId, ProposalStatus};
use crate::intake::Submitted;
use crate::store::ProposalFilter;

/// `POST /proposals`: proposes one write.
pub async fn propose(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    IdempotencyKey(key): IdempotencyKey,
    object: JsonObject,
) -> Result<Response, Problem> {
    let submission = proposing::submission(object, key)?;
    // A caller who hangs up cancels nothing: the task goes on without it.
    let task = {
        let state = state.clone();
        tokio::spawn(async move { state.intake.submit(&agent, &submission).await })
    };
    let submitted = task.await.map_err(|_| Problem::interrupted())??;
    let (Submitted::New(proposal) | Submitted::Repeated(proposal)) = submitted;
    let location = [(LOCATION, format!("/api/v1/proposals/{}", proposal.id))];
    let body = wire::OfAgent::of(&proposal, &state.public_url);
    Ok((proposing::STORED, location, Json(body)).into_response())
}

/// `PUT /proposals/{id}`: a new revision.
pub async fn revise(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::OfAgent>, Problem> {
    let id = known(&id)?;
    let submission = proposing::submission(object, None)?;
    let proposal = state.intake.revise(&agent, id, &submission).await?;
    Ok(Json(wire::OfAgent::of(&proposal, &state.public_url)))
}

/// `POST /proposals/{id}/withdraw`.
pub async fn withdraw(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::OfAgent>, Problem> {
    let proposal = state.intake.withdraw(&agent, known(&id)?).await?;
    Ok(Json(wire::OfAgent::of(&proposal, &state.public_url)))
}

/// `GET /proposals/{id}`; with `Prefer: wait=N` it answers when the status changes.
pub async fn show(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    PreferWait(wait): PreferWait,
    Path(id): Path<String>,
) -> Result<Json<wire::OfAgent>, Problem> {
    let id = known(&id)?;
    let proposal = match wait {
        None => state.intake.own(&agent, id).await?,
        Some(wait) => changed(&state, &agent, id, wait).await?,
    };
    Ok(Json(wire::OfAgent::of(&proposal, &state.public_url)))
}

/// `GET /proposals`: the agent's own, newest first.
pub async fn list(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Listed<wire::OfAgent>>, Problem> {
    let query = query.map_err(|error| unreadable(&error))?.0;
    let below = cursor::number(query.cursor.as_deref())?;
    let limit = cursor::limit(query.limit)?;
    let filter = query.filter()?;
    let page = state.intake.list(&agent, &filter, below, limit).await?;
    let items: Vec<wire::OfAgent> = page
        .items
        .iter()
        .map(|proposal| wire::OfAgent::of(proposal, &state.public_url))
        .collect();
    let next_cursor = page.next.map(|number| number.to_string());
    Ok(Json(Listed::new(items, next_cursor)))
}

/// `GET /permissions`: what this token may do.
pub async fn permissions(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
) -> Json<wire::Allowance> {
    Json(wire::Allowance::of(&state.intake.permissions(&agent)))
}

/// `POST /permissions/check`: what would become of a request; nothing is stored.
pub async fn check(
    As(agent): As<Agent>,
    State(state): State<ApiState>,
    object: JsonObject,
) -> Result<Json<wire::Answer>, Problem> {
    let proposing::Check {
        method,
        path,
        body,
        traits,
    } = proposing::check(object)?;
    let checked = state
        .intake
        .check(&agent, &method, &path, body.as_ref(), traits)
        .await?;
    Ok(Json(wire::Answer::of(&checked)))
}

/// The query of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    status: Option<String>,
    group: Option<String>,
    ticket: Option<String>,
    organization_id: Option<String>,
}

impl ListQuery {
    fn filter(self) -> Result<ProposalFilter, Problem> {
        Ok(ProposalFilter {
            status: named("status", self.status.as_deref())?,
            group: named("group", self.group.as_deref())?,
            ticket: self.ticket,
            organization_id: self.organization_id,
        })
    }
}

/// An id in a path. What is no id names no proposal.
pub fn known(id: &str) -> Result<ProposalId, Problem> {
    id.parse().map_err(|_| Problem::not_found())
}

async fn changed(
    state: &ApiState,
    agent: &Agent,
    id: ProposalId,
    wait: Duration,
) -> Result<Proposal, Problem> {
    let first = state.intake.own(agent, id).await?.status;
    let moved = |now: &Proposal| now.status != first || is_over(now);
    Ok(state.intake.own_once(agent, id, wait, moved).await?)
}

/// Whether nothing more will be known: it ended, and what was written has been read back.
fn is_over(proposal: &Proposal) -> bool {
    let is_read_back = |outcome: Outcome| outcome.verified.is_some();
    match proposal.status {
        ProposalStatus::Applied if proposal.operation != Operation::ReadSecret => {
            proposal.outcome().is_some_and(is_read_back)
        }
        status => status.is_final(),
    }
}
