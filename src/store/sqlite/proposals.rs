//! Proposals: storing, reading, changing what is proposed.

use std::collections::HashMap;

use uuid::Uuid;

use super::contents::{Guard, insert, insert_items, keep_revision, replace_content, ticket};
use super::reverts::{made_anew, open_revert};
use super::rows::{ItemRow, ProposalRow, to_json};
use super::same_writes::first_of_write;
use super::{Store, Tx, audit};
use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, DecidedBy, Decision, DecisionVerdict, Item, Proposal,
    ProposalContent, ProposalId, ProposalStatus, Timestamp, TokenId,
};
use crate::store::{NewProposal, Recorded, StoreError};

impl Store {
    /// Stores a proposal; with a known idempotency key, or for a write that is repeated, gives back
    /// the first one instead, and for a revert one that is open already.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyKeyReused`], [`StoreError::TooManyWaiting`],
    /// [`StoreError::MadeAnew`], or the database.
    pub async fn record_proposal(
        &self,
        proposal: &NewProposal,
        event: &AuditEvent,
    ) -> Result<Recorded, StoreError> {
        let mut tx = self.begin().await?;
        if let Some((key, hash)) = &proposal.idempotency
            && let Some(number) = repeated(&mut tx, proposal.token_id, key, hash.as_slice()).await?
        {
            tx.rollback().await?;
            let first = self.existing(number).await?;
            return Ok(Recorded::Repeated(Box::new(first)));
        }
        if let Some(write) = &proposal.write_digest
            && let Some(number) = first_of_write(&mut tx, proposal.agent_id, write).await?
        {
            tx.rollback().await?;
            let first = Box::new(self.existing(number).await?);
            return Ok(match write.repeats_since {
                Some(_) => Recorded::Repeated(first),
                None => Recorded::Open(first),
            });
        }
        let mut before_it = 0;
        if let Some((_, reverted)) = proposal.reversal {
            if let Some(number) = open_revert(&mut tx, reverted).await? {
                tx.rollback().await?;
                let first = self.existing(number).await?;
                return Ok(Recorded::Repeated(Box::new(first)));
            }
            if let Some(number) = made_anew(&mut tx, reverted).await? {
                return Err(StoreError::MadeAnew(number));
            }
        } else {
            before_it = waiting(&mut tx, proposal.token_id, proposal.waiting_cap).await?;
            if before_it >= i64::from(proposal.waiting_cap) {
                return Err(StoreError::TooManyWaiting);
            }
        }
        let number = insert(&mut tx, proposal, before_it).await?;
        insert_items(
            &mut tx,
            proposal.id,
            proposal.connection_id.0,
            &proposal.content.items,
        )
        .await?;
        audit::append(&mut tx, event).await?;
        if let Some(rule) = &proposal.approved_by_rule {
            approve_by_policy(&mut tx, proposal, rule).await?;
        }
        self.commit(tx).await?;
        Ok(Recorded::New(Box::new(self.existing(number).await?)))
    }

    /// The proposal first stored under this idempotency key.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyKeyReused`] if it came with other content.
    pub async fn repeated_proposal(
        &self,
        token: TokenId,
        key: &str,
        hash: [u8; 32],
    ) -> Result<Option<Proposal>, StoreError> {
        let row = sqlx::query!(
            "SELECT number, idempotency_hash
            FROM proposals
            WHERE token_id = $1 AND idempotency_key = $2",
            token.0,
            key,
        )
        .fetch_optional(&self.readers)
        .await?;
        match row {
            None => Ok(None),
            Some(row) if row.idempotency_hash.as_deref() == Some(hash.as_slice()) => {
                self.proposal_by_number(row.number).await
            }
            Some(_) => Err(StoreError::IdempotencyKeyReused),
        }
    }

    /// The proposal with this id.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn proposal(&self, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
        let number = sqlx::query_scalar!("SELECT number FROM proposals WHERE id = $1", id.0)
            .fetch_optional(&self.readers)
            .await?;
        match number {
            Some(number) => self.proposal_by_number(number).await,
            None => Ok(None),
        }
    }

    /// The proposal with this number.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn proposal_by_number(&self, number: i64) -> Result<Option<Proposal>, StoreError> {
        Ok(self.proposals_by_number(&[number]).await?.pop())
    }

    /// The proposals with these numbers, in this order.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub(super) async fn proposals_by_number(
        &self,
        numbers: &[i64],
    ) -> Result<Vec<Proposal>, StoreError> {
        let list = to_json(&numbers);
        // One transaction, so that a proposal and its items are of the same moment.
        let mut tx = self.readers.begin().await?;
        let rows = sqlx::query_as!(
            ProposalRow,
            "SELECT p.id AS \"id: Uuid\", p.number, p.revision, p.round, p.status, p.tier,
                p.fingerprint, p.is_stale, p.reads_back_differently,
                p.agent_id AS \"agent_id: Uuid\", a.name AS agent_name,
                a.owner_id AS \"owner_id: Uuid\", p.token_id AS \"token_id: Uuid\",
                p.proposed_by AS \"proposed_by: Uuid\", p.reverts AS \"reverts: Uuid\",
                (SELECT name FROM users WHERE id = p.proposed_by) AS \"proposed_by_name: String\",
                (SELECT number FROM proposals AS o WHERE o.id = p.reverts)
                    AS \"reverts_number: i64\",
                p.connection_id AS \"connection_id: Uuid\", c.name AS connection_name, p.method,
                p.path, p.body, p.asked, p.traits, p.operation, p.permission_group, p.verdict, p.rule,
                p.explanation, p.resource_type, p.resource_id, p.resource_name, p.organization_id,
                p.organization_name, p.clients, p.summary, p.reason, p.ticket_id, p.ticket_url, p.warnings,
                p.created_at, p.expires_at, p.hold_until, p.updated_at,
                d.verdict AS \"decided_verdict?\", d.decided_by AS \"decided_by?\",
                d.person AS \"decided_person?: Uuid\", d.name AS \"decided_name?\",
                d.reason AS \"decided_reason?\", d.at AS \"decided_at?\",
                d.fingerprint AS \"decided_fingerprint?\", d.shown AS \"decided_shown?\",
                d.edits AS \"decided_edits?\",
                d.round AS \"decided_round?\",
                CASE WHEN p.status IN ('held', 'queued', 'applying') THEN coalesce(
                    (
                        SELECT 'all writes are paused: ' || w.reason
                        FROM pauses AS w WHERE w.scope = 'all'
                    ),
                    CASE WHEN c.pause IS NOT NULL
                        THEN 'the connection ' || c.name || ' is paused: '
                            || coalesce(c.pause_detail, '')
                            || coalesce(
                                strftime(
                                    ' (until %H:%M:%S UTC)', c.paused_until / 1000, 'unixepoch'
                                ),
                                ''
                            )
                            || CASE WHEN c.pause = 'breaker'
                                THEN '; then one write is tried, a change before a create'
                                ELSE ''
                            END
                    END,
                    CASE WHEN a.paused_at IS NOT NULL AND p.proposed_by IS NULL
                        THEN 'the agent ' || a.name || ' is paused'
                            || coalesce(': ' || a.pause_reason, '')
                    END,
                    (
                        SELECT 'the profile ' || w.name || ' is paused: ' || w.reason
                        FROM pauses AS w
                        WHERE w.scope = 'profile' AND w.subject_id = a.profile_id
                            AND p.proposed_by IS NULL
                    ),
                    (
                        SELECT w.name || ' is paused: ' || w.reason
                        FROM pauses AS w
                        WHERE w.scope = 'organization'
                            AND w.subject_id = CAST(p.organization_id AS BLOB)
                    )
                ) END AS \"held_back?: String\"
            FROM proposals AS p
            CROSS JOIN agents AS a
            CROSS JOIN connections AS c
            LEFT JOIN decisions AS d
                ON d.proposal_id = p.id AND d.round = p.round AND d.undone_at IS NULL
            WHERE a.id = p.agent_id AND c.id = p.connection_id
                AND p.number IN (SELECT value FROM json_each($1))",
            list,
        )
        .fetch_all(&mut *tx)
        .await?;
        let items = item_rows(&mut tx, &list).await?;
        tx.commit().await?;
        put_together(numbers, rows, items)
    }

    async fn existing(&self, number: i64) -> Result<Proposal, StoreError> {
        self.proposal_by_number(number)
            .await?
            .ok_or_else(|| StoreError::inconsistent("proposals", number, "it has disappeared"))
    }

    /// Puts the content of a pending proposal together anew, because the record moved: a new
    /// round, which no fingerprint of an earlier one can approve.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it is no longer pending in this round.
    pub async fn rebuild_proposal(
        &self,
        proposal: &Proposal,
        content: &ProposalContent,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let guard = Guard {
            round: proposal.round,
            next_round: proposal.round + 1,
            revision: proposal.revision,
            status: ProposalStatus::Pending,
            at: event.at,
        };
        replace_content(&mut tx, proposal, &guard, content).await?;
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Replaces what an agent had proposed, while it is pending or was sent back.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it was decided or revised meanwhile, or has expired.
    pub async fn revise_proposal(
        &self,
        proposal: &Proposal,
        revised: &Revision,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let is_open = matches!(
            proposal.status,
            ProposalStatus::Pending | ProposalStatus::SentBack
        );
        if !is_open || proposal.expires_at <= event.at {
            return Err(StoreError::Changed);
        }
        let mut tx = self.begin().await?;
        keep_revision(&mut tx, proposal.id, event.at).await?;
        let guard = Guard {
            round: proposal.round,
            next_round: proposal.round + 1,
            revision: proposal.revision + 1,
            status: proposal.status,
            at: event.at,
        };
        replace_content(&mut tx, proposal, &guard, &revised.content).await?;
        let expires_at = revised.expires_at.as_millis();
        let (ticket_id, ticket_url) = ticket(revised.ticket.as_ref());
        sqlx::query!(
            "UPDATE proposals
            SET summary = $2, reason = $3, ticket_id = $4, ticket_url = $5, expires_at = $6,
                turn_at = turn_at + $6 - expires_at, write_digest = $7
            WHERE id = $1",
            proposal.id.0,
            revised.summary,
            revised.reason,
            ticket_id,
            ticket_url,
            expires_at,
            revised.write_digest,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Notes that the record has moved: the proposal must be opened again before it is decided.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn mark_proposal_stale(&self, id: ProposalId) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE proposals SET is_stale = 1 WHERE id = $1 AND status = 'pending'",
            id.0,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Whether a write of this agent in this group was ever applied.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn has_applied_in_group(
        &self,
        agent: AgentId,
        group: crate::domain::PermissionGroup,
    ) -> Result<bool, StoreError> {
        let group = group.as_str();
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (
                SELECT 1 FROM proposals INDEXED BY proposals_applied_of_agent
                WHERE agent_id = $1 AND permission_group = $2 AND status = 'applied'
                    AND proposed_by IS NULL
            ) AS \"exists!: bool\"",
            agent.0,
            group,
        )
        .fetch_one(&self.readers)
        .await?)
    }
}

/// What takes the place of an earlier revision.
#[derive(Clone, Debug)]
pub struct Revision {
    /// What is proposed now.
    pub content: ProposalContent,
    /// What for, in the agent's words.
    pub summary: String,
    /// Why, in the agent's words.
    pub reason: Option<String>,
    /// The ticket.
    pub ticket: Option<crate::domain::Ticket>,
    /// Until when it may be decided.
    pub expires_at: Timestamp,
    /// As in [`WriteDigest`](crate::store::WriteDigest), where what is proposed now has one.
    pub write_digest: Option<String>,
}

fn put_together(
    numbers: &[i64],
    rows: Vec<ProposalRow>,
    items: Vec<ItemRow>,
) -> Result<Vec<Proposal>, StoreError> {
    let mut items_of: HashMap<Uuid, Vec<Item>> = HashMap::new();
    for item in items {
        let proposal = item.proposal_id;
        items_of.entry(proposal).or_default().push(item.try_into()?);
    }
    let mut found: HashMap<i64, Proposal> = HashMap::with_capacity(rows.len());
    for row in rows {
        let items = items_of.remove(&row.id).unwrap_or_default();
        found.insert(row.number, row.with_items(items)?);
    }
    Ok(numbers
        .iter()
        .filter_map(|number| found.remove(number))
        .collect())
}

async fn repeated(
    tx: &mut Tx,
    token: TokenId,
    key: &str,
    hash: &[u8],
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query!(
        "SELECT number, idempotency_hash
        FROM proposals
        WHERE token_id = $1 AND idempotency_key = $2",
        token.0,
        key,
    )
    .fetch_optional(&mut **tx)
    .await?;
    match row {
        None => Ok(None),
        Some(row) if row.idempotency_hash.as_deref() == Some(hash) => Ok(Some(row.number)),
        Some(_) => Err(StoreError::IdempotencyKeyReused),
    }
}

/// The items of the proposals with these numbers, with what each waits for.
async fn item_rows(tx: &mut Tx, numbers: &str) -> Result<Vec<ItemRow>, StoreError> {
    Ok(sqlx::query_as!(
        ItemRow,
        "SELECT i.id AS \"id: Uuid\", i.proposal_id AS \"proposal_id: Uuid\", i.position,
            i.method, i.path, i.query, i.body, i.sealed_body, i.secret_pointers, i.resource,
            i.operation, i.class, i.record_id, i.parent_resource, i.parent_id, i.target,
            i.target_key, i.watched, i.pre_image, i.pre_read_at, i.base_image, i.state,
            i.unresolved,
            i.hold_reason, i.permits, i.sends, i.returns, i.attempt, i.not_before, i.sent_at,
            i.settle_until, i.reads, i.result, i.http_status, i.response, i.post_image,
            i.verified, i.differences, i.concurrent_edits, i.resource_id, i.ended_at,
            CASE WHEN i.state = 'queued' AND i.class <> 'secret' THEN coalesce(
                (
                    SELECT ahead.number
                    FROM items AS busy
                    CROSS JOIN proposals AS ahead
                    WHERE busy.target_key = i.target_key AND ahead.id = busy.proposal_id
                        AND busy.proposal_id <> i.proposal_id
                        AND busy.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                ),
                (
                    SELECT ahead.number
                    FROM items AS older
                    CROSS JOIN proposals AS ahead
                    WHERE older.target_key = i.target_key AND older.state = 'queued'
                        AND ahead.id = older.proposal_id
                        AND older.proposal_id <> i.proposal_id AND older.class <> 'secret'
                        AND (older.approved_at, older.proposal_id, older.position)
                            < (i.approved_at, i.proposal_id, i.position)
                        AND ahead.status IN ('held', 'queued', 'applying', 'checking')
                    LIMIT 1
                )
            ) END AS \"waits_for?: i64\",
            CASE WHEN i.state = 'queued' THEN (
                SELECT w.name || ' is paused: ' || w.reason
                FROM pauses AS w
                WHERE w.scope = 'organization'
                    AND w.subject_id
                        = CAST(json_extract(i.target, '$.organization_id') AS BLOB)
            ) END AS \"paused_client?: String\",
            CASE WHEN i.state = 'queued' THEN (
                SELECT min(earlier.position)
                FROM items AS earlier
                WHERE earlier.proposal_id = i.proposal_id AND earlier.position < i.position
                    AND earlier.state <> 'applied' AND earlier.passed_over_at IS NULL
                    AND (
                        p.rest_left_at IS NULL
                        OR earlier.state NOT IN ('failed', 'given_up', 'skipped')
                    )
            ) END AS \"waits_behind?: i64\",
            CASE WHEN i.state = 'queued' AND i.class = 'once' THEN (
                SELECT other.number
                FROM items AS unclear
                CROSS JOIN proposals AS other
                WHERE unclear.connection_id = i.connection_id AND unclear.class = 'once'
                    AND other.id = unclear.proposal_id AND unclear.state = 'uncertain'
                    AND unclear.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                    AND EXISTS (
                        SELECT 1 FROM items AS moving
                        WHERE moving.connection_id = i.connection_id AND moving.class = 'once'
                            AND moving.state IN ('preparing', 'sending')
                            AND moving.state
                                IN ('preparing', 'sending', 'uncertain', 'unresolved')
                    )
                LIMIT 1
            ) END AS \"unclear_create?: i64\"
        FROM items AS i
        JOIN proposals AS p ON p.id = i.proposal_id
        WHERE p.number IN (SELECT value FROM json_each($1))
        ORDER BY i.proposal_id, i.position",
        numbers,
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn waiting(tx: &mut Tx, token: TokenId, cap: u32) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT count(*) AS \"count!: i64\"
        FROM (
            SELECT 1 FROM proposals
            WHERE token_id = $1 AND status IN ('pending', 'sent_back')
                AND proposed_by IS NULL
            LIMIT $2
        )",
        token.0,
        cap,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The rule stands for a person: decided and queued in the transaction that stores it.
async fn approve_by_policy(
    tx: &mut Tx,
    proposal: &NewProposal,
    rule: &str,
) -> Result<(), StoreError> {
    let at = proposal.created_at;
    let decision = Decision {
        verdict: DecisionVerdict::Approved,
        by: DecidedBy::Policy,
        person: None,
        name: rule.to_owned(),
        reason: None,
        at,
        fingerprint: proposal.content.fingerprint,
        shown: proposal.content.fingerprint,
        edits: None,
        round: 1,
    };
    super::decisions::insert_decision(tx, proposal.id, &decision, None).await?;
    super::decisions::queue_items(tx, proposal.id, at).await?;
    let millis = at.as_millis();
    sqlx::query!(
        "UPDATE proposals SET status = 'queued', decided_at = $2 WHERE id = $1",
        proposal.id.0,
        millis,
    )
    .execute(&mut **tx)
    .await?;
    let event = AuditEvent::new(at, Actor::Policy, AuditAction::Approved)
        .on("proposal", proposal.id)
        .with(serde_json::json!({ "rule": rule }));
    audit::append(tx, &event).await
}
