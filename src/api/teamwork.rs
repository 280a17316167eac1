//! `…/claim` and `…/comments`: what technicians tell each other. No agent is ever shown any of it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::agents::known;
use super::body::{JsonObject, Members};
use super::caller::As;
use super::{ApiState, Problem, wire};
use crate::access::Technician;
use crate::domain::{Comment, ProposalId};

/// `POST …/claim`: the caller is on it, in the place of whoever was.
pub async fn take(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Listed>, Problem> {
    let id = known(&id)?;
    state.decision.claim(&who, id).await?;
    listed(&state, &who, id).await
}

/// `DELETE …/claim`: the caller no longer is. Another's claim stays.
pub async fn release(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Listed>, Problem> {
    let id = known(&id)?;
    state.decision.release(&who, id).await?;
    listed(&state, &who, id).await
}

/// `POST …/comments`.
pub async fn add(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<(StatusCode, Json<Comment>), Problem> {
    let id = known(&id)?;
    let mut members = Members::of(object);
    let text = members.required_text("text");
    members.finish()?;
    let added = state.decision.comment(&who, id, &text).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

async fn listed(
    state: &ApiState,
    who: &Technician,
    id: ProposalId,
) -> Result<Json<wire::Listed>, Problem> {
    let (proposal, claim) = state.review.stands(&who.reviewer(), id).await?;
    let listed = wire::Listed::of(&proposal, claim.as_ref(), &state.public_url);
    Ok(Json(listed))
}
