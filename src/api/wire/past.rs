//! What was decided, and what was proposed before, as people read it over REST.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Links;
use crate::domain::{
    DecidedBy, DecisionVerdict, Method, Operation, Outcome, PermissionGroup, ProposalId,
    ProposalStatus, ResourceRef, Ticket, Tier, Timestamp, UserId,
};
use crate::store::{HistoryEntry, PastDecision, PastRevision};

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

/// What an agent had proposed, before it or a technician changed it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PastRevision)]
pub struct Superseded {
    /// Where it is the proposal's own, a technician has changed it since.
    revision: u32,
    request: PastRequest,
    summary: String,
    reason: Option<String>,
    /// When something else took its place.
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
    pub fn of(entry: &HistoryEntry, public_url: &str) -> Self {
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
