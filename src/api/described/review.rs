//! What people see and decide.

use serde_json::{Value, json};

use super::problems::{
    CHANGED_SINCE_SHOWN, CONNECTION_UNAVAILABLE, NOTHING_TO_REVERT, REFUSED_BY_POLICY,
    STEP_UP_REQUIRED, WRONG_STATE,
};
use super::{
    Listed, Operation, Parameter, Tag, any, choice, list as list_of, object, paging, proposal,
    text, whole, wire,
};
use crate::domain::{
    Comment, CommentText, DecisionVerdict, FollowUp, PermissionGroup, ProposalStatus, Resolution,
    ResultKind, Tier,
};
use crate::store::Lane;

const SHOWN: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub fn list() -> Operation {
    let text = || json!({"type": "string"});
    Operation::new(Tag::Review, "listReview", "List the proposals of all agents")
        .text("Newest first; a lane or a status in the order in which they are worked off. A lane can be narrowed down.")
        .parameters(paging())
        .parameters([
            Parameter::query("lane", "In this lane of the queue.", choice::<Lane>("A lane.")),
            Parameter::query("status", "In this state.", choice::<ProposalStatus>("A state.")),
            Parameter::query(
                "agent",
                "With `lane`: of this agent.",
                json!({"type": "string", "format": "uuid"}),
            ),
            Parameter::query("group", "With `lane`: of this group.", choice::<PermissionGroup>("A group.")),
            Parameter::query("tier", "With `lane`: of this tier.", choice::<Tier>("A tier.")),
            Parameter::query(
                "organization_id",
                "With `lane`: about this organization.",
                json!({"type": "string", "pattern": "^[0-9]{1,19}$"}),
            ),
            Parameter::query("ticket", "With `lane`: of this ticket.", text()),
        ])
        .answers::<Listed<wire::Listed>>(200, "A page.")
}

pub fn show() -> Operation {
    let id = Parameter::path(
        "id",
        "The id of the proposal, or its number.",
        json!({"anyOf": [
            {"type": "string", "format": "uuid"},
            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        ]}),
        json!(1042),
    );
    Operation::new(Tag::Review, "openProposal", "Open a proposal")
        .text("With what would change, on the record as it is now, and the `fingerprint` that a decision is bound to.")
        .parameters([id])
        .answers::<wire::Opened>(200, "As it is now.")
        .leads_to("approveProposal", "id", "$response.body#/id")
        .leads_to("rejectProposal", "id", "$response.body#/id")
}

pub fn approve() -> Operation {
    let more = [
        (
            "reason",
            text(2000, "Required when the proposal is critical."),
        ),
        (
            "edited_fingerprint",
            json!({
                "type": "string",
                "pattern": "^[0-9a-fA-F]{64}$",
                "description": "The one of a preview: nothing else than what was looked at is approved.",
            }),
        ),
    ];
    decided("approveProposal", "Approve")
        .text("`keep`, `body` and `omit` make it approved with edits.")
        .takes(
            object(edits().into_iter().chain(more)),
            json!({"fingerprint": SHOWN, "reason": "As the ticket says"}),
        )
        .answers::<wire::Proposal>(200, "Approved.")
        .problems(&[
            CHANGED_SINCE_SHOWN,
            STEP_UP_REQUIRED,
            REFUSED_BY_POLICY,
            CONNECTION_UNAVAILABLE,
        ])
}

pub fn preview() -> Operation {
    decided(
        "previewEdits",
        "See what an approval with edits would write",
    )
    .text("Checked and judged as if it were approved. Nothing is decided.")
    .takes(
        object(edits()),
        json!({"fingerprint": SHOWN, "omit": ["/data/attributes/title"]}),
    )
    .answers::<wire::Previewed>(200, "What would be written.")
    .problems(&[
        CHANGED_SINCE_SHOWN,
        REFUSED_BY_POLICY,
        CONNECTION_UNAVAILABLE,
    ])
}

pub fn reject() -> Operation {
    decided("rejectProposal", "Reject")
        .takes(
            refusal(),
            json!({"fingerprint": SHOWN, "reason": "The client left"}),
        )
        .answers::<wire::Proposal>(200, "Rejected.")
        .problems(&[CHANGED_SINCE_SHOWN])
}

pub fn send_back() -> Operation {
    decided("sendBackProposal", "Send back to the agent")
        .takes(
            refusal(),
            json!({"fingerprint": SHOWN, "reason": "Please add the phone number"}),
        )
        .answers::<wire::Proposal>(200, "Sent back.")
        .problems(&[CHANGED_SINCE_SHOWN])
}

pub fn undo() -> Operation {
    decided("undoApproval", "Take an approval back")
        .text("While it is held or queued.")
        .answers::<wire::Proposal>(200, "Pending again.")
}

pub fn seen() -> Operation {
    decided("seeDifference", "Say that a difference needs no other look")
        .text("Of a write that does not read back as it was approved.")
        .answers::<wire::Proposal>(200, "As it is now.")
}

pub fn resolve() -> Operation {
    let schema = object([
        (
            "item!",
            whole(0, i64::from(u32::MAX), "The item, by its position from 0."),
        ),
        (
            "attempt",
            whole(
                0,
                i64::from(u32::MAX),
                "The one in `trails` that was looked at: what is said is taken for no other.",
            ),
        ),
        (
            "resolution!",
            choice::<Resolution>("What was found out, or is wanted."),
        ),
        (
            "then",
            choice::<FollowUp>("Of `not_applied`, and of nothing else."),
        ),
        (
            "resource_id",
            json!({"type": "string", "pattern": "^[0-9]{1,19}$", "description": "The record, if it is there."}),
        ),
        ("reason", text(2000, "Required.")),
    ]);
    decided("resolveOutcome", "Say what became of a write of unknown outcome")
        .takes(schema, json!({"item": 0, "attempt": 1, "resolution": "applied", "resource_id": "501", "reason": "Seen in IT Glue"}))
        .answers::<wire::Proposal>(200, "As it is now.")
        .problems(&[
            CHANGED_SINCE_SHOWN,
            STEP_UP_REQUIRED,
            CONNECTION_UNAVAILABLE,
        ])
}

pub fn revert() -> Operation {
    decided("revertProposal", "Propose to take an applied write back")
        .text("What others changed since is left alone. The new proposal is decided as any other.")
        .takes(
            object([("reason", text(2000, "Why."))]),
            json!({"reason": "Wrong Dana"}),
        )
        .or_nothing()
        .answers::<wire::Proposal>(201, "Proposed.")
        .with_header("location")
        .answers::<wire::Proposal>(200, "There is an open one already: this.")
        .with_header("location")
        .problems(&[NOTHING_TO_REVERT, REFUSED_BY_POLICY, CONNECTION_UNAVAILABLE])
}

pub fn claim() -> Operation {
    Operation::new(Tag::Review, "claimProposal", "Say that one is on it")
        .text("In the place of whoever was. It keeps nobody from deciding, and ends by itself.")
        .parameters([proposal()])
        .answers::<wire::Listed>(200, "The proposal with the claim.")
        .problems(&[WRONG_STATE])
}

pub fn release() -> Operation {
    Operation::new(
        Tag::Review,
        "releaseProposal",
        "Say that one is no longer on it",
    )
    .text("Another's claim stays.")
    .parameters([proposal()])
    .answers::<wire::Listed>(200, "The proposal, with another's claim if there is one.")
}

pub fn comment() -> Operation {
    let most = u32::try_from(CommentText::MOST).unwrap_or(u32::MAX);
    let mut said = text(most, "Plain text.");
    said["minLength"] = json!(1);
    Operation::new(
        Tag::Review,
        "commentProposal",
        "Say something to the other technicians",
    )
    .text("No agent sees it. The last one said once more is answered, not added again.")
    .parameters([proposal()])
    .takes(
        object([("text!", said)]),
        json!({"text": "Asked the client, waiting for a call"}),
    )
    .answers::<Comment>(201, "Added.")
}

pub fn history() -> Operation {
    let uuid = || json!({"type": "string", "format": "uuid"});
    let time = || json!({"type": "string", "format": "date-time"});
    Operation::new(
        Tag::Review,
        "listHistory",
        "List decisions and what came of them, newest first",
    )
    .text("A page may be short, or empty, and still have a next one.")
    .parameters(paging())
    .parameters([
        Parameter::query("agent", "About proposals of this agent.", uuid()),
        Parameter::query("person", "Given by this person.", uuid()),
        Parameter::query(
            "verdict",
            "Of this kind.",
            choice::<DecisionVerdict>("A verdict."),
        ),
        Parameter::query(
            "result",
            "Of which this came.",
            choice::<ResultKind>("A result."),
        ),
        Parameter::query(
            "organization_id",
            "About this organization.",
            json!({"type": "string", "pattern": "^[0-9]{1,19}$"}),
        ),
        Parameter::query("ticket", "Of this ticket.", json!({"type": "string"})),
        Parameter::query("since", "Not before.", time()),
        Parameter::query("until", "Not after.", time()),
    ])
    .answers::<Listed<wire::Entry>>(200, "A page.")
}

fn decided(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Tag::Review, id, summary)
        .parameters([proposal()])
        .problems(&[WRONG_STATE])
}

fn edits() -> [(&'static str, Value); 4] {
    let pointers = |description| list_of(&json!({"type": "string"}), description);
    [
        ("fingerprint!", fingerprint()),
        (
            "keep",
            pointers("Keys of traits that would be erased and are to stay."),
        ),
        ("body", any("The body, edited.")),
        ("omit", pointers("Pointers to what is to be left out.")),
    ]
}

fn fingerprint() -> Value {
    json!({"type": "string", "description": "The `fingerprint` that was shown."})
}

fn refusal() -> Value {
    object([
        ("fingerprint!", fingerprint()),
        ("reason!", text(2000, "Why; the agent reads it.")),
    ])
}
