//! `/api/v1/review`, for people with a token: the same stages as the browser.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::agents::known;
use super::body::{JsonObject, Members, OptionalObject};
use super::caller::As;
use super::query::{NO_AGENT, NO_ORGANIZATION, named, parsed, unreadable};
use super::{ApiState, Listed, Problem, cursor, wire};
use crate::access::{Reviewer, Technician};
use crate::decision::{Approve, Resolve};
use crate::domain::{
    Claim, FieldError, Fingerprint, FollowUp, Proposal, ProposalStatus, RecordId, Resolution,
    UnknownName, Word,
};
use crate::intake::Submitted;
use crate::review::Key;
use crate::store::{Lane, QueueFilter};

/// `GET /review/proposals`: all agents', newest first; a lane or a status in its own order.
pub async fn list(
    As(who): As<Reviewer>,
    State(state): State<ApiState>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Listed<wire::Listed>>, Problem> {
    let query = query.map_err(|error| unreadable(&error))?.0;
    let limit = cursor::limit(query.limit)?;
    let lane: Option<Lane> = named("lane", query.lane.as_deref())?;
    let status: Option<ProposalStatus> = named("status", query.status.as_deref())?;
    let filter = query.filter()?;
    if lane.is_none() && !filter.asks_for_nothing() {
        let detail = "Say in which lane to look; lists of all are not narrowed down.";
        return Err(Problem::invalid(vec![FieldError::new(
            "/query/lane",
            detail,
        )]));
    }
    let from = query.cursor.as_deref();
    let (proposals, next_cursor) = match (lane, status) {
        (Some(lane), _) => {
            let from = cursor::queue(from)?;
            let page = state.review.queue(&who, lane, &filter, from, limit).await?;
            (
                page.proposals,
                page.next.map(crate::store::QueueCursor::to_text),
            )
        }
        (None, Some(status)) => {
            let page = state
                .review
                .with_status(&who, status, cursor::queue(from)?, limit)
                .await?;
            (
                page.items,
                page.next.map(crate::store::QueueCursor::to_text),
            )
        }
        (None, None) => {
            let page = state.review.all(&who, cursor::number(from)?, limit).await?;
            (page.items, page.next.map(|number| number.to_string()))
        }
    };
    let claims: HashMap<i64, Claim> = state.review.claims(&proposals).await?.into_iter().collect();
    let items: Vec<wire::Listed> = proposals
        .iter()
        .map(|proposal| {
            let claim = claims.get(&proposal.number);
            wire::Listed::of(proposal, claim, &state.public_url)
        })
        .collect();
    Ok(Json(Listed::new(items, next_cursor)))
}

/// `GET /review/proposals/{id}`: with `diff` and `fingerprint`, on the record as it is now.
pub async fn show(
    As(who): As<Reviewer>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Opened>, Problem> {
    let opened = state.review.open(&who, key(&id)?).await?;
    Ok(Json(wire::Opened::of(&opened, &state.public_url)))
}

/// `POST …/approve`.
pub async fn approve(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::Proposal>, Problem> {
    let id = known(&id)?;
    let mut members = Members::of(object);
    let approve = approval(&mut members);
    members.finish()?;
    let decision = state.decision.clone();
    let decided = uncancelled(async move { decision.approve(&who, id, approve).await }).await?;
    Ok(answer(&state, &decided))
}

/// `POST …/preview`: what an approval with these edits would write. Nothing is decided.
pub async fn preview(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::Previewed>, Problem> {
    let id = known(&id)?;
    let mut members = Members::of(object);
    let approve = Approve {
        fingerprint: fingerprint(&mut members),
        keep: members.texts("keep"),
        body: members.value("body"),
        omit: members.texts("omit"),
        ..Approve::default()
    };
    members.finish()?;
    let preview = state.decision.preview_edits(&who, id, approve).await?;
    Ok(Json(wire::Previewed::of(&preview, &state.public_url)))
}

/// `POST …/reject`.
pub async fn reject(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::Proposal>, Problem> {
    let id = known(&id)?;
    let (shown, reason) = refusal(object)?;
    let rejected = state.decision.reject(&who, id, shown, &reason).await?;
    Ok(answer(&state, &rejected))
}

/// `POST …/send-back`.
pub async fn send_back(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::Proposal>, Problem> {
    let id = known(&id)?;
    let (shown, reason) = refusal(object)?;
    let sent_back = state.decision.send_back(&who, id, shown, &reason).await?;
    Ok(answer(&state, &sent_back))
}

/// `POST …/undo`, while held or queued.
pub async fn undo(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Proposal>, Problem> {
    let undone = state.decision.undo(&who, known(&id)?).await?;
    Ok(answer(&state, &undone))
}

/// `POST …/seen`: that it does not read back as approved needs no other look.
pub async fn seen(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
) -> Result<Json<wire::Proposal>, Problem> {
    let seen = state.decision.see_difference(&who, known(&id)?).await?;
    Ok(answer(&state, &seen))
}

/// `POST …/resolve`, for an unknown outcome.
pub async fn resolve(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    object: JsonObject,
) -> Result<Json<wire::Proposal>, Problem> {
    let id = known(&id)?;
    let resolve = resolution(object)?;
    let decision = state.decision.clone();
    let resolved = uncancelled(async move { decision.resolve(&who, id, resolve).await }).await?;
    Ok(answer(&state, &resolved))
}

/// `POST …/revert`: a new proposal that takes this one back, or the one that is open already.
pub async fn revert(
    As(who): As<Technician>,
    State(state): State<ApiState>,
    Path(id): Path<String>,
    OptionalObject(object): OptionalObject,
) -> Result<Response, Problem> {
    let id = known(&id)?;
    let mut members = Members::of(object);
    let reason = members.text("reason");
    members.finish()?;
    let decision = state.decision.clone();
    let work = async move { decision.revert(&who, id, reason.as_deref()).await };
    let (status, proposal) = match uncancelled(work).await? {
        Submitted::New(proposal) => (StatusCode::CREATED, proposal),
        Submitted::Repeated(proposal) => (StatusCode::OK, proposal),
    };
    let location = format!("/api/v1/review/proposals/{}", proposal.id);
    let headers = [(LOCATION, location)];
    Ok((status, headers, answer(&state, &proposal)).into_response())
}

/// The query of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    lane: Option<String>,
    status: Option<String>,
    agent: Option<String>,
    group: Option<String>,
    tier: Option<String>,
    organization_id: Option<String>,
    ticket: Option<String>,
}

impl ListQuery {
    fn filter(&self) -> Result<QueueFilter, Problem> {
        let organization = self.organization_id.as_deref();
        Ok(QueueFilter {
            agent: parsed("agent", self.agent.as_deref(), NO_AGENT)?,
            organization: parsed("organization_id", organization, NO_ORGANIZATION)?,
            group: named("group", self.group.as_deref())?,
            tier: named("tier", self.tier.as_deref())?,
            client: None,
            ticket: self.ticket.clone(),
            text: None,
        })
    }
}

fn answer(state: &ApiState, proposal: &Proposal) -> Json<wire::Proposal> {
    let links = wire::Links::for_people(proposal, &state.public_url);
    Json(wire::Proposal::of(proposal, links))
}

/// People may name a proposal by its number, too.
fn key(id: &str) -> Result<Key, Problem> {
    match id.parse() {
        Ok(number) => Ok(Key::Number(number)),
        Err(_) => known(id).map(Key::Id),
    }
}

fn approval(members: &mut Members) -> Approve {
    Approve {
        fingerprint: fingerprint(members),
        reason: members.text("reason"),
        keep: members.texts("keep"),
        body: members.value("body"),
        omit: members.texts("omit"),
        edited: edited_fingerprint(members),
    }
}

/// What the edits were shown to make, if that is said.
fn edited_fingerprint(members: &mut Members) -> Option<Fingerprint> {
    let text = members.text("edited_fingerprint")?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        members.error("edited_fingerprint", "Use the one that `preview` gave.");
    }
    parsed
}

fn refusal(object: JsonObject) -> Result<(Option<Fingerprint>, String), Problem> {
    let mut members = Members::of(object);
    let shown = fingerprint(&mut members);
    let reason = members.text("reason").unwrap_or_default();
    members.finish()?;
    Ok((shown, reason))
}

fn resolution(object: JsonObject) -> Result<Resolve, Problem> {
    let mut members = Members::of(object);
    let item = members
        .integer("item")
        .and_then(|item| u32::try_from(item).ok());
    let attempt = members.integer("attempt").map(u32::try_from);
    let said = members.required_text("resolution").parse();
    let then = members.text("then").map(|then| then.parse()).transpose();
    let record: Option<Result<RecordId, _>> = members.text("resource_id").map(|id| id.parse());
    let reason = members.text("reason").unwrap_or_default();
    if item.is_none() {
        members.error("item", "Say which item it is, by its position from 0.");
    }
    if matches!(attempt, Some(Err(_))) {
        members.error("attempt", "The one that the proposal's `trails` name.");
    }
    if matches!(record, Some(Err(_))) {
        members.error(
            "resource_id",
            "Digits alone: the id of a record in IT Glue.",
        );
    }
    let said = item.zip(word(&mut members, said, then));
    let (item, word) = members.finish_with(said)?;
    Ok(Resolve {
        item,
        attempt: attempt.and_then(Result::ok),
        word,
        resource_id: record.and_then(Result::ok),
        reason,
    })
}

/// What is said, of two members that have to belong together.
fn word(
    members: &mut Members,
    said: Result<Resolution, UnknownName>,
    then: Result<Option<FollowUp>, UnknownName>,
) -> Option<Word> {
    let (said, then) = match (said, then) {
        (Ok(said), Ok(then)) => (said, then),
        (Err(_), _) => {
            let known = "`applied`, `not_applied`, `give_up`, `skip_rest` or `resume`.";
            members.error("resolution", known);
            return None;
        }
        (_, Err(_)) => {
            members.error("then", "`send_again` or `close`.");
            return None;
        }
    };
    let word = Word::of(said, then);
    if word.is_none() {
        let detail = "`not_applied` needs `send_again` or `close`; the others take neither.";
        members.error("then", detail);
    }
    word
}

/// A text that is no fingerprint is equal to none that was ever shown.
fn fingerprint(members: &mut Members) -> Option<Fingerprint> {
    members.required_text("fingerprint").parse().ok()
}

/// Carries a decision out to its end, whether or not the caller waits for it.
async fn uncancelled<T: Send + 'static, E: Into<Problem> + Send + 'static>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Problem::interrupted()),
    }
}
