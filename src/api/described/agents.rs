//! Agents and their tokens.

use serde_json::{Value, json};

use super::problems::{IN_USE, NAME_TAKEN, TOKEN_ENDED};
use super::{
    Listed, Operation, Parameter, Tag, ids, list as list_of, named, object, paging, text, whole,
};
use crate::admin::{LONGEST_OVERLAP_HOURS, LONGEST_TOKEN_DAYS};
use crate::api::admin::wire;
use crate::domain::GatewayWait;

fn id() -> Parameter {
    named("The id or the name of the agent.", "triage-bot")
}

pub fn list() -> Operation {
    Operation::new(Tag::Agents, "listAgents", "List agents, by name")
        .parameters(paging())
        .answers::<Listed<wire::AgentOverview>>(200, "A page, and how each fares.")
}

pub fn create() -> Operation {
    let schema = object(
        [
            ("name!", text(60, "Its name.")),
            (
                "profile!",
                text(60, "The id or the name of its access profile."),
            ),
            (
                "connection!",
                text(60, "The id or the name of its connection."),
            ),
        ]
        .into_iter()
        .chain(limits()),
    );
    Operation::new(Tag::Agents, "createAgent", "Add an agent")
        .text("It belongs to whoever adds it, unless another owner is named.")
        .takes(schema, json!({
            "name": "triage-bot", "profile": "Docs", "connection": "main", "organizations": ["2"],
        }))
        .answers::<wire::Agent>(201, "Added.")
        .with_header("location")
        .problems(&[NAME_TAKEN])
}

pub fn show() -> Operation {
    Operation::new(Tag::Agents, "showAgent", "Read an agent")
        .parameters([id()])
        .answers::<wire::AgentPage>(200, "With its tokens and what it proposed last.")
}

pub fn change() -> Operation {
    let schema = object(
        [
            ("name", text(60, "Another name.")),
            ("profile", text(60, "Another profile.")),
            ("connection", text(60, "Another connection.")),
        ]
        .into_iter()
        .chain(limits()),
    );
    Operation::new(Tag::Agents, "changeAgent", "Change an agent")
        .text("What is not mentioned stays. It holds from the next request on.")
        .parameters([id()])
        .takes(
            schema,
            json!({"organizations": null, "gateway_wait_seconds": 20}),
        )
        .answers::<wire::Agent>(200, "Changed.")
        .problems(&[NAME_TAKEN, IN_USE])
}

pub fn remove() -> Operation {
    Operation::new(Tag::Agents, "removeAgent", "Remove an agent")
        .parameters([id()])
        .answers_nothing("Removed.")
        .problems(&[IN_USE])
}

pub fn list_tokens() -> Operation {
    Operation::new(
        Tag::Agents,
        "listAgentTokens",
        "List the tokens of an agent",
    )
    .text("The newest first, those that ended included.")
    .parameters([id()])
    .parameters(paging())
    .answers::<Listed<wire::Token>>(200, "A page.")
}

pub fn create_token() -> Operation {
    let schema = object([("name", text(60, "What for.")), days(), addresses()]);
    Operation::new(Tag::Agents, "createAgentToken", "Make a token for an agent")
        .text("The answer is the only one that holds it.")
        .parameters([id()])
        .takes(
            schema,
            json!({"expires_days": 90, "addresses": ["203.0.113.0/24"]}),
        )
        .answers::<wire::CreatedToken>(201, "Made.")
}

pub fn rotate_token() -> Operation {
    let most = i64::from(LONGEST_OVERLAP_HOURS);
    let schema = object([(
        "overlap_hours",
        whole(0, most, "How long both work; 24 if nothing is said."),
    )]);
    Operation::new(
        Tag::Agents,
        "rotateAgentToken",
        "Put another token in the place of one",
    )
    .parameters([id(), token("token", "The id of the token.")])
    .takes(schema, json!({"overlap_hours": 24}))
    .answers::<wire::CreatedToken>(201, "Made; the old one works that much longer.")
    .problems(&[TOKEN_ENDED])
}

pub fn revoke_token() -> Operation {
    Operation::new(Tag::Agents, "revokeToken", "Revoke a token")
        .text("An agent's or a person's, from its next request on.")
        .parameters([token("id", "The id of the token, or its public id.")])
        .answers::<wire::Token>(200, "Revoked.")
}

fn token(name: &'static str, text: &'static str) -> Parameter {
    let schema = json!({"type": "string", "minLength": 1});
    Parameter::path(
        name,
        text,
        schema,
        json!("01981e00-77aa-7b10-a3c4-9d8e7f6a5b40"),
    )
}

fn limits() -> [(&'static str, Value); 3] {
    let wait = i64::from(GatewayWait::LONGEST);
    [
        (
            "organizations",
            ids("The organizations it is limited to; null for all."),
        ),
        (
            "gateway_wait_seconds",
            whole(0, wait, "How long the gateway lets a held write wait."),
        ),
        (
            "owner",
            json!({"type": "string", "format": "uuid", "description": "The person who answers for it."}),
        ),
    ]
}

/// How long a token lasts.
pub fn days() -> (&'static str, Value) {
    let most = i64::from(LONGEST_TOKEN_DAYS);
    (
        "expires_days",
        whole(1, most, "How many days it lasts; 90 if nothing is said."),
    )
}

/// From where a token may be used.
pub fn addresses() -> (&'static str, Value) {
    let range = json!({"type": "string"});
    (
        "addresses",
        list_of(
            &range,
            "From where it may be used; everywhere if nothing is said.",
        ),
    )
}
