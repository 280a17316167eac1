//! What people say about unclear sends, and what they are shown before they say it.

use serde_json::Value;

use super::proposals::ItemChange;
use crate::domain::{
    AuditEvent, Decision, FollowUp, ItemId, ProposalId, RecordId, Resolution, Snapshot, Timestamp,
    UserId,
};

/// A person's word that is ready to be stored.
#[derive(Clone, Debug)]
pub struct NewResolution {
    /// The proposal.
    pub proposal_id: ProposalId,
    /// The item it was said of.
    pub item_id: ItemId,
    /// What was said.
    pub said: Said,
    /// When the person last proved who they are.
    pub step_up_at: Option<Timestamp>,
    /// What happens to the item; with it, its row of the audit.
    pub change: Option<ItemChange>,
    /// The items that are not to be sent any more.
    pub skipped: Vec<ItemId>,
    /// Whether the proposal ends without those that were not applied.
    pub leaves_rest: bool,
    /// Whether what waits behind the item goes on although it, and maybe others before it, did not
    /// end well.
    pub passes_over: bool,
    /// The record as the person found it, where that is no longer what was approved.
    pub rebase: Option<Box<Rebase>>,
    /// What the audit says if nothing happens to the item.
    pub audit: AuditEvent,
}

/// What a person said of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The attempt it is about.
    pub attempt: u32,
    /// Who.
    pub person: UserId,
    /// The person's name.
    pub name: String,
    /// What.
    pub resolution: Resolution,
    /// What is to become of it, if it was not carried out.
    pub then: Option<FollowUp>,
    /// The record, if it is there.
    pub resource_id: Option<RecordId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// An item on the record as it is now, in a new round of its proposal that the person decides.
#[derive(Clone, Debug)]
pub struct Rebase {
    /// The round so far.
    pub round: u32,
    /// What the drift check compares from now on.
    pub watched: Value,
    /// The record as it is now.
    pub pre_image: Snapshot,
    /// The decision of the next round, with its fingerprint.
    pub decision: Decision,
}

/// A send that was made, as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAttempt {
    /// Which claim of the item it belongs to.
    pub attempt: u32,
    /// When the intention was written down.
    pub intent_at: Timestamp,
    /// When it ended, if it did before the process.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub ending: Option<String>,
    /// What IT Glue answered.
    pub http_status: Option<u16>,
}

/// What was found about an unclear send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvidence {
    /// When.
    pub at: Timestamp,
    /// Whether a person says so, and not a reading.
    pub is_by_person: bool,
    /// What, in words.
    pub finding: String,
}
