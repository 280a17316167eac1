//! `GET /review/history`: what was decided and what came of it, the newest first.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::caller::As;
use super::query::{NO_AGENT, NO_ORGANIZATION, named, parsed, unreadable};
use super::{ApiState, Listed, Problem, cursor, wire};
use crate::access::Reviewer;
use crate::store::{HistoryCursor, HistoryFilter};

/// `GET /review/history`. A page may be short, or empty, and still have a next one.
pub async fn list(
    As(who): As<Reviewer>,
    State(state): State<ApiState>,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<Listed<wire::Entry>>, Problem> {
    let query = query.map_err(|error| unreadable(&error))?.0;
    let limit = cursor::limit(query.limit)?;
    let from = cursor::history(query.cursor.as_deref())?;
    let filter = query.filter()?;
    let page = state.review.history(&who, &filter, from, limit).await?;
    let items = page
        .items
        .iter()
        .map(|entry| wire::Entry::of(entry, &state.public_url))
        .collect();
    let next_cursor = page.next.map(HistoryCursor::to_text);
    Ok(Json(Listed::new(items, next_cursor)))
}

/// The query of the history.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    limit: Option<u32>,
    cursor: Option<String>,
    agent: Option<String>,
    person: Option<String>,
    verdict: Option<String>,
    result: Option<String>,
    organization_id: Option<String>,
    ticket: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

impl HistoryQuery {
    fn filter(&self) -> Result<HistoryFilter, Problem> {
        Ok(HistoryFilter {
            agent: parsed("agent", self.agent.as_deref(), NO_AGENT)?,
            person: parsed(
                "person",
                self.person.as_deref(),
                "This is no id of a person.",
            )?,
            verdict: named("verdict", self.verdict.as_deref())?,
            result: named("result", self.result.as_deref())?,
            organization: parsed(
                "organization_id",
                self.organization_id.as_deref(),
                NO_ORGANIZATION,
            )?,
            ticket: self.ticket.clone(),
            since: parsed("since", self.since.as_deref(), TIME)?,
            until: parsed("until", self.until.as_deref(), TIME)?,
        })
    }
}

const TIME: &str = "A time is written like 2026-11-22T08:00:00Z.";
