//! What an agent sends, read member by member.

use axum::http::StatusCode;
use serde_json::Value;

use super::Problem;
use super::body::{JsonObject, Members};
use crate::domain::{Ticket, TraitsMode, json::canonical};
use crate::intake::{Submission, SubmissionText};
use crate::secrets::content_hash;

/// Reads a proposal. Members that do not fit are named one by one.
pub fn submission(object: JsonObject, key: Option<String>) -> Result<Submission, Problem> {
    let hash = content_hash(canonical(&Value::Object(object.0.clone())).as_bytes());
    let mut members = Members::of(object);
    let method = members.required_text("method");
    let path = members.required_text("path");
    let body = members.value("body");
    let traits = traits(&mut members);
    let text = SubmissionText {
        summary: members.required_text("summary"),
        reason: members.text("reason"),
        ticket: members.object("ticket", |ticket| Ticket {
            id: ticket.required_text("id"),
            url: ticket.text("url"),
        }),
    };
    let expires_in_seconds = members.integer("expires_in_seconds");
    members.finish()?;
    Ok(Submission {
        method,
        path,
        body,
        traits,
        text,
        expires_in_seconds,
        is_one_while_open: false,
        idempotency: key.map(|key| (key, hash)),
    })
}

/// A request to be checked: method, path and perhaps a body.
pub struct Check {
    /// The method.
    pub method: String,
    /// IT Glue's path.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// What becomes of traits that are not mentioned.
    pub traits: TraitsMode,
}

/// Reads a request to be checked.
pub fn check(object: JsonObject) -> Result<Check, Problem> {
    let mut members = Members::of(object);
    let check = Check {
        method: members.required_text("method"),
        path: members.required_text("path"),
        body: members.value("body"),
        traits: traits(&mut members),
    };
    members.finish()?;
    Ok(check)
}

fn traits(members: &mut Members) -> TraitsMode {
    let Some(text) = members.text("traits") else {
        return TraitsMode::Replace;
    };
    text.parse().unwrap_or_else(|_| {
        members.error("traits", "`merge` or `replace`.");
        TraitsMode::Replace
    })
}

/// The status of a stored proposal's first answer.
pub const STORED: StatusCode = StatusCode::CREATED;
