//! `GET`: what the profile lets the agent read, and the value of a password that a technician has
//! approved to be handed out.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use tokio::time::Instant;

use super::errors::{JSON_API, Refusal};
use super::{GatewayState, ended, links, writes};
use crate::access::Agent;
use crate::domain::json::Tree;
use crate::domain::{Operation, Proposal, ProposalStatus};
use crate::intake::Submitted;
use crate::policy::Located;

/// Reads, with the links of the answer pointing back here.
pub async fn answer(
    state: &GatewayState,
    agent: &Agent,
    path: &str,
    headers: &HeaderMap,
    arrived: Instant,
) -> Result<Response, Refusal> {
    let located = state.reading.locate(path)?;
    if located.operation == Operation::ReadSecret {
        let wait = writes::patience(headers, agent).unwrap_or_default();
        return secret(state, agent, path, &located, arrived + wait).await;
    }
    let base_url = state.base_url();
    let point_back = |document: &mut Tree<'_>| links::rewrite(document, &base_url);
    let document = state.reading.read(agent, located, point_back).await?;
    Ok(shown(document))
}

/// The value of one password: a proposal, until it is approved, and then the value, once.
async fn secret(
    state: &GatewayState,
    agent: &Agent,
    path: &str,
    located: &Located,
    deadline: Instant,
) -> Result<Response, Refusal> {
    let submission = writes::submission("GET", path, None);
    let submitted = state.intake.take_in(agent, &submission).await?;
    let (Submitted::New(proposal) | Submitted::Repeated(proposal)) = submitted;
    let wait = deadline.saturating_duration_since(Instant::now());
    let id = proposal.id;
    let proposal = state.intake.own_once(agent, id, wait, is_decided).await?;
    if proposal.status != ProposalStatus::Queued {
        if proposal.status.is_final() {
            writes::note_told(state, id).await;
        }
        return Err(ended::conflict(&proposal, &state.public_url));
    }
    let document = state.reading.collect(agent, located, &proposal).await?;
    writes::note_told(state, id).await;
    let mut document = Tree::from(&document);
    links::rewrite(&mut document, &state.base_url());
    Ok(shown(document.written(0)))
}

/// Whether the value can be collected, or never will be.
fn is_decided(proposal: &Proposal) -> bool {
    match proposal.status {
        ProposalStatus::Pending | ProposalStatus::Held => false,
        ProposalStatus::SentBack
        | ProposalStatus::Queued
        | ProposalStatus::Applying
        | ProposalStatus::Checking
        | ProposalStatus::NeedsAttention
        | ProposalStatus::Applied
        | ProposalStatus::Failed
        | ProposalStatus::PartlyApplied
        | ProposalStatus::ClosedUnknown
        | ProposalStatus::Rejected
        | ProposalStatus::Withdrawn
        | ProposalStatus::Expired => true,
    }
}

fn shown(document: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, JSON_API)], document).into_response()
}
