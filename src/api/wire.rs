//! Proposals as every REST surface returns them. Secrets are not in what this is made from.

use serde::Serialize;
use serde_json::{Value, json};

use super::{history, teamwork, trail};
use crate::decision as decisions;
use crate::diff;
use crate::domain;
use crate::domain::{
    DecisionVerdict, Item, ItemState, Outcome, PermissionGroup, ProposalStatus, ResourceRef,
    Ticket, Tier, Timestamp, Verdict, Warning,
};
use crate::draft::Undoing;
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
#[derive(Debug, Serialize)]
struct ProposedBy {
    by: domain::DecidedBy,
    name: String,
}

/// The proposal that is taken back.
#[derive(Debug, Serialize)]
struct Reverted {
    id: domain::ProposalId,
    number: i64,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
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
            proposed_by: proposal.reversal.as_ref().map(|reversal| ProposedBy {
                by: domain::DecidedBy::Person,
                name: reversal.name.clone(),
            }),
            reverts: proposal.reversal.as_ref().map(|reversal| Reverted {
                id: reversal.reverts,
                number: reversal.number,
            }),
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
            advice: advice(proposal.status),
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

/// A proposal as its agent sees it. What a person proposes to take a write of it back holds what
/// the record held before, which the profile may not let it read: of that it sees the outline.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum OfAgent {
    /// One that it made itself.
    Own(Box<Proposal>),
    /// One that takes a write of it back.
    Revert(Box<Outline>),
}

/// What an agent sees of a revert: that there is one, and where it stands. No value of the record.
#[derive(Debug, Serialize)]
pub struct Outline {
    id: domain::ProposalId,
    number: i64,
    status: ProposalStatus,
    proposed_by: ProposedBy,
    reverts: Reverted,
    operation: domain::Operation,
    resource: Value,
    outcome: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Timestamp,
    links: Links,
}

impl OfAgent {
    /// As it is returned by a server that people reach at this address.
    pub fn of(proposal: &domain::Proposal, public_url: &str) -> Self {
        let whole = Proposal::of(proposal, public_url);
        let (Some(proposed_by), Some(reverts)) = (whole.proposed_by, whole.reverts) else {
            return Self::Own(Box::new(Proposal::of(proposal, public_url)));
        };
        let outcome = whole.outcome.map(|outcome| {
            json!({
                "result": outcome.result,
                "resource_id": outcome.resource_id,
                "verified": outcome.verified,
                "at": outcome.at,
            })
        });
        Self::Revert(Box::new(Outline {
            id: whole.id,
            number: whole.number,
            status: whole.status,
            proposed_by,
            reverts,
            operation: whole.operation,
            resource: json!({"type": whole.resource.json_type, "id": whole.resource.id}),
            outcome,
            advice: whole.advice,
            created_at: whole.created_at,
            updated_at: whole.updated_at,
            expires_at: whole.expires_at,
            links: whole.links,
        }))
    }
}

/// What an agent should do, where it is easily tempted to do something else.
const fn advice(status: ProposalStatus) -> Option<&'static str> {
    match status {
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
#[derive(Debug, Serialize)]
pub struct Listed {
    #[serde(flatten)]
    proposal: Proposal,
    claim: Option<Value>,
}

impl Listed {
    /// As it is returned by a server that people reach at this address.
    pub fn of(
        proposal: &domain::Proposal,
        claim: Option<&domain::Claim>,
        public_url: &str,
    ) -> Self {
        Self {
            proposal: Proposal::of(proposal, public_url),
            claim: claim.map(teamwork::claim),
        }
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
    undo: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reverted_by: Vec<crate::store::Reverting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trails: Vec<Value>,
    claim: Option<Value>,
    comments: Vec<Value>,
    revisions: Vec<Value>,
    decisions: Vec<Value>,
}

impl Opened {
    /// As it is returned by a server that people reach at this address.
    pub fn of(opened: &review::Opened, public_url: &str) -> Self {
        Self {
            proposal: Proposal::of(&opened.proposal, public_url),
            fingerprint: opened.proposal.fingerprint,
            diff: diff_of(&opened.proposal, &opened.diffs),
            live_read_at: opened.live_read_at,
            notice: opened.notice.as_ref().map(notice),
            undo: undo(&opened.undoing),
            reverted_by: opened.reverts.clone(),
            trails: opened.trails.iter().map(trail::document).collect(),
            claim: opened.claim.as_ref().map(teamwork::claim),
            comments: opened.comments.iter().map(teamwork::comment).collect(),
            revisions: opened
                .past
                .revisions
                .iter()
                .map(history::revision)
                .collect(),
            decisions: opened
                .past
                .decisions
                .iter()
                .map(history::decision)
                .collect(),
        }
    }
}

/// A proposal as an approval with edits would make it.
#[derive(Debug, Serialize)]
pub struct Previewed {
    request: Request,
    tier: Tier,
    verdict: Verdict,
    resource: ResourceRef,
    warnings: Vec<Warning>,
    edited_fingerprint: domain::Fingerprint,
    diff: Value,
    undo: Value,
    links: Links,
}

impl Previewed {
    /// As it is returned by a server that people reach at this address.
    pub fn of(preview: &decisions::Preview, public_url: &str) -> Self {
        let proposal = Proposal::of(&preview.proposal, public_url);
        Self {
            request: proposal.request,
            tier: proposal.tier,
            verdict: proposal.verdict,
            resource: proposal.resource,
            warnings: proposal.warnings,
            edited_fingerprint: preview.proposal.fingerprint,
            diff: diff_of(&preview.proposal, &preview.diffs),
            undo: undo(&preview.undoing),
            links: proposal.links,
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

/// How well it can be undone; for a bulk write also record by record.
fn undo(undoing: &Undoing) -> Value {
    let document = json!({
        "class": undoing.class,
        "reason": undoing.reason,
        "offered": undoing.is_offered,
    });
    if undoing.items.len() < 2 {
        return document;
    }
    let items: Vec<Value> = undoing
        .items
        .iter()
        .enumerate()
        .map(|(position, undo)| {
            json!({"position": position, "class": undo.class, "reason": undo.reason})
        })
        .collect();
    json!({
        "class": undoing.class,
        "reason": undoing.reason,
        "offered": undoing.is_offered,
        "items": items,
    })
}

/// One diff; for a bulk write the fields of all items, each under `/items/<position>`.
fn diff_of(proposal: &domain::Proposal, diffs: &[diff::Diff]) -> Value {
    if let [diff] = diffs {
        return json!(diff);
    }
    let fields: Vec<diff::Field> = diffs
        .iter()
        .enumerate()
        .flat_map(|(position, diff)| {
            diff.fields.iter().cloned().map(move |mut field| {
                field.pointer = format!("/items/{position}{}", field.pointer);
                field
            })
        })
        .collect();
    json!({ "record": proposal.resource, "fields": fields, "warnings": [] })
}
