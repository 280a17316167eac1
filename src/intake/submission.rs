//! What an agent sends, and what its words must be like.

use serde_json::Value;

use crate::domain::{FieldError, Ticket, TraitsMode};

const SUMMARY_CHARACTERS: usize = 200;
const REASON_CHARACTERS: usize = 2_000;
const TICKET_CHARACTERS: usize = 2_000;
const LONGEST_TTL_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What an agent proposes.
#[derive(Clone)]
pub struct Submission {
    /// The method, as given.
    pub method: String,
    /// IT Glue's path, as given.
    pub path: String,
    /// The body, read strictly.
    pub body: Option<Value>,
    /// What becomes of traits that are not mentioned.
    pub traits: TraitsMode,
    /// What people read beside it.
    pub text: SubmissionText,
    /// How long it may wait for a decision.
    pub expires_in_seconds: Option<i64>,
    /// Whether the same write again is this one while it is open, and until its end was told. For
    /// clients that know nothing of proposals, and repeat what was not carried out.
    pub is_one_while_open: bool,
    /// The idempotency key and the hash of what came with it.
    pub idempotency: Option<(String, [u8; 32])>,
}

/// The agent's words.
#[derive(Clone, Debug, Default)]
pub struct SubmissionText {
    /// What for; required, at most 200 characters.
    pub summary: String,
    /// Why; at most 2,000 characters.
    pub reason: Option<String>,
    /// The ticket.
    pub ticket: Option<Ticket>,
}

impl Submission {
    /// What is wrong with the words and the time to live.
    pub(super) fn errors(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut check = |pointer: &str, is_right: bool, detail: &str| {
            if !is_right {
                errors.push(FieldError::new(pointer, detail));
            }
        };
        let SubmissionText {
            summary,
            reason,
            ticket,
        } = &self.text;
        check(
            "/summary",
            !summary.trim().is_empty(),
            "Say in a few words what this is for.",
        );
        check(
            "/summary",
            summary.chars().count() <= SUMMARY_CHARACTERS,
            "At most 200 characters.",
        );
        check(
            "/reason",
            fits(reason.as_deref(), REASON_CHARACTERS),
            "At most 2,000 characters.",
        );
        if let Some(ticket) = ticket {
            check(
                "/ticket/id",
                !ticket.id.trim().is_empty() && ticket.id.chars().count() <= SUMMARY_CHARACTERS,
                "1 to 200 characters.",
            );
            check(
                "/ticket/url",
                fits(ticket.url.as_deref(), TICKET_CHARACTERS),
                "At most 2,000 characters.",
            );
        }
        check(
            "/expires_in_seconds",
            self.expires_in_seconds
                .is_none_or(|seconds| (1..=LONGEST_TTL_SECONDS).contains(&seconds)),
            "1 second to 30 days (2592000).",
        );
        errors
    }
}

fn fits(text: Option<&str>, characters: usize) -> bool {
    text.is_none_or(|text| text.chars().count() <= characters)
}
