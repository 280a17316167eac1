//! `GET /review/history`: what was decided and what came of it, the newest first.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::agents::{named, unreadable};
use super::caller::As;
use super::{ApiState, Problem, cursor};
use crate::access::Reviewer;
use crate::domain::FieldError;
use crate::store::{HistoryCursor, HistoryEntry, HistoryFilter, PastDecision, PastRevision};

/// `GET /review/history`. A page may be short, or empty, and still have a next one.
pub async fn list(
    As(who): As<Reviewer>,
    State(state): State<ApiState>,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let query = query.map_err(|error| unreadable(&error))?.0;
    let limit = cursor::limit(query.limit)?;
    let from = cursor::history(query.cursor.as_deref())?;
    let filter = query.filter()?;
    let page = state.review.history(&who, &filter, from, limit).await?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|entry| document(entry, &state.public_url))
        .collect();
    let next_cursor = page.next.map(HistoryCursor::to_text);
    Ok(Json(json!({ "items": items, "next_cursor": next_cursor })))
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
            agent: parsed("agent", self.agent.as_deref(), "This is no id of an agent.")?,
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
                "This is no id of an organization.",
            )?,
            ticket: self.ticket.clone(),
            since: parsed("since", self.since.as_deref(), TIME)?,
            until: parsed("until", self.until.as_deref(), TIME)?,
        })
    }
}

const TIME: &str = "A time is written like 2026-11-22T08:00:00Z.";

fn parsed<T: std::str::FromStr>(
    key: &str,
    text: Option<&str>,
    wrong: &str,
) -> Result<Option<T>, Problem> {
    let parse = |text: &str| {
        let error = || Problem::invalid(vec![FieldError::new(format!("/query/{key}"), wrong)]);
        text.parse().map_err(|_| error())
    };
    text.map(parse).transpose()
}

/// A decision as it is returned.
pub fn decision(past: &PastDecision) -> Value {
    let decision = &past.decision;
    json!({
        "verdict": decision.verdict,
        "by": decision.by,
        "person": decision.person,
        "name": decision.name,
        "reason": decision.reason,
        "at": decision.at,
        "round": decision.round,
        "undone_at": past.undone_at,
    })
}

/// What an agent had proposed before, as it is returned.
pub fn revision(past: &PastRevision) -> Value {
    json!({
        "revision": past.revision,
        "request": { "method": past.method, "path": past.path, "body": past.body },
        "summary": past.summary,
        "reason": past.reason,
        "replaced_at": past.replaced_at,
    })
}

/// What came of it is told with the decision that it came of.
fn document(entry: &HistoryEntry, public_url: &str) -> Value {
    let proposal = &entry.proposal;
    let outcome = proposal.outcome().filter(|_| entry.is_last_word());
    json!({
        "decision": decision(&entry.decided),
        "outcome": outcome,
        "proposal": {
            "id": proposal.id,
            "number": proposal.number,
            "status": proposal.status,
            "revision": proposal.revision,
            "round": proposal.round,
            "agent": proposal.agent.name,
            "operation": proposal.operation,
            "group": proposal.group,
            "tier": proposal.tier,
            "resource": proposal.resource,
            "summary": proposal.summary,
            "ticket": proposal.ticket,
            "links": {
                "self": format!("/api/v1/review/proposals/{}", proposal.id),
                "review": format!("{public_url}/p/{}", proposal.number),
            },
        },
    })
}
