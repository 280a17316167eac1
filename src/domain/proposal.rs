//! A proposal as it is stored: what was asked for, what became of it, item by item.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clients::Clients;
use super::fingerprint::Fingerprint;
use super::group::PermissionGroup;
use super::ids::{AgentId, ConnectionId, ItemId, ProposalId, RecordId, TokenId, UserId};
use super::lifecycle::{ItemState, Progress, ProposalStatus, UnresolvedReason};
use super::names::named_enum;
use super::resource::{Record, Snapshot};
use super::time::Timestamp;
use super::verdict::{Tier, Verdict};
use super::write::{ItemRequest, Method, Operation, ResourceRef, TraitsMode, Warning};

/// One intended write, everything that surfaces show of it, without secrets in clear.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The running number people use.
    pub number: i64,
    /// How often the agent has changed it, from 1.
    pub revision: u32,
    /// How often it was put before people anew, from 1.
    pub round: u32,
    /// Where it stands.
    pub status: ProposalStatus,
    /// How much care the decision needs.
    pub tier: Tier,
    /// What an approval of this round is bound to.
    pub fingerprint: Fingerprint,
    /// Whether another write has touched the record since it was read.
    pub is_stale: bool,
    /// Whether it was applied, the record does not show all of it, and nobody has said that they
    /// have seen that.
    pub differs_unseen: bool,
    /// Who proposed it.
    pub agent: AgentRef,
    /// The person who proposed it, and what it takes back, if no agent did.
    pub reversal: Option<Reversal>,
    /// The token it came with; that of the reverted one if a person proposed it.
    pub token_id: TokenId,
    /// The account it is for.
    pub connection: ConnectionRef,
    /// What was asked for, secrets hidden.
    pub request: ProposedWrite,
    /// What it does.
    pub operation: Operation,
    /// The group that rules it.
    pub group: PermissionGroup,
    /// What the policy says, and by which rule.
    pub verdict: Verdict,
    /// The record it is about.
    pub resource: ResourceRef,
    /// Whose records it touches.
    pub clients: Clients,
    /// What for, in the agent's words.
    pub summary: String,
    /// Why, in the agent's words.
    pub reason: Option<String>,
    /// The ticket it belongs to.
    pub ticket: Option<Ticket>,
    /// What a technician should know.
    pub warnings: Vec<Warning>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// Until when it may be decided.
    pub expires_at: Timestamp,
    /// Until when the approval can be undone without being noticed by IT Glue.
    pub hold_until: Option<Timestamp>,
    /// When its status last changed.
    pub updated_at: Timestamp,
    /// What was asked for, exactly, encrypted; erased some time after the end.
    pub asked: Option<Vec<u8>>,
    /// Its parts, in order.
    pub items: Vec<Item>,
}

impl Proposal {
    /// The person who answers for it, and leaves a critical decision about it to somebody else: who
    /// proposed it, or else the owner of the agent that did.
    pub fn answerable(&self) -> Option<UserId> {
        let proposer = self.reversal.as_ref().map(|reversal| reversal.by);
        proposer.or(self.agent.owner)
    }

    /// What came of it, once something did.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::of(self.status, &self.items)
    }

    /// Whether a write of it was ever sent, as far as is known.
    pub fn was_sent(&self) -> bool {
        self.items.iter().any(|item| item.progress.was_sent())
    }
}

/// The agent behind a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
    /// The person answerable for it; agents made on the command line have none.
    pub owner: Option<UserId>,
}

/// That a person proposes to take another proposal back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    /// Who proposes it.
    pub by: UserId,
    /// Their name.
    pub name: String,
    /// The proposal it takes back.
    pub reverts: ProposalId,
    /// The number of that.
    pub number: i64,
}

/// The IT Glue account behind a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionRef {
    /// Its id.
    pub id: ConnectionId,
    /// Its name.
    pub name: String,
}

/// The write as the agent asked for it, secrets hidden.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedWrite {
    /// The method.
    pub method: Method,
    /// IT Glue's path.
    pub path: String,
    /// The body, as it would be sent.
    pub body: Option<Value>,
    /// What becomes of traits that are not mentioned.
    pub traits: TraitsMode,
}

/// The ticket a proposal belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// The ticket system's own id.
    pub id: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One request to IT Glue about one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// The proposal it is a part of.
    pub proposal_id: ProposalId,
    /// Its place among the items, from 0.
    pub position: u32,
    /// What is sent, secrets hidden.
    pub request: ItemRequest,
    /// The exact body where it holds secrets, encrypted; erased some time after the end.
    pub sealed_body: Option<Vec<u8>>,
    /// Where in the body secrets stand.
    pub secret_pointers: Vec<String>,
    /// The record it is about.
    pub resource: ResourceRef,
    /// At most one item per target key is in flight.
    pub target_key: String,
    /// What the drift check compares.
    pub watched: Value,
    /// The record as it was read last before a decision.
    pub pre_image: Snapshot,
    /// When it was read.
    pub pre_read_at: Timestamp,
    /// The record as it was when the agent proposed, where it has moved since.
    pub base_image: Option<Snapshot>,
    /// Where it stands.
    pub progress: Progress,
    /// Why it is unresolved.
    pub unresolved: Option<UnresolvedReason>,
    /// Why it waits, for people.
    pub hold_reason: Option<String>,
    /// When it may be taken up again.
    pub not_before: Option<Timestamp>,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// When negative evidence begins to count.
    pub settle_until: Option<Timestamp>,
    /// How many reads have looked for it since it was sent.
    pub reads: u32,
    /// What came of it.
    pub result: Option<ResultKind>,
    /// What IT Glue answered.
    pub http_status: Option<u16>,
    /// IT Glue's answer, secrets taken out.
    pub response: Option<Value>,
    /// The record as it was read back.
    pub post_image: Option<Record>,
    /// Whether it reads back as sent; `None` until read.
    pub verified: Option<bool>,
    /// What reads back differently.
    pub differences: Vec<Difference>,
    /// Labels of what somebody else changed at the same time.
    pub concurrent_edits: Vec<String>,
    /// The id of the record, once there is one.
    pub resource_id: Option<RecordId>,
    /// When it reached a final state.
    pub ended_at: Option<Timestamp>,
}

impl Item {
    /// The record as it was when the agent proposed.
    pub fn base(&self) -> &Snapshot {
        self.base_image.as_ref().unwrap_or(&self.pre_image)
    }
}

/// What is stored of a proposal's content: at first, and again with every revision and round.
#[derive(Clone, Debug)]
pub struct ProposalContent {
    /// How much care it needs.
    pub tier: Tier,
    /// What an approval is bound to.
    pub fingerprint: Fingerprint,
    /// What was asked for, secrets hidden.
    pub request: ProposedWrite,
    /// What was asked for, exactly, encrypted: from it the content is put together anew.
    pub asked: Vec<u8>,
    /// What it does.
    pub operation: Operation,
    /// The group that rules it.
    pub group: PermissionGroup,
    /// What the policy says.
    pub verdict: Verdict,
    /// The record.
    pub resource: ResourceRef,
    /// Whose records it touches.
    pub clients: Clients,
    /// What a technician should know.
    pub warnings: Vec<Warning>,
    /// Its parts, in order.
    pub items: Vec<NewItem>,
}

impl ProposalContent {
    /// As what takes the place of an earlier content. Whoever sees a proposal sees its past, too: it
    /// stays with those who have all clients that it ever touched.
    #[must_use]
    pub fn after(self, earlier: &Proposal) -> Self {
        Self {
            clients: earlier.clients.and(&self.clients),
            ..self
        }
    }
}

/// An item to be stored.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The id.
    pub id: ItemId,
    /// What is sent, secrets hidden.
    pub request: ItemRequest,
    /// The exact body, encrypted, where it holds secrets.
    pub sealed_body: Option<Vec<u8>>,
    /// Where in the body secrets stand.
    pub secret_pointers: Vec<String>,
    /// The record.
    pub resource: ResourceRef,
    /// At most one in flight per key.
    pub target_key: String,
    /// What the drift check compares.
    pub watched: Value,
    /// The record as it was read last before a decision.
    pub pre_image: Snapshot,
    /// When it was read.
    pub pre_read_at: Timestamp,
    /// The record as it was when the agent proposed, where it has moved since.
    pub base_image: Option<Snapshot>,
}

/// A field that does not read back as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// JSON pointer into the record's attributes.
    pub pointer: String,
    /// What people call the field.
    pub label: String,
    /// What was sent.
    pub sent: Value,
    /// What reads back.
    pub found: Value,
}

named_enum! {
    /// What a person, or the policy in their place, said.
    pub enum DecisionVerdict {
        /// As proposed.
        Approved = "approved",
        /// With changes by the technician.
        ApprovedWithEdits = "approved_with_edits",
        /// Back to the agent, with a message.
        SentBack = "sent_back",
        /// No.
        Rejected = "rejected",
    }
}

named_enum! {
    /// Who decided.
    pub enum DecidedBy {
        /// A technician or administrator.
        Person = "person",
        /// The profile: asking is off.
        Policy = "policy",
    }
}

/// What was decided, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was said.
    pub verdict: DecisionVerdict,
    /// Who said it.
    pub by: DecidedBy,
    /// The person, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    /// The person's name, or the rule.
    pub name: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What it is bound to: what was shown, or what the technician made of it.
    pub fingerprint: Fingerprint,
    /// What was shown.
    pub shown: Fingerprint,
    /// A digest of the edits it came with, by which a repetition is told.
    #[serde(skip)]
    pub edits: Option<[u8; 32]>,
    /// The round it was given in.
    pub round: u32,
}

named_enum! {
    /// What came of a write.
    pub enum ResultKind {
        /// IT Glue carried it out.
        Applied = "applied",
        /// The record was already as approved; nothing was sent.
        AlreadyInPlace = "already_in_place",
        /// IT Glue said no, in its own words.
        RefusedByItGlue = "refused_by_itglue",
        /// The policy changed between approval and sending.
        RefusedByPolicy = "refused_by_policy",
        /// The record no longer exists.
        RecordGone = "record_gone",
        /// It was not carried out.
        NotApplied = "not_applied",
        /// Some items were, others not.
        PartlyApplied = "partly_applied",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

/// What came of a proposal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// In one word.
    pub result: ResultKind,
    /// What IT Glue answered.
    pub http_status: Option<u16>,
    /// The record.
    pub resource_id: Option<RecordId>,
    /// Whether it reads back as sent; `None` until read back.
    pub verified: Option<bool>,
    /// What reads back differently.
    pub differences: Vec<Difference>,
    /// Labels of what somebody else changed at the same time.
    pub concurrent_edits: Vec<String>,
    /// IT Glue's answer, secrets taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
    /// When.
    pub at: Option<Timestamp>,
}

impl Outcome {
    /// The outcome of one item.
    pub fn of_item(item: &Item) -> Option<Self> {
        let result = match item.progress.state {
            ItemState::Unresolved | ItemState::GivenUp => ResultKind::Unknown,
            ItemState::None
            | ItemState::Queued
            | ItemState::Preparing
            | ItemState::Sending
            | ItemState::Uncertain
            | ItemState::Applied
            | ItemState::Failed
            | ItemState::Skipped => item.result?,
        };
        Some(Self {
            result,
            http_status: item.http_status,
            resource_id: item.resource_id,
            verified: item.verified,
            differences: item.differences.clone(),
            concurrent_edits: item.concurrent_edits.clone(),
            response: item.response.clone(),
            at: item.ended_at,
        })
    }

    fn of(status: ProposalStatus, items: &[Item]) -> Option<Self> {
        if let [item] = items {
            return Self::of_item(item);
        }
        let result = match status {
            ProposalStatus::Applied => ResultKind::Applied,
            ProposalStatus::PartlyApplied => ResultKind::PartlyApplied,
            ProposalStatus::ClosedUnknown => ResultKind::Unknown,
            ProposalStatus::NeedsAttention => {
                if items
                    .iter()
                    .any(|item| item.progress.state == ItemState::Unresolved)
                {
                    ResultKind::Unknown
                } else {
                    ResultKind::PartlyApplied
                }
            }
            ProposalStatus::Failed => items
                .iter()
                .find_map(|item| item.result)
                .unwrap_or(ResultKind::NotApplied),
            ProposalStatus::Pending
            | ProposalStatus::SentBack
            | ProposalStatus::Held
            | ProposalStatus::Queued
            | ProposalStatus::Applying
            | ProposalStatus::Checking
            | ProposalStatus::Rejected
            | ProposalStatus::Withdrawn
            | ProposalStatus::Expired => return None,
        };
        Some(Self {
            result,
            http_status: items.iter().rev().find_map(|item| item.http_status),
            resource_id: None,
            verified: verified_together(items),
            differences: items
                .iter()
                .flat_map(|item| item.differences.iter().cloned())
                .collect(),
            concurrent_edits: items
                .iter()
                .flat_map(|item| item.concurrent_edits.iter().cloned())
                .collect(),
            response: None,
            at: items.iter().filter_map(|item| item.ended_at).max(),
        })
    }
}

/// False if any item is, true if all are, unknown otherwise.
fn verified_together(items: &[Item]) -> Option<bool> {
    if items.iter().any(|item| item.verified == Some(false)) {
        return Some(false);
    }
    items
        .iter()
        .all(|item| item.verified == Some(true))
        .then_some(true)
}
