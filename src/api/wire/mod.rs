//! Proposals as every REST surface returns them. Secrets are not in what this is made from.

mod allowance;
mod opened;
mod past;
mod trail;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain;
use crate::domain::{
    DecisionVerdict, Item, ItemState, Operation, OrganizationId, OrganizationScope, Outcome,
    PermissionGroup, ProposalStatus, ResourceRef, Reversal, Ticket, Tier, Timestamp, Verdict,
    Warning,
};

pub use allowance::{Allowance, Answer};
pub use opened::{Opened, Previewed};
pub use past::Entry;

/// A proposal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Proposal {
    id: domain::ProposalId,
    number: i64,
    status: ProposalStatus,
    revision: u32,
    round: u32,
    agent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_by: Option<ProposedBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reverts: Option<Reverted>,
    connection: String,
    request: Request,
    operation: domain::Operation,
    group: PermissionGroup,
    tier: Tier,
    verdict: Verdict,
    resource: ResourceRef,
    summary: String,
    reason: Option<String>,
    ticket: Option<Ticket>,
    warnings: Vec<Warning>,
    decision: Option<Decision>,
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Part>,
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
    links: Links,
}

/// That a person proposed it, and not the agent.
#[derive(Debug, Serialize, ToSchema)]
struct ProposedBy {
    by: domain::DecidedBy,
    name: String,
}

impl ProposedBy {
    fn of(reversal: &Reversal) -> Self {
        Self {
            by: domain::DecidedBy::Person,
            name: reversal.name.clone(),
        }
    }
}

/// The proposal that is taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevertedProposal)]
struct Reverted {
    id: domain::ProposalId,
    number: i64,
}

impl Reverted {
    const fn of(reversal: &Reversal) -> Self {
        Self {
            id: reversal.reverts,
            number: reversal.number,
        }
    }
}

/// What is sent to IT Glue, secrets hidden.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WriteRequest)]
pub struct Request {
    method: domain::Method,
    path: String,
    body: Option<Value>,
    #[serde(skip_serializing_if = "is_replace")]
    traits: domain::TraitsMode,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_replace(mode: &domain::TraitsMode) -> bool {
    matches!(mode, domain::TraitsMode::Replace)
}

/// What was decided.
#[derive(Debug, Serialize, ToSchema)]
struct Decision {
    verdict: DecisionVerdict,
    by: domain::DecidedBy,
    name: String,
    reason: Option<String>,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

/// One part of a bulk write.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposalItem)]
struct Part {
    position: u32,
    request: Request,
    state: ItemState,
    resource: ResourceRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    outcome: Option<Outcome>,
}

/// Where it can be read: over REST by whoever reads this, and by people in the browser.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposalLinks)]
pub struct Links {
    #[serde(rename = "self")]
    own: String,
    review: String,
}

impl Links {
    /// The first for its agent.
    pub fn for_agent(proposal: &domain::Proposal, public_url: &str) -> Self {
        Self {
            own: format!("/api/v1/proposals/{}", proposal.id),
            ..Self::for_people(proposal, public_url)
        }
    }

    /// Both for people.
    pub fn for_people(proposal: &domain::Proposal, public_url: &str) -> Self {
        Self {
            own: format!("/api/v1/review/proposals/{}", proposal.id),
            review: format!("{public_url}/p/{}", proposal.number),
        }
    }
}

impl Proposal {
    /// As it is returned to whom these links are for.
    pub fn of(proposal: &domain::Proposal, links: Links) -> Self {
        let is_bulk = proposal.items.len() > 1;
        Self {
            id: proposal.id,
            number: proposal.number,
            status: proposal.status,
            revision: proposal.revision,
            round: proposal.round,
            agent: proposal.agent.name.clone(),
            proposed_by: proposal.reversal.as_ref().map(ProposedBy::of),
            reverts: proposal.reversal.as_ref().map(Reverted::of),
            connection: proposal.connection.name.clone(),
            request: Request {
                method: proposal.request.method,
                path: proposal.request.path.clone(),
                body: proposal.request.body.clone(),
                traits: proposal.request.traits,
            },
            operation: proposal.operation,
            group: proposal.group,
            tier: proposal.tier,
            verdict: proposal.verdict.clone(),
            resource: with_created_id(proposal),
            summary: proposal.summary.clone(),
            reason: proposal.reason.clone(),
            ticket: proposal.ticket.clone(),
            warnings: proposal.warnings.clone(),
            decision: decision(proposal),
            outcome: proposal.outcome(),
            hold_until: proposal.hold_until,
            hold_reason: proposal
                .items
                .iter()
                .find_map(|item| item.hold_reason.clone()),
            not_before: proposal.items.iter().find_map(not_before),
            advice: advice(proposal),
            items: if is_bulk {
                proposal.items.iter().map(part).collect()
            } else {
                Vec::new()
            },
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
            expires_at: proposal.expires_at,
            links,
        }
    }
}

/// A proposal as its agent sees it. What a person proposes to take a write of it back holds what
/// the record held before, which the profile may not let it read: of that it sees the outline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgentProposal)]
#[serde(untagged)]
pub enum OfAgent {
    /// One that it made itself.
    Own(Box<Proposal>),
    /// One that takes a write of it back.
    Revert(Box<Outline>),
}

/// What an agent sees of a revert: that there is one, and where it stands. No value of the record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RevertOutline)]
pub struct Outline {
    id: domain::ProposalId,
    number: i64,
    status: ProposalStatus,
    proposed_by: ProposedBy,
    reverts: Reverted,
    operation: domain::Operation,
    resource: OutlinedRecord,
    outcome: Option<OutlinedOutcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
    links: Links,
}

/// The record of a revert, without its name.
#[derive(Debug, Serialize, ToSchema)]
struct OutlinedRecord {
    #[serde(rename = "type")]
    json_type: String,
    id: Option<domain::RecordId>,
}

/// What came of a revert, without values.
#[derive(Debug, Serialize, ToSchema)]
struct OutlinedOutcome {
    result: domain::ResultKind,
    resource_id: Option<domain::RecordId>,
    verified: Option<bool>,
    at: Option<Timestamp>,
}

impl OfAgent {
    /// As it is returned by a server that people reach at this address.
    pub fn of(proposal: &domain::Proposal, public_url: &str) -> Self {
        let links = Links::for_agent(proposal, public_url);
        let Some(reversal) = &proposal.reversal else {
            return Self::Own(Box::new(Proposal::of(proposal, links)));
        };
        Self::Revert(Box::new(Outline {
            id: proposal.id,
            number: proposal.number,
            status: proposal.status,
            proposed_by: ProposedBy::of(reversal),
            reverts: Reverted::of(reversal),
            operation: proposal.operation,
            resource: OutlinedRecord {
                json_type: proposal.resource.json_type.clone(),
                id: with_created_id(proposal).id,
            },
            outcome: proposal.outcome().map(|outcome| OutlinedOutcome {
                result: outcome.result,
                resource_id: outcome.resource_id,
                verified: outcome.verified,
                at: outcome.at,
            }),
            advice: advice(proposal),
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
            expires_at: proposal.expires_at,
            links,
        }))
    }
}

/// Null for all of them.
pub fn organizations(scope: &OrganizationScope) -> Option<Vec<OrganizationId>> {
    match scope {
        OrganizationScope::All => None,
        OrganizationScope::Only(ids) => Some(ids.iter().copied().collect()),
    }
}

/// What an agent should do, where it is easily tempted to do something else.
fn advice(proposal: &domain::Proposal) -> Option<&'static str> {
    match proposal.status {
        ProposalStatus::Queued if proposal.operation == Operation::ReadSecret => Some(
            "The value can be collected, once, within ten minutes of the approval: GET this path at \
             the gateway, below `/itglue`.",
        ),
        ProposalStatus::Checking => Some(
            "The answer was lost and IT Glue is being read to find out. Do not propose this again; \
             wait.",
        ),
        ProposalStatus::NeedsAttention => Some(
            "A technician has to find out what became of this. Do not propose it again: it may \
             have been carried out.",
        ),
        ProposalStatus::ClosedUnknown => Some(
            "Nobody could find out whether this was carried out. Read the record before you \
             propose anything about it.",
        ),
        ProposalStatus::Pending
        | ProposalStatus::SentBack
        | ProposalStatus::Held
        | ProposalStatus::Queued
        | ProposalStatus::Applying
        | ProposalStatus::Applied
        | ProposalStatus::Failed
        | ProposalStatus::PartlyApplied
        | ProposalStatus::Rejected
        | ProposalStatus::Withdrawn
        | ProposalStatus::Expired => None,
    }
}

/// A created record has its id once it is known.
fn with_created_id(proposal: &domain::Proposal) -> ResourceRef {
    let mut resource = proposal.resource.clone();
    if let [item] = proposal.items.as_slice() {
        resource.id = resource.id.or(item.resource_id);
    }
    resource
}

fn decision(proposal: &domain::Proposal) -> Option<Decision> {
    let decision = proposal.decision.as_ref()?;
    let is_edited = decision.verdict == DecisionVerdict::ApprovedWithEdits;
    Some(Decision {
        verdict: decision.verdict,
        by: decision.by,
        name: decision.name.clone(),
        reason: decision.reason.clone(),
        at: decision.at,
        body: proposal.request.body.clone().filter(|_| is_edited),
    })
}

/// Until when an item that waits its turn is left alone at least.
fn not_before(item: &Item) -> Option<Timestamp> {
    item.not_before
        .filter(|_| item.progress.state == ItemState::Queued)
}

fn part(item: &Item) -> Part {
    Part {
        position: item.position,
        request: Request {
            method: item.request.route.method,
            path: item.request.route.path.clone(),
            body: item.request.body.clone(),
            traits: domain::TraitsMode::Replace,
        },
        state: item.progress.state,
        resource: item.resource.clone(),
        hold_reason: item.hold_reason.clone(),
        not_before: not_before(item),
        outcome: Outcome::of_item(item),
    }
}

/// A proposal in a list for people: with who is on it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedProposal)]
pub struct Listed {
    #[serde(flatten)]
    proposal: Proposal,
    claim: Option<domain::Claim>,
}

impl Listed {
    /// As it is returned by a server that people reach at this address.
    pub fn of(
        proposal: &domain::Proposal,
        claim: Option<&domain::Claim>,
        public_url: &str,
    ) -> Self {
        Self {
            proposal: Proposal::of(proposal, Links::for_people(proposal, public_url)),
            claim: claim.cloned(),
        }
    }
}
