//! `GET /review/history`: what was decided and what came of it, the newest first.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::agents::{named, unreadable};
use super::caller::As;
use super::wire::Links;
use super::{ApiState, Listed, Problem, cursor};
use crate::access::Reviewer;
use crate::domain::{
    DecidedBy, DecisionVerdict, FieldError, Method, Operation, Outcome, PermissionGroup,
    ProposalId, ProposalStatus, ResourceRef, Ticket, Tier, Timestamp, UserId,
};
use crate::store::{HistoryCursor, HistoryEntry, HistoryFilter, PastDecision, PastRevision};

/// `GET /review/history`. A page may be short, or empty, and still have a next one.
pub async fn list(
    As(who): As<Reviewer>,
    State(state): State<ApiState>,
    query: Result<Query<HistoryQuery>, QueryRejection>,
) -> Result<Json<Listed<Entry>>, Problem> {
    let query = query.map_err(|error| unreadable(&error))?.0;
    let limit = cursor::limit(query.limit)?;
    let from = cursor::history(query.cursor.as_deref())?;
    let filter = query.filter()?;
    let page = state.review.history(&who, &filter, from, limit).await?;
    let items = page
        .items
        .iter()
        .map(|entry| Entry::of(entry, &state.public_url))
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

/// A decision, whether or not it still stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastDecision)]
pub struct Decided {
    verdict: DecisionVerdict,
    by: DecidedBy,
    /// The person, if it was one.
    person: Option<UserId>,
    name: String,
    reason: Option<String>,
    at: Timestamp,
    round: u32,
    /// When it was taken back.
    undone_at: Option<Timestamp>,
}

impl Decided {
    /// As it was given.
    pub fn of(past: &PastDecision) -> Self {
        let decision = &past.decision;
        Self {
            verdict: decision.verdict,
            by: decision.by,
            person: decision.person,
            name: decision.name.clone(),
            reason: decision.reason.clone(),
            at: decision.at,
            round: decision.round,
            undone_at: past.undone_at,
        }
    }
}

/// What an agent had proposed before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastRevision)]
pub struct Superseded {
    revision: u32,
    request: PastRequest,
    summary: String,
    reason: Option<String>,
    /// When another took its place.
    replaced_at: Timestamp,
}

/// What was to be sent then, secrets hidden.
#[derive(Debug, Serialize, ToSchema)]
struct PastRequest {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl Superseded {
    /// As it was proposed.
    pub fn of(past: &PastRevision) -> Self {
        Self {
            revision: past.revision,
            request: PastRequest {
                method: past.method,
                path: past.path.clone(),
                body: past.body.clone(),
            },
            summary: past.summary.clone(),
            reason: past.reason.clone(),
            replaced_at: past.replaced_at,
        }
    }
}

/// A decision, what it was about, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryEntry)]
pub struct Entry {
    decision: Decided,
    /// Stands with the decision that it came of.
    outcome: Option<Outcome>,
    proposal: About,
}

/// A proposal, in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DecidedProposal)]
struct About {
    id: ProposalId,
    number: i64,
    status: ProposalStatus,
    revision: u32,
    round: u32,
    agent: String,
    operation: Operation,
    group: PermissionGroup,
    tier: Tier,
    resource: ResourceRef,
    summary: String,
    ticket: Option<Ticket>,
    links: Links,
}

impl Entry {
    /// As it is returned by a server that people reach at this address.
    fn of(entry: &HistoryEntry, public_url: &str) -> Self {
        let proposal = &entry.proposal;
        Self {
            decision: Decided::of(&entry.decided),
            outcome: proposal.outcome().filter(|_| entry.is_last_word()),
            proposal: About {
                id: proposal.id,
                number: proposal.number,
                status: proposal.status,
                revision: proposal.revision,
                round: proposal.round,
                agent: proposal.agent.name.clone(),
                operation: proposal.operation,
                group: proposal.group,
                tier: proposal.tier,
                resource: proposal.resource.clone(),
                summary: proposal.summary.clone(),
                ticket: proposal.ticket.clone(),
                links: Links::for_people(proposal, public_url),
            },
        }
    }
}
