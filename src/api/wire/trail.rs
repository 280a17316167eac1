//! What is known of sends that came to no clear end, as REST returns it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{FollowUp, RecordId, Resolution, Timestamp};
use crate::review::{Candidate, Sight, Trail};
use crate::store::{PastAttempt, PastEvidence, Said};

/// What happened to one item, and what can be seen of it now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Trail)]
pub struct Document {
    position: u32,
    /// The attempt the item is at; a word about it can name this.
    attempt: u32,
    attempts: Vec<PastSend>,
    evidence: Vec<Evidence>,
    resolutions: Vec<Word>,
    now: Option<Seen>,
}

/// A send, and how it ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
struct PastSend {
    attempt: u32,
    sent_at: Timestamp,
    ended_at: Option<Timestamp>,
    ending: Option<String>,
    http_status: Option<u16>,
}

/// What was found about a send.
#[derive(Debug, Serialize, ToSchema)]
struct Evidence {
    at: Timestamp,
    /// `person` or `read`.
    source: &'static str,
    finding: String,
}

/// What a person said of a send.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrailResolution)]
struct Word {
    attempt: u32,
    name: String,
    resolution: Resolution,
    then: Option<FollowUp>,
    resource_id: Option<RecordId>,
    reason: String,
    at: Timestamp,
}

/// What reading shows at this moment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Seen {
    /// IT Glue was read.
    Read {
        /// When.
        at: Timestamp,
        /// What it says.
        finding: String,
        /// Records that the send may have made: new ones of its name.
        candidates: Vec<PossibleRecord>,
    },
    /// IT Glue could not be read.
    Unreadable {
        /// Why.
        unreadable: String,
    },
}

/// A record that a send may have made.
#[derive(Debug, Serialize, ToSchema)]
struct PossibleRecord {
    id: RecordId,
    name: Option<String>,
    url: Option<String>,
    /// Whether it shows all that was sent and can be read.
    as_sent: bool,
}

/// One item's trail.
pub fn document(trail: &Trail) -> Document {
    Document {
        position: trail.position,
        attempt: trail.attempt,
        attempts: trail.attempts.iter().map(attempt).collect(),
        evidence: trail.evidence.iter().map(evidence).collect(),
        resolutions: trail.said.iter().map(word).collect(),
        now: trail.now.as_ref().map(seen),
    }
}

fn attempt(attempt: &PastAttempt) -> PastSend {
    PastSend {
        attempt: attempt.attempt,
        sent_at: attempt.intent_at,
        ended_at: attempt.ended_at,
        ending: attempt.ending.clone(),
        http_status: attempt.http_status,
    }
}

fn evidence(evidence: &PastEvidence) -> Evidence {
    Evidence {
        at: evidence.at,
        source: if evidence.is_by_person {
            "person"
        } else {
            "read"
        },
        finding: evidence.finding.clone(),
    }
}

fn word(said: &Said) -> Word {
    Word {
        attempt: said.attempt,
        name: said.name.clone(),
        resolution: said.resolution,
        then: said.then,
        resource_id: said.resource_id,
        reason: said.reason.clone(),
        at: said.at,
    }
}

fn seen(sight: &Sight) -> Seen {
    match sight {
        Sight::Read {
            at,
            finding,
            candidates,
        } => Seen::Read {
            at: *at,
            finding: finding.clone(),
            candidates: candidates.iter().map(candidate).collect(),
        },
        Sight::Unreadable(why) => Seen::Unreadable {
            unreadable: why.clone(),
        },
    }
}

fn candidate(candidate: &Candidate) -> PossibleRecord {
    PossibleRecord {
        id: candidate.id,
        name: candidate.name.clone(),
        url: candidate.url.clone(),
        as_sent: candidate.is_as_sent,
    }
}
