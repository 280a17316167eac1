//! Proposals, their items and decisions, as the store takes and gives them beside the domain's own types.

use serde::Serialize;
use serde_json::Value;

use super::accounts::ConnectionPause;
use crate::domain::{
    AgentId, AuditEvent, ConnectionId, Decision, Difference, Fingerprint, GroupRules, Item, ItemId,
    OrganizationId, OrganizationScope, PermissionGroup, Progress, Proposal, ProposalContent,
    ProposalId, ProposalStatus, Record, RecordId, ResultKind, Ticket, Tier, Timestamp, TokenId,
    UnresolvedReason, UserId, Warning, named_enum,
};

/// A proposal to be stored.
#[derive(Clone, Debug)]
pub struct NewProposal {
    /// The id.
    pub id: ProposalId,
    /// Who proposes.
    pub agent_id: AgentId,
    /// With which token.
    pub token_id: TokenId,
    /// For which account.
    pub connection_id: ConnectionId,
    /// What.
    pub content: ProposalContent,
    /// What for, in the agent's words.
    pub summary: String,
    /// Why, in the agent's words.
    pub reason: Option<String>,
    /// The ticket.
    pub ticket: Option<Ticket>,
    /// The agent's idempotency key and the hash of what came with it.
    pub idempotency: Option<(String, [u8; 32])>,
    /// How the same write is known again.
    pub write_digest: Option<WriteDigest>,
    /// When.
    pub created_at: Timestamp,
    /// Until when it may be decided.
    pub expires_at: Timestamp,
    /// The rule that lets it pass without asking, if one does.
    pub approved_by_rule: Option<String>,
    /// How many proposals may wait per token.
    pub waiting_cap: u32,
    /// The person who proposes, and the proposal that is taken back, if no agent proposes.
    pub reversal: Option<(UserId, ProposalId)>,
}

/// What a write has in common with the same one sent again.
#[derive(Clone, Debug)]
pub struct WriteDigest {
    /// A keyed digest of method, path and body.
    pub digest: String,
    /// For clients that learn what became of a write by repeating it: the first is given back while
    /// it is open, and if it has ended since then and they were not told. `None`: the same again is
    /// refused while the first is open, and is another proposal after that.
    pub repeats_since: Option<Timestamp>,
}

/// A proposal that reverts another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reverting {
    /// Its id.
    pub id: ProposalId,
    /// Its number.
    pub number: i64,
    /// Where it stands.
    pub status: ProposalStatus,
}

/// What a proposal is judged by.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What may be done.
    pub rules: GroupRules,
    /// On whose records.
    pub organizations: OrganizationScope,
}

/// What became of storing a proposal.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// It is new.
    New(Box<Proposal>),
    /// The same key and content were stored before, or it repeats a write; this is that proposal.
    Repeated(Box<Proposal>),
    /// It was not stored: this one is open and is for the same.
    Open(Box<Proposal>),
}

/// What became of the intention to send an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intention {
    /// It is on disk.
    Stored,
    /// Something is paused, for this reason. Nothing was changed.
    Paused(String),
    /// Somebody else was faster. Nothing was changed.
    Overtaken,
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commented {
    /// It is kept under this number.
    New(i64),
    /// It was said before; this is that comment.
    Repeated(i64),
    /// No more are taken.
    Full,
}

/// An approval that is ready to be stored.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Which proposal.
    pub proposal_id: ProposalId,
    /// The round that was shown.
    pub round: u32,
    /// What was shown.
    pub fingerprint: Fingerprint,
    /// Who said what.
    pub decision: Decision,
    /// What takes the place of the content, if the technician edited it.
    pub edited: Option<ProposalContent>,
    /// Until when it can be undone.
    pub hold_until: Option<Timestamp>,
    /// When the person last proved who they are.
    pub step_up_at: Option<Timestamp>,
    /// What the audit says.
    pub audit: AuditEvent,
}

/// One change of an item, guarded by its present state and attempt.
#[derive(Clone, Debug)]
pub struct ItemChange {
    /// The item as the caller sees it.
    pub item_id: ItemId,
    /// Its proposal.
    pub proposal_id: ProposalId,
    /// Where it stands, as the caller sees it.
    pub from: Progress,
    /// Where it will stand.
    pub to: Progress,
    /// When.
    pub at: Timestamp,
    /// Why it waits.
    pub hold_reason: Option<String>,
    /// When it may be taken up again.
    pub not_before: Option<Timestamp>,
    /// Why it is unresolved.
    pub unresolved: Option<UnresolvedReason>,
    /// When it is next read to find out.
    pub next_read_at: Option<Timestamp>,
    /// When negative evidence begins to count. Setting it starts the reading over; `None` leaves
    /// both as they are.
    pub settle_until: Option<Timestamp>,
    /// What came of it.
    pub end: Option<ItemEnd>,
    /// A row of evidence.
    pub evidence: Option<Evidence>,
    /// The attempt that begins with it.
    pub attempt_start: Option<AttemptStart>,
    /// The attempt that ends with it.
    pub attempt_end: Option<AttemptEnd>,
    /// What happens to the connection.
    pub pause: Option<(ConnectionId, ConnectionPause)>,
    /// What the audit says.
    pub audit: AuditEvent,
}

impl ItemChange {
    /// A change that says nothing but where the item stands.
    pub const fn new(item: &Item, to: Progress, at: Timestamp, audit: AuditEvent) -> Self {
        Self {
            item_id: item.id,
            proposal_id: item.proposal_id,
            from: item.progress,
            to,
            at,
            hold_reason: None,
            not_before: None,
            unresolved: None,
            next_read_at: None,
            settle_until: None,
            end: None,
            evidence: None,
            attempt_start: None,
            attempt_end: None,
            pause: None,
            audit,
        }
    }
}

/// How an item ended.
#[derive(Clone, Debug, Default)]
pub struct ItemEnd {
    /// In one word.
    pub result: Option<ResultKind>,
    /// What IT Glue answered.
    pub http_status: Option<u16>,
    /// Its answer, secrets taken out.
    pub response: Option<Value>,
    /// The record.
    pub resource_id: Option<RecordId>,
    /// The record as it reads now.
    pub post_image: Option<Record>,
    /// Whether it reads back as sent.
    pub verified: Option<bool>,
    /// What reads back differently.
    pub differences: Vec<Difference>,
    /// Labels of what somebody else changed at the same time.
    pub concurrent_edits: Vec<String>,
}

/// Something read from IT Glue, or said by a person, about an unclear send.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// `read`, `log` or `person`.
    pub source: &'static str,
    /// What was found.
    pub finding: String,
    /// Hash of what was read.
    pub hash: [u8; 32],
}

/// What was written down before an attempt was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// What was there before: the census of a create, when the record had last changed otherwise.
    pub before: Option<Value>,
    /// IT Glue's clock against ours, in milliseconds.
    pub date_offset: Option<i64>,
}

/// When a reading about an unclear send was taken, and what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastReading {
    /// When.
    pub at: Timestamp,
    /// Hash of what was read.
    pub hash: [u8; 32],
}

/// An attempt whose intent is being written down.
#[derive(Clone, Debug)]
pub struct AttemptStart {
    /// What was there before: the census of a create, when the record had last changed otherwise.
    pub census: Option<Value>,
    /// SHA-256 of the bytes to be sent.
    pub request_hash: [u8; 32],
    /// When the preflight was answered.
    pub preflight_at: Timestamp,
    /// IT Glue's clock against ours, in milliseconds.
    pub date_offset: Option<i64>,
}

/// An attempt that ended.
#[derive(Clone, Debug)]
pub struct AttemptEnd {
    /// When the first byte left.
    pub first_byte_at: Option<Timestamp>,
    /// From the end of the preflight answer to the first byte of the write.
    pub window_ms: Option<i64>,
    /// How it ended.
    pub ending: String,
    /// What IT Glue answered.
    pub http_status: Option<u16>,
    /// Its answer, secrets taken out.
    pub response: Option<Value>,
}

/// An approved proposal goes back before people.
#[derive(Clone, Debug)]
pub struct Returned {
    /// Which.
    pub proposal_id: ProposalId,
    /// The round that was approved.
    pub round: u32,
    /// The fingerprint of the next round.
    pub fingerprint: Fingerprint,
    /// Why, if people should know.
    pub warning: Option<Warning>,
    /// Whether the record must be read again before it is shown.
    pub is_stale: bool,
    /// When.
    pub at: Timestamp,
    /// What the audit says.
    pub audit: AuditEvent,
}

/// An item that is due, with its proposal.
#[derive(Clone, Debug)]
pub struct Due {
    /// The proposal.
    pub proposal: Proposal,
    /// The item, one of the proposal's.
    pub item: Item,
}

/// An item IT Glue must be read for, by its place.
#[derive(Clone, Copy, Debug)]
pub struct DueRead {
    /// The item.
    pub item_id: ItemId,
    pub(super) number: i64,
    pub(super) position: i64,
}

named_enum! {
    /// The lanes of the queue.
    pub enum Lane {
        /// Waits for a person.
        NeedsYou = "needs_you",
        /// Waits for the agent.
        SentBack = "sent_back",
        /// Approved and on its way.
        Applying = "applying",
        /// Needs a look: unknown, partly applied or failed.
        Failed = "failed",
        /// Applied, and the record does not show all of what was approved.
        ReadsDifferently = "reads_differently",
        /// Ended otherwise.
        Done = "done",
    }
}

/// How many proposals each lane holds, counted up to a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneCounts {
    /// Wait for a person.
    pub needs_you: u32,
    /// Wait for the agent.
    pub sent_back: u32,
    /// On their way.
    pub applying: u32,
    /// Need a look.
    pub failed: u32,
    /// Applied, and do not read back as approved.
    pub reads_differently: u32,
}

/// Where a page of the queue begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueCursor {
    /// 2 critical, 1 elevated, 0 routine; unused in lanes ordered by time.
    pub care: i64,
    /// Expiry, or the last change.
    pub at: i64,
    /// The number.
    pub number: i64,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T, C> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<C>,
}

/// What an agent looks for among its proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposalFilter {
    /// In this state.
    pub status: Option<ProposalStatus>,
    /// Of this group.
    pub group: Option<PermissionGroup>,
    /// Of this ticket.
    pub ticket: Option<String>,
    /// About this organization.
    pub organization_id: Option<String>,
}

/// What is looked for in a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Of this agent.
    pub agent: Option<AgentId>,
    /// Of this group.
    pub group: Option<PermissionGroup>,
    /// Of this tier.
    pub tier: Option<Tier>,
    /// About this organization.
    pub organization: Option<OrganizationId>,
    /// About this client as people name it: its id, or a part of its name.
    pub client: Option<String>,
    /// Of this ticket.
    pub ticket: Option<String>,
    /// With this in the record's name or in what the agent says it is for.
    pub text: Option<String>,
}

impl QueueFilter {
    /// Whether everything fits.
    pub fn asks_for_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl QueueCursor {
    /// As it stands in addresses.
    pub fn to_text(self) -> String {
        format!("{}.{}.{}", self.care, self.at, self.number)
    }

    /// Reads what [`Self::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::parse);
        let mut next = || parts.next()?.ok();
        let cursor = Self {
            care: next()?,
            at: next()?,
            number: next()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}
