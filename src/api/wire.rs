//! Proposals as every REST surface returns them. Secrets are not in what this is made from.

use serde::Serialize;
use serde_json::{Value, json};

use super::trail;
use crate::diff;
use crate::domain;
use crate::domain::{
    DecisionVerdict, Item, ItemState, Outcome, PermissionGroup, ProposalStatus, ResourceRef,
    Ticket, Tier, Timestamp, Verdict, Warning,
};
use crate::review;

/// A proposal.
#[derive(Debug, Serialize)]
pub struct Proposal {
    id: domain::ProposalId,
    number: i64,
    status: ProposalStatus,
    revision: u32,
    round: u32,
    agent: String,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Part>,
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
    links: Links,
}

#[derive(Debug, Serialize)]
struct Request {
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

#[derive(Debug, Serialize)]
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
#[derive(Debug, Serialize)]
struct Part {
    position: u32,
    request: Request,
    state: ItemState,
    resource: ResourceRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_reason: Option<String>,
    outcome: Option<Outcome>,
}

#[derive(Debug, Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    review: String,
}

impl Proposal {
    /// As it is returned by a server that people reach at this address.
    pub fn of(proposal: &domain::Proposal, public_url: &str) -> Self {
        let is_bulk = proposal.items.len() > 1;
        Self {
            id: proposal.id,
            number: proposal.number,
            status: proposal.status,
            revision: proposal.revision,
            round: proposal.round,
            agent: proposal.agent.name.clone(),
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
            items: if is_bulk {
                proposal.items.iter().map(part).collect()
            } else {
                Vec::new()
            },
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
            expires_at: proposal.expires_at,
            links: Links {
                own: format!("/api/v1/proposals/{}", proposal.id),
                review: format!("{public_url}/p/{}", proposal.number),
            },
        }
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
        outcome: Outcome::of_item(item),
    }
}

/// A proposal as a person is shown it: with what changes, and what an approval is bound to.
#[derive(Debug, Serialize)]
pub struct Opened {
    #[serde(flatten)]
    proposal: Proposal,
    fingerprint: domain::Fingerprint,
    diff: Value,
    live_read_at: Option<Timestamp>,
    notice: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trails: Vec<Value>,
}

impl Opened {
    /// As it is returned by a server that people reach at this address.
    pub fn of(opened: &review::Opened, public_url: &str) -> Self {
        Self {
            proposal: Proposal::of(&opened.proposal, public_url),
            fingerprint: opened.proposal.fingerprint,
            diff: diff_of(opened),
            live_read_at: opened.live_read_at,
            notice: opened.notice.as_ref().map(notice),
            trails: opened.trails.iter().map(trail::document).collect(),
        }
    }
}

fn notice(notice: &review::Notice) -> Value {
    match notice {
        review::Notice::Rebuilt => json!({"code": "rebuilt"}),
        review::Notice::RecordGone => json!({"code": "record_gone"}),
        review::Notice::Unreachable(detail) => json!({"code": "unreachable", "detail": detail}),
        review::Notice::NoLongerFits(errors) => json!({"code": "no_longer_fits", "errors": errors}),
    }
}

/// One diff; for a bulk write the fields of all items, each under `/items/<position>`.
fn diff_of(opened: &review::Opened) -> Value {
    if let [diff] = opened.diffs.as_slice() {
        return json!(diff);
    }
    let fields: Vec<diff::Field> = opened
        .diffs
        .iter()
        .enumerate()
        .flat_map(|(position, diff)| {
            diff.fields.iter().cloned().map(move |mut field| {
                field.pointer = format!("/items/{position}{}", field.pointer);
                field
            })
        })
        .collect();
    json!({ "record": opened.proposal.resource, "fields": fields, "warnings": [] })
}
