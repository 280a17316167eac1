//! From rows to domain types. A row that makes no sense is an error, never a default.

use std::fmt::Display;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::domain::{
    AgentId, AgentRef, ConnectionId, ConnectionRef, DecidedBy, Decision, Fingerprint, Item, ItemId,
    ItemRequest, ItemState, OrganizationScope, Progress, Proposal, ProposalId, ProposedWrite,
    ResourceRef, Reversal, Route, Ticket, Timestamp, TokenId, UserId, Verdict,
};
use crate::store::StoreError;

/// The time in a column.
pub(super) const fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// The time in a column that may be empty.
pub(super) fn when(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// A closed enum from its stable name, or any other type from its text.
pub(super) fn named<T: FromStr<Err: Display>>(
    table: &'static str,
    row: impl Display,
    text: &str,
) -> Result<T, StoreError> {
    text.parse()
        .map_err(|error| StoreError::inconsistent(table, row, error))
}

/// The same of a column that may be empty.
pub(super) fn named_or_none<T: FromStr<Err: Display>>(
    table: &'static str,
    row: impl Display,
    text: Option<&str>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| named(table, row, text)).transpose()
}

/// A value from its JSON.
pub(super) fn from_json<T: DeserializeOwned>(
    table: &'static str,
    row: impl Display,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::inconsistent(table, row, error))
}

fn from_json_or_none<T: DeserializeOwned>(
    table: &'static str,
    row: impl Display,
    text: Option<&str>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| from_json(table, row, text)).transpose()
}

/// A value as JSON.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("domain types have string keys and always serialize")
}

/// Organizations that something is limited to, as a column.
pub(super) fn scope_to_json(scope: &OrganizationScope) -> Option<String> {
    match scope {
        OrganizationScope::All => None,
        OrganizationScope::Only(ids) => Some(to_json(ids)),
    }
}

/// Organizations that something is limited to, from a column.
pub(super) fn scope_from_json(
    table: &'static str,
    row: impl Display,
    text: Option<String>,
) -> Result<OrganizationScope, StoreError> {
    match text {
        None => Ok(OrganizationScope::All),
        Some(ids) => from_json(table, row, &ids).map(OrganizationScope::Only),
    }
}

/// A count from a column.
pub(super) fn count(
    table: &'static str,
    row: impl Display,
    number: i64,
) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|error| StoreError::inconsistent(table, row, error))
}

fn fingerprint(row: impl Display, bytes: Vec<u8>) -> Result<Fingerprint, StoreError> {
    bytes
        .try_into()
        .map(Fingerprint)
        .map_err(|_| StoreError::inconsistent("proposals", row, "the fingerprint is cut off"))
}

/// A proposal without its items.
pub(super) struct ProposalRow {
    pub(super) id: Uuid,
    pub(super) number: i64,
    pub(super) revision: i64,
    pub(super) round: i64,
    pub(super) status: String,
    pub(super) tier: String,
    pub(super) fingerprint: Vec<u8>,
    pub(super) is_stale: i64,
    pub(super) reads_back_differently: i64,
    pub(super) agent_id: Uuid,
    pub(super) agent_name: String,
    pub(super) owner_id: Option<Uuid>,
    pub(super) token_id: Uuid,
    pub(super) proposed_by: Option<Uuid>,
    pub(super) proposed_by_name: Option<String>,
    pub(super) reverts: Option<Uuid>,
    pub(super) reverts_number: Option<i64>,
    pub(super) connection_id: Uuid,
    pub(super) connection_name: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Option<String>,
    pub(super) asked: Option<Vec<u8>>,
    pub(super) traits: String,
    pub(super) operation: String,
    pub(super) permission_group: String,
    pub(super) verdict: String,
    pub(super) rule: String,
    pub(super) explanation: String,
    pub(super) resource_type: String,
    pub(super) resource_id: Option<String>,
    pub(super) resource_name: Option<String>,
    pub(super) organization_id: Option<String>,
    pub(super) organization_name: Option<String>,
    pub(super) clients: Option<String>,
    pub(super) summary: String,
    pub(super) reason: Option<String>,
    pub(super) ticket_id: Option<String>,
    pub(super) ticket_url: Option<String>,
    pub(super) warnings: String,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) hold_until: Option<i64>,
    pub(super) updated_at: i64,
    pub(super) decided_verdict: Option<String>,
    pub(super) decided_by: Option<String>,
    pub(super) decided_person: Option<Uuid>,
    pub(super) decided_name: Option<String>,
    pub(super) decided_reason: Option<String>,
    pub(super) decided_at: Option<i64>,
    pub(super) decided_fingerprint: Option<Vec<u8>>,
    pub(super) decided_shown: Option<Vec<u8>>,
    pub(super) decided_edits: Option<Vec<u8>>,
    pub(super) decided_round: Option<i64>,
    /// What holds back what is approved of it, if anything does.
    pub(super) held_back: Option<String>,
}

/// What waits its turn says what it waits for, as long as that holds it back: what holds back all
/// of a proposal before what holds back one record of it.
fn held_back(mut items: Vec<Item>, why: Option<&str>) -> Vec<Item> {
    let Some(why) = why else { return items };
    let waiting = items
        .iter_mut()
        .filter(|item| item.progress.state == ItemState::Queued);
    for item in waiting {
        item.hold_reason = Some(why.to_owned());
    }
    items
}

impl ProposalRow {
    /// The proposal, with the items read beside it.
    pub(super) fn with_items(self, items: Vec<Item>) -> Result<Proposal, StoreError> {
        const TABLE: &str = "proposals";
        let row = self.id;
        let decision = self.decision()?;
        let reversal = self.reversal();
        let items = held_back(items, self.held_back.as_deref());
        Ok(Proposal {
            id: ProposalId(row),
            number: self.number,
            revision: count(TABLE, row, self.revision)?,
            round: count(TABLE, row, self.round)?,
            status: named(TABLE, row, &self.status)?,
            tier: named(TABLE, row, &self.tier)?,
            fingerprint: fingerprint(row, self.fingerprint)?,
            is_stale: self.is_stale != 0,
            differs_unseen: self.reads_back_differently != 0,
            agent: AgentRef {
                id: AgentId(self.agent_id),
                name: self.agent_name,
                owner: self.owner_id.map(UserId),
            },
            reversal,
            token_id: TokenId(self.token_id),
            connection: ConnectionRef {
                id: ConnectionId(self.connection_id),
                name: self.connection_name,
            },
            request: ProposedWrite {
                method: named(TABLE, row, &self.method)?,
                path: self.path,
                body: from_json_or_none(TABLE, row, self.body.as_deref())?,
                traits: named(TABLE, row, &self.traits)?,
            },
            operation: named(TABLE, row, &self.operation)?,
            group: named(TABLE, row, &self.permission_group)?,
            verdict: Verdict {
                kind: named(TABLE, row, &self.verdict)?,
                rule: self.rule,
                explanation: self.explanation,
            },
            resource: ResourceRef {
                json_type: self.resource_type,
                id: named_or_none(TABLE, row, self.resource_id.as_deref())?,
                name: self.resource_name,
                organization_id: named_or_none(TABLE, row, self.organization_id.as_deref())?,
                organization_name: self.organization_name,
            },
            clients: named_or_none(TABLE, row, self.clients.as_deref())?.unwrap_or_default(),
            summary: self.summary,
            reason: self.reason,
            ticket: self.ticket_id.map(|id| Ticket {
                id,
                url: self.ticket_url,
            }),
            warnings: from_json(TABLE, row, &self.warnings)?,
            decision,
            created_at: time(self.created_at),
            expires_at: time(self.expires_at),
            hold_until: when(self.hold_until),
            updated_at: time(self.updated_at),
            asked: self.asked,
            items,
        })
    }

    fn reversal(&self) -> Option<Reversal> {
        Some(Reversal {
            by: UserId(self.proposed_by?),
            name: self.proposed_by_name.clone()?,
            reverts: ProposalId(self.reverts?),
            number: self.reverts_number?,
        })
    }

    fn decision(&self) -> Result<Option<Decision>, StoreError> {
        let (Some(verdict), Some(by), Some(at), Some(round), Some(fingerprint), Some(shown)) = (
            self.decided_verdict.clone(),
            self.decided_by.clone(),
            self.decided_at,
            self.decided_round,
            self.decided_fingerprint.clone(),
            self.decided_shown.clone(),
        ) else {
            return Ok(None);
        };
        let columns = DecisionColumns {
            round,
            by,
            person: self.decided_person,
            name: self.decided_name.clone().unwrap_or_default(),
            verdict,
            fingerprint,
            shown,
            edits: self.decided_edits.clone(),
            reason: self.decided_reason.clone(),
            at,
        };
        columns.decision(self.id).map(Some)
    }
}

/// A decision, as it stands in its table.
pub(super) struct DecisionColumns {
    pub(super) round: i64,
    pub(super) by: String,
    pub(super) person: Option<Uuid>,
    pub(super) name: String,
    pub(super) verdict: String,
    pub(super) fingerprint: Vec<u8>,
    pub(super) shown: Vec<u8>,
    pub(super) edits: Option<Vec<u8>>,
    pub(super) reason: Option<String>,
    pub(super) at: i64,
}

impl DecisionColumns {
    /// The decision about this proposal.
    pub(super) fn decision(self, proposal: Uuid) -> Result<Decision, StoreError> {
        const TABLE: &str = "decisions";
        let by = named(TABLE, proposal, &self.by)?;
        let edits = self.edits.map(<[u8; 32]>::try_from).transpose();
        Ok(Decision {
            verdict: named(TABLE, proposal, &self.verdict)?,
            by,
            person: match by {
                DecidedBy::Person => self.person.map(UserId),
                DecidedBy::Policy => None,
            },
            name: self.name,
            reason: self.reason,
            at: time(self.at),
            fingerprint: fingerprint(proposal, self.fingerprint)?,
            shown: fingerprint(proposal, self.shown)?,
            edits: edits.map_err(|_| StoreError::inconsistent(TABLE, proposal, "edits"))?,
            round: count(TABLE, proposal, self.round)?,
        })
    }
}

/// An item.
pub(super) struct ItemRow {
    pub(super) id: Uuid,
    pub(super) proposal_id: Uuid,
    pub(super) position: i64,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) body: Option<String>,
    pub(super) sealed_body: Option<Vec<u8>>,
    pub(super) secret_pointers: String,
    pub(super) resource: String,
    pub(super) operation: String,
    pub(super) class: String,
    pub(super) record_id: Option<String>,
    pub(super) parent_resource: Option<String>,
    pub(super) parent_id: Option<String>,
    pub(super) target: String,
    pub(super) target_key: String,
    pub(super) watched: String,
    pub(super) pre_image: String,
    pub(super) pre_read_at: i64,
    pub(super) base_image: Option<String>,
    pub(super) state: String,
    pub(super) unresolved: Option<String>,
    pub(super) hold_reason: Option<String>,
    pub(super) permits: i64,
    pub(super) sends: i64,
    pub(super) returns: i64,
    pub(super) attempt: i64,
    pub(super) not_before: Option<i64>,
    pub(super) sent_at: Option<i64>,
    pub(super) settle_until: Option<i64>,
    pub(super) reads: i64,
    pub(super) result: Option<String>,
    pub(super) http_status: Option<i64>,
    pub(super) response: Option<String>,
    pub(super) post_image: Option<String>,
    pub(super) verified: Option<i64>,
    pub(super) differences: String,
    pub(super) concurrent_edits: String,
    pub(super) resource_id: Option<String>,
    pub(super) ended_at: Option<i64>,
    /// The proposal whose write to the same record comes first.
    pub(super) waits_for: Option<i64>,
    /// That writes for its client are paused, and why.
    pub(super) paused_client: Option<String>,
    /// The first record of its proposal that has to end well before.
    pub(super) waits_behind: Option<i64>,
    /// The proposal of a create that may have been carried out; until that is clear creates go one
    /// at a time, and another is on its way.
    pub(super) unclear_create: Option<i64>,
}

impl ItemRow {
    /// Why it waits: what holds it back whatever becomes of its own tries, or else what they ended
    /// with.
    fn waits_because(&self) -> Option<String> {
        let of_others = match (self.waits_for, &self.paused_client, self.waits_behind) {
            (Some(number), _, _) => Some(format!("#{number} writes to the same record first")),
            (None, Some(pause), _) => Some(pause.clone()),
            (None, None, Some(position)) => Some(format!(
                "record {} of this proposal has to end well first",
                position + 1
            )),
            (None, None, None) => None,
        };
        let of_creates = || {
            let number = self.unclear_create?;
            Some(format!(
                "creates go one at a time until it is clear what became of #{number}"
            ))
        };
        of_others
            .or_else(of_creates)
            .or_else(|| self.hold_reason.clone())
    }
}

impl TryFrom<ItemRow> for Item {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        const TABLE: &str = "items";
        let id = row.id;
        let hold_reason = row.waits_because();
        let class = named(TABLE, id, &row.class)?;
        let parent = match (row.parent_resource, row.parent_id) {
            (Some(resource), Some(parent)) => Some((resource, named(TABLE, id, &parent)?)),
            (None, _) | (_, None) => None,
        };
        Ok(Self {
            id: ItemId(id),
            proposal_id: ProposalId(row.proposal_id),
            position: count(TABLE, id, row.position)?,
            request: ItemRequest {
                route: Route {
                    method: named(TABLE, id, &row.method)?,
                    path: row.path,
                    query: from_json(TABLE, id, &row.query)?,
                },
                body: from_json_or_none(TABLE, id, row.body.as_deref())?,
                resource: row.resource,
                operation: named(TABLE, id, &row.operation)?,
                class,
                record_id: named_or_none(TABLE, id, row.record_id.as_deref())?,
                parent,
            },
            sealed_body: row.sealed_body,
            secret_pointers: from_json(TABLE, id, &row.secret_pointers)?,
            resource: from_json(TABLE, id, &row.target)?,
            target_key: row.target_key,
            watched: from_json(TABLE, id, &row.watched)?,
            pre_image: from_json(TABLE, id, &row.pre_image)?,
            pre_read_at: time(row.pre_read_at),
            base_image: from_json_or_none(TABLE, id, row.base_image.as_deref())?,
            progress: Progress {
                class,
                state: named(TABLE, id, &row.state)?,
                permits: count(TABLE, id, row.permits)?,
                sends: count(TABLE, id, row.sends)?,
                returns: count(TABLE, id, row.returns)?,
                attempt: count(TABLE, id, row.attempt)?,
            },
            unresolved: named_or_none(TABLE, id, row.unresolved.as_deref())?,
            hold_reason,
            not_before: when(row.not_before),
            sent_at: when(row.sent_at),
            settle_until: when(row.settle_until),
            reads: count(TABLE, id, row.reads)?,
            result: named_or_none(TABLE, id, row.result.as_deref())?,
            http_status: row
                .http_status
                .map(u16::try_from)
                .transpose()
                .map_err(|error| StoreError::inconsistent(TABLE, id, error))?,
            response: from_json_or_none(TABLE, id, row.response.as_deref())?,
            post_image: from_json_or_none(TABLE, id, row.post_image.as_deref())?,
            verified: row.verified.map(|flag| flag != 0),
            differences: from_json(TABLE, id, &row.differences)?,
            concurrent_edits: from_json(TABLE, id, &row.concurrent_edits)?,
            resource_id: named_or_none(TABLE, id, row.resource_id.as_deref())?,
            ended_at: when(row.ended_at),
        })
    }
}
