//! `POST`, `PATCH`, `DELETE`: a proposal, and IT Glue's own answer once it is carried out.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;
use tokio::time::Instant;

use super::errors::{Refusal, chain};
use super::{GatewayState, ended};
use crate::access::Agent;
use crate::domain::{Proposal, ProposalId, TraitsMode, VerdictKind, json};
use crate::intake::{Submission, SubmissionText, Submitted, preferred_wait};
use crate::policy::underscored;

/// What IT Glue itself takes (api-facts, section 1).
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// How long a write that nobody has to approve may take. Clients give up after about 30 seconds.
const UNTIL_CARRIED_OUT: Duration = Duration::from_secs(25);
const LONGEST_SUMMARY: usize = 200;

/// Takes a write in, and says what became of it.
pub async fn answer(
    state: &GatewayState,
    agent: Agent,
    parts: &Parts,
    path: &str,
    body: Body,
    arrived: Instant,
) -> Result<Response, Refusal> {
    let bytes = to_bytes(body, LARGEST_BODY)
        .await
        .map_err(|_| unreadable())?;
    let submission = submission(parts.method.as_str(), path, read(&parts.headers, &bytes)?);
    let patience = patience(&parts.headers, &agent);
    // A client that hangs up cancels nothing: the task goes on without it.
    let task = {
        let intake = state.intake.clone();
        let agent = agent.clone();
        tokio::spawn(async move { intake.take_in(&agent, &submission).await })
    };
    let submitted = task.await.map_err(|_| Refusal::interrupted())??;
    let (Submitted::New(proposal) | Submitted::Repeated(proposal)) = submitted;
    let deadline = arrived + longest_wait(&proposal, patience);
    settled(state, &agent, &proposal, deadline).await
}

/// The answer to a write, as soon as there is one, or when its time is over.
async fn settled(
    state: &GatewayState,
    agent: &Agent,
    proposal: &Proposal,
    deadline: Instant,
) -> Result<Response, Refusal> {
    let wait = deadline.saturating_duration_since(Instant::now());
    let (intake, id) = (&state.intake, proposal.id);
    let proposal = intake.own_once(agent, id, wait, ended::is_settled).await?;
    let answer = ended::answer(&proposal, &state.public_url);
    if ended::is_told_once(&proposal, answer.is_ok()) {
        note_told(state, id).await;
    }
    answer
}

/// The end of this is about to be told. Where that cannot be noted it is told once more.
pub async fn note_told(state: &GatewayState, id: ProposalId) {
    if let Err(error) = state.intake.note_told(id).await {
        tracing::error!(
            error = chain(&error),
            proposal.id = %id,
            "that an agent was told could not be noted"
        );
    }
}

/// From the arrival of the request.
fn longest_wait(proposal: &Proposal, patience: Option<Duration>) -> Duration {
    let patience = patience.unwrap_or_default();
    match proposal.verdict.kind {
        VerdictKind::Allowed => UNTIL_CARRIED_OUT.max(patience),
        VerdictKind::NeedsApproval | VerdictKind::Refused => patience,
    }
}

/// How long the caller waits for a decision: as it says, else as its agent is set.
pub fn patience(headers: &HeaderMap, agent: &Agent) -> Option<Duration> {
    let values = headers.get_all("prefer").iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let usual = Duration::from_secs(agent.details().gateway_wait.seconds().into());
    preferred_wait(values).or_else(|| (!usual.is_zero()).then_some(usual))
}

/// A client that speaks IT Glue says nothing for people; what it does has to do.
pub fn submission(method: &str, path: &str, body: Option<Value>) -> Submission {
    let path = underscored(path);
    let place = path.split('?').next().unwrap_or_default();
    let summary = format!("{method} {place} through the gateway");
    Submission {
        method: method.to_owned(),
        body,
        traits: TraitsMode::Replace,
        text: SubmissionText {
            summary: summary.chars().take(LONGEST_SUMMARY).collect(),
            reason: None,
            ticket: None,
        },
        expires_in_seconds: None,
        is_one_while_open: true,
        idempotency: None,
        path,
    }
}

/// The body, read strictly. An empty one is none.
fn read(headers: &HeaderMap, bytes: &Bytes) -> Result<Option<Value>, Refusal> {
    if bytes.is_empty() {
        return Ok(None);
    }
    if !headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| is_json(value.as_bytes()))
    {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the body as `application/vnd.api+json` or `application/json`. Nothing was changed.",
        ));
    }
    let malformed = |error| {
        let detail = format!("The body cannot be read: {error}. Nothing was changed.");
        Refusal::new(StatusCode::BAD_REQUEST, detail)
    };
    json::parse(bytes).map(Some).map_err(malformed)
}

fn is_json(content_type: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default().trim();
    matches!(essence, "application/json" | "application/vnd.api+json")
}

fn unreadable() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "The body could not be read to its end; it may have 10 MB, as in IT Glue. Nothing was \
         changed.",
    )
}
