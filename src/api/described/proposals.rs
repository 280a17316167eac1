//! What agents propose.

use serde_json::{Value, json};

use super::problems::{
    CONNECTION_UNAVAILABLE, DUPLICATE_PENDING, FORBIDDEN, IDEMPOTENCY_KEY_REUSED, IN_PROGRESS,
    NOT_FOUND, REFUSED_BY_POLICY, TOO_MANY_REQUESTS, UNKNOWN_ENDPOINT, WRONG_STATE,
};
use super::{
    Kind, Listed, Operation, Parameter, Tag, any, choice, object, paging, proposal, text, whole,
    wire,
};
use crate::domain::{Method, PermissionGroup, ProposalStatus, TraitsMode};

const TTL_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What comes of looking at a write and at its record.
const OF_WRITES: &[Kind] = &[
    REFUSED_BY_POLICY,
    UNKNOWN_ENDPOINT,
    NOT_FOUND,
    TOO_MANY_REQUESTS,
    CONNECTION_UNAVAILABLE,
];

pub fn propose() -> Operation {
    let key = Parameter::header(
        "Idempotency-Key",
        "The same key and body again give the first answer again.",
        json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
        json!("t-8812-title"),
    );
    Operation::new(Tag::Proposals, "proposeWrite", "Propose one write")
        .text(
            "IT Glue's own method, path and body, and what it is for. It is stored and shown to a \
             technician, or carried out at once where the access profile does not ask.",
        )
        .parameters([key])
        .takes(submission(), example())
        .answers::<wire::OfAgent>(201, "Stored: `pending`, or approved by the policy already.")
        .with_header("location")
        .leads_to("showProposal", "id", "$response.body#/id")
        .leads_to("reviseProposal", "id", "$response.body#/id")
        .leads_to("withdrawProposal", "id", "$response.body#/id")
        .problems(OF_WRITES)
        .problems(&[IN_PROGRESS, DUPLICATE_PENDING, IDEMPOTENCY_KEY_REUSED])
}

pub fn list() -> Operation {
    Operation::new(
        Tag::Proposals,
        "listProposals",
        "List own proposals, newest first",
    )
    .parameters(paging())
    .parameters([
        Parameter::query(
            "status",
            "In this state.",
            choice::<ProposalStatus>("A state."),
        ),
        Parameter::query(
            "group",
            "Of this group.",
            choice::<PermissionGroup>("A group."),
        ),
        Parameter::query("ticket", "Of this ticket.", json!({"type": "string"})),
        Parameter::query(
            "organization_id",
            "About this organization.",
            json!({"type": "string"}),
        ),
    ])
    .answers::<Listed<wire::OfAgent>>(200, "A page.")
}

pub fn show() -> Operation {
    let wait = Parameter::header(
        "Prefer",
        "`wait=N`, at most 60: answers when the status changes, or after N seconds. Other preferences are ignored.",
        json!({"type": "string"}),
        json!("wait=1"),
    );
    Operation::new(Tag::Proposals, "showProposal", "Read an own proposal")
        .text("Another agent's is not there. Of a revert by a person only the outline is shown.")
        .parameters([proposal(), wait])
        .answers::<wire::OfAgent>(200, "As it is now.")
}

pub fn revise() -> Operation {
    Operation::new(Tag::Proposals, "reviseProposal", "Send a new revision")
        .text("While it is `pending` or `sent_back`.")
        .parameters([proposal()])
        .takes(submission(), example())
        .answers::<wire::OfAgent>(200, "The new revision.")
        .problems(OF_WRITES)
        .problems(&[FORBIDDEN, WRONG_STATE])
}

pub fn withdraw() -> Operation {
    Operation::new(Tag::Proposals, "withdrawProposal", "Take a proposal back")
        .text("While nothing of it was sent to IT Glue.")
        .parameters([proposal()])
        .answers::<wire::OfAgent>(200, "Withdrawn.")
        .problems(&[FORBIDDEN, WRONG_STATE])
}

pub fn events() -> Operation {
    let last = Parameter::header(
        "Last-Event-ID",
        "The `id` of the last event that was seen: goes on right after it.",
        json!({"type": "string"}),
        Value::Null,
    );
    Operation::new(
        Tag::Proposals,
        "listenToEvents",
        "Hear what becomes of own proposals",
    )
    .text(
        "Server-sent events: `status` when a status changes, `verified` when a write was read \
             back, each with the proposal without its bodies; `reset` where events may have been \
             missed. A comment comes where nothing happens.",
    )
    .parameters([last])
    .streams("Events, until the client hangs up.")
    .problems(&[TOO_MANY_REQUESTS])
}

/// Method, path, body and mode, as every request to IT Glue has them.
pub fn call() -> [(&'static str, Value); 4] {
    [
        ("method!", choice::<Method>("IT Glue's method.")),
        (
            "path!",
            json!({"type": "string", "description": "IT Glue's path, with or without query."}),
        ),
        ("body", any("The body as IT Glue takes it.")),
        (
            "traits",
            choice::<TraitsMode>("What becomes of traits that the body does not mention."),
        ),
    ]
}

fn submission() -> Value {
    let ticket = object([
        ("id!", text(200, "The ticket system's own id.")),
        ("url", text(2000, "Where it can be read.")),
    ]);
    object(call().into_iter().chain([
        ("summary!", {
            let mut summary = text(200, "What for, in a few words.");
            summary["minLength"] = json!(1);
            summary
        }),
        ("reason", text(2000, "Why.")),
        ("ticket", ticket),
        (
            "expires_in_seconds",
            whole(1, TTL_SECONDS, "How long it may wait for a decision."),
        ),
    ]))
}

fn example() -> Value {
    json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"title": "Director"}}},
        "summary": "Dana was promoted", "reason": "Ticket asks for it",
        "ticket": {"id": "T-8812", "url": "https://psa.example/T-8812"},
        "expires_in_seconds": 86_400,
    })
}
