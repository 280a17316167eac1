//! Numbers about the whole, as the store gives them.

use crate::domain::{AuditAction, ProposalStatus, Timestamp};

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// How many proposals are in each state that work is still done in, counted up to a limit.
    pub proposals: Vec<(ProposalStatus, i64)>,
    /// When the longest waiting of those that wait to be sent was approved.
    pub oldest_queued_at: Option<Timestamp>,
}

impl Gauges {
    /// For how many seconds that one has waited; 0 if none waits.
    pub fn queue_age_seconds(&self, now: Timestamp) -> i64 {
        self.oldest_queued_at
            .map_or(0, |at| now.millis_since(at).max(0) / 1000)
    }
}

/// What has happened since a row of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HappenedSince {
    /// The last row that was counted.
    pub until: i64,
    /// How often each action, in one entry or several.
    pub events: Vec<(AuditAction, u64)>,
    /// How often a send ended in which way.
    pub endings: Vec<(String, u64)>,
}

/// Connections to the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// That there are.
    pub open: u32,
    /// That have nothing to do.
    pub idle: u32,
}
