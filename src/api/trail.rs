//! What is known of sends that came to no clear end, as REST returns it.

use serde_json::{Value, json};

use crate::review::{Candidate, Sight, Trail};
use crate::store::{PastAttempt, PastEvidence, Said};

/// One item's trail.
pub fn document(trail: &Trail) -> Value {
    json!({
        "position": trail.position,
        "attempts": trail.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "evidence": trail.evidence.iter().map(evidence).collect::<Vec<_>>(),
        "resolutions": trail.said.iter().map(said).collect::<Vec<_>>(),
        "now": trail.now.as_ref().map(sight),
    })
}

fn attempt(attempt: &PastAttempt) -> Value {
    json!({
        "attempt": attempt.attempt,
        "sent_at": attempt.intent_at,
        "ended_at": attempt.ended_at,
        "ending": attempt.ending,
        "http_status": attempt.http_status,
    })
}

fn evidence(evidence: &PastEvidence) -> Value {
    let source = if evidence.is_by_person {
        "person"
    } else {
        "read"
    };
    json!({ "at": evidence.at, "source": source, "finding": evidence.finding })
}

fn said(said: &Said) -> Value {
    json!({
        "attempt": said.attempt,
        "name": said.name,
        "resolution": said.resolution,
        "then": said.then,
        "resource_id": said.resource_id,
        "reason": said.reason,
        "at": said.at,
    })
}

fn sight(sight: &Sight) -> Value {
    match sight {
        Sight::Read {
            at,
            finding,
            candidates,
        } => json!({
            "at": at,
            "finding": finding,
            "candidates": candidates.iter().map(candidate).collect::<Vec<_>>(),
        }),
        Sight::Unreadable(why) => json!({ "unreadable": why }),
    }
}

fn candidate(candidate: &Candidate) -> Value {
    json!({ "id": candidate.id, "name": candidate.name, "url": candidate.url })
}
