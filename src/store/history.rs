//! What was decided in the past, and what agents had proposed before that was changed.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    AgentId, Decision, DecisionVerdict, Method, OrganizationId, Proposal, ResultKind, Timestamp,
    UserId,
};

/// A decision as it was given, whether or not it still stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PastDecision {
    /// Who said what.
    pub decision: Decision,
    /// When it was taken back: undone, or the record moved before it was carried out.
    pub undone_at: Option<Timestamp>,
}

/// A decision with the proposal it was about, as that stands now.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// The decision.
    pub decided: PastDecision,
    /// The proposal.
    pub proposal: Proposal,
}

impl HistoryEntry {
    /// Whether the proposal stands as this decision left it: what came of it, came of this.
    pub fn is_last_word(&self) -> bool {
        self.decided.undone_at.is_none() && self.proposal.round == self.decided.decision.round
    }
}

/// What an agent had proposed, before it or a technician changed it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRevision {
    /// Which one, from 1. Where it is the proposal's own, a technician has changed it since.
    pub revision: u32,
    /// The method.
    pub method: Method,
    /// IT Glue's path.
    pub path: String,
    /// The body, secrets hidden.
    pub body: Option<Value>,
    /// What for, in the agent's words.
    pub summary: String,
    /// Why, in the agent's words.
    pub reason: Option<String>,
    /// When something else took its place.
    pub replaced_at: Timestamp,
}

/// What is looked for in the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// About proposals of this agent.
    pub agent: Option<AgentId>,
    /// Decided by this person.
    pub person: Option<UserId>,
    /// What was said.
    pub verdict: Option<DecisionVerdict>,
    /// What came of it.
    pub result: Option<ResultKind>,
    /// About this organization.
    pub organization: Option<OrganizationId>,
    /// Of this ticket.
    pub ticket: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

/// Where a page of the history begins: below this decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryCursor {
    /// When it was given.
    pub at: i64,
    /// About which proposal.
    pub proposal: Uuid,
    /// In which round.
    pub round: i64,
}

impl HistoryCursor {
    /// Below everything that was decided after this.
    pub const fn after(until: Option<Timestamp>) -> Self {
        let at = match until {
            Some(until) => until.plus_millis(1).as_millis(),
            None => i64::MAX,
        };
        Self {
            at,
            proposal: Uuid::nil(),
            round: 0,
        }
    }

    /// As it stands in addresses.
    pub fn to_text(self) -> String {
        format!("{}.{}.{}", self.at, self.proposal.simple(), self.round)
    }

    /// Reads what [`Self::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let cursor = Self {
            at: parts.next()?.parse().ok()?,
            proposal: parts.next()?.parse().ok()?,
            round: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let cursor = HistoryCursor {
            at: 1_795_269_731_000,
            proposal: Uuid::from_u128(7),
            round: 2,
        };
        assert_eq!(HistoryCursor::parse(&cursor.to_text()), Some(cursor));
        assert_eq!(HistoryCursor::parse("1.2"), None);
        assert_eq!(
            HistoryCursor::parse(&format!("{}.1", cursor.to_text())),
            None
        );
    }

    #[test]
    fn what_is_not_after_a_time_is_below_the_next_millisecond() {
        let noon = Timestamp::from_millis(1_000);
        assert_eq!(HistoryCursor::after(Some(noon)).at, 1_001);
        assert_eq!(HistoryCursor::after(None).at, i64::MAX);
    }
}
