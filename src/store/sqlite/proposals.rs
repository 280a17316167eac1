//! Proposals: storing, reading, changing what is proposed.

use std::collections::HashMap;

use uuid::Uuid;

use super::rows::{ItemRow, ProposalRow, to_json};
use super::{Store, Tx, audit};
use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, DecidedBy, Decision, DecisionVerdict, Item,
    ItemRequest, NewItem, Proposal, ProposalContent, ProposalId, ProposalStatus, Timestamp,
    TokenId,
};
use crate::store::{NewProposal, Recorded, StoreError};

impl Store {
    /// Stores a proposal; with a known idempotency key, gives back the first one instead.
    ///
    /// # Errors
    /// [`StoreError::IdempotencyKeyReused`], [`StoreError::TooManyWaiting`], or the database.
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
        if waiting(&mut tx, proposal.token_id, proposal.waiting_cap).await?
            >= i64::from(proposal.waiting_cap)
        {
            return Err(StoreError::TooManyWaiting);
        }
        let number = insert(&mut tx, proposal).await?;
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
                p.fingerprint, p.is_stale, p.agent_id AS \"agent_id: Uuid\", a.name AS agent_name,
                a.owner_id AS \"owner_id: Uuid\", p.token_id AS \"token_id: Uuid\",
                p.connection_id AS \"connection_id: Uuid\", c.name AS connection_name, p.method,
                p.path, p.body, p.asked, p.traits, p.operation, p.permission_group, p.verdict, p.rule,
                p.explanation, p.resource_type, p.resource_id, p.resource_name, p.organization_id,
                p.organization_name, p.summary, p.reason, p.ticket_id, p.ticket_url, p.warnings,
                p.created_at, p.expires_at, p.hold_until, p.updated_at,
                d.verdict AS \"decided_verdict?\", d.decided_by AS \"decided_by?\",
                d.person AS \"decided_person?: Uuid\", d.name AS \"decided_name?\",
                d.reason AS \"decided_reason?\", d.at AS \"decided_at?\",
                d.fingerprint AS \"decided_fingerprint?\", d.shown AS \"decided_shown?\",
                d.round AS \"decided_round?\"
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
        let items = sqlx::query_as!(
            ItemRow,
            "SELECT i.id AS \"id: Uuid\", i.proposal_id AS \"proposal_id: Uuid\", i.position,
                i.method, i.path, i.query, i.body, i.sealed_body, i.secret_pointers, i.resource,
                i.operation, i.class, i.record_id, i.parent_resource, i.parent_id, i.target,
                i.target_key, i.watched, i.pre_image, i.pre_read_at, i.base_image, i.state,
                i.unresolved,
                i.hold_reason, i.permits, i.sends, i.returns, i.attempt, i.not_before, i.sent_at,
                i.settle_until, i.reads, i.result, i.http_status, i.response, i.post_image,
                i.verified, i.differences, i.resource_id, i.ended_at
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE p.number IN (SELECT value FROM json_each($1))
            ORDER BY i.proposal_id, i.position",
            list,
        )
        .fetch_all(&mut *tx)
        .await?;
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
        let at = event.at.as_millis();
        let body = proposal.request.body.as_ref().map(to_json);
        let method = proposal.request.method.as_str();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO revisions (proposal_id, revision, method, path, body, summary, reason,
                replaced_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT DO NOTHING",
            proposal.id.0,
            proposal.revision,
            method,
            proposal.request.path,
            body,
            proposal.summary,
            proposal.reason,
            at,
        )
        .execute(&mut *tx)
        .await?;
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
            SET summary = $2, reason = $3, ticket_id = $4, ticket_url = $5, expires_at = $6
            WHERE id = $1",
            proposal.id.0,
            revised.summary,
            revised.reason,
            ticket_id,
            ticket_url,
            expires_at,
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
                SELECT 1 FROM proposals
                WHERE agent_id = $1 AND permission_group = $2 AND status = 'applied'
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

async fn waiting(tx: &mut Tx, token: TokenId, cap: u32) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT count(*) AS \"count!: i64\"
        FROM (
            SELECT 1 FROM proposals
            WHERE token_id = $1 AND status IN ('pending', 'sent_back')
            LIMIT $2
        )",
        token.0,
        cap,
    )
    .fetch_one(&mut **tx)
    .await?)
}

async fn insert(tx: &mut Tx, proposal: &NewProposal) -> Result<i64, StoreError> {
    let content = &proposal.content;
    let columns = ContentColumns::of(content);
    let fingerprint = content.fingerprint.0.as_slice();
    let (ticket_id, ticket_url) = ticket(proposal.ticket.as_ref());
    let (key, hash) = match &proposal.idempotency {
        Some((key, hash)) => (Some(key.as_str()), Some(hash.as_slice())),
        None => (None, None),
    };
    let created_at = proposal.created_at.as_millis();
    let expires_at = proposal.expires_at.as_millis();
    Ok(sqlx::query_scalar!(
        "INSERT INTO proposals (id, number, agent_id, token_id, connection_id, revision, round,
            status, tier, care, fingerprint, method, path, body, traits, operation,
            permission_group, verdict, rule, explanation, resource_type, resource_id,
            resource_name, organization_id, organization_name, summary, reason, ticket_id,
            ticket_url, warnings, idempotency_key, idempotency_hash, created_at, expires_at,
            updated_at, asked)
        VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM proposals), $2, $3, $4, 1, 1,
            'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $29, $31)
        RETURNING number",
        proposal.id.0,
        proposal.agent_id.0,
        proposal.token_id.0,
        proposal.connection_id.0,
        columns.tier,
        columns.care,
        fingerprint,
        columns.method,
        content.request.path,
        columns.body,
        columns.traits,
        columns.operation,
        columns.group,
        columns.verdict,
        content.verdict.rule,
        content.verdict.explanation,
        content.resource.json_type,
        columns.resource_id,
        content.resource.name,
        columns.organization_id,
        content.resource.organization_name,
        proposal.summary,
        proposal.reason,
        ticket_id,
        ticket_url,
        columns.warnings,
        key,
        hash,
        created_at,
        expires_at,
        content.asked,
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The columns of a proposal's content that need a form of their own.
struct ContentColumns {
    tier: &'static str,
    care: i64,
    method: &'static str,
    body: Option<String>,
    traits: &'static str,
    operation: &'static str,
    group: &'static str,
    verdict: &'static str,
    resource_id: Option<String>,
    organization_id: Option<String>,
    warnings: String,
}

impl ContentColumns {
    fn of(content: &ProposalContent) -> Self {
        Self {
            tier: content.tier.as_str(),
            care: content.tier as i64,
            method: content.request.method.as_str(),
            body: content.request.body.as_ref().map(to_json),
            traits: content.request.traits.as_str(),
            operation: content.operation.as_str(),
            group: content.group.as_str(),
            verdict: content.verdict.kind.as_str(),
            resource_id: content.resource.id.map(|id| id.to_string()),
            organization_id: content.resource.organization_id.map(|id| id.to_string()),
            warnings: to_json(&content.warnings),
        }
    }
}

fn ticket(ticket: Option<&crate::domain::Ticket>) -> (Option<&str>, Option<&str>) {
    ticket.map_or((None, None), |ticket| {
        (Some(ticket.id.as_str()), ticket.url.as_deref())
    })
}

pub(super) async fn insert_items(
    tx: &mut Tx,
    proposal: ProposalId,
    connection: Uuid,
    items: &[NewItem],
) -> Result<(), StoreError> {
    for (position, item) in items.iter().enumerate() {
        let position = i64::try_from(position).expect("a proposal holds at most 50 items");
        insert_item(tx, proposal, connection, position, item).await?;
    }
    Ok(())
}

async fn insert_item(
    tx: &mut Tx,
    proposal: ProposalId,
    connection: Uuid,
    position: i64,
    item: &NewItem,
) -> Result<(), StoreError> {
    let ItemRequest {
        route,
        body,
        resource,
        operation,
        class,
        record_id,
        parent,
    } = &item.request;
    let method = route.method.as_str();
    let query = to_json(&route.query);
    let body = body.as_ref().map(to_json);
    let secret_pointers = to_json(&item.secret_pointers);
    let operation = operation.as_str();
    let class = class.as_str();
    let record_id = record_id.map(|id| id.to_string());
    let parent_resource = parent.as_ref().map(|(resource, _)| resource.as_str());
    let parent_id = parent.as_ref().map(|(_, id)| id.to_string());
    let target = to_json(&item.resource);
    let watched = to_json(&item.watched);
    let pre_image = to_json(&item.pre_image);
    let pre_read_at = item.pre_read_at.as_millis();
    let base_image = item.base_image.as_ref().map(to_json);
    sqlx::query!(
        "INSERT INTO items (id, proposal_id, position, connection_id, method, path, query, body,
            sealed_body, secret_pointers, resource, operation, class, record_id, parent_resource,
            parent_id, target, target_key, watched, pre_image, pre_read_at, state, permits, sends,
            returns, attempt, resource_id, base_image)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, 'none', 0, 0, 0, 0, $14, $22)",
        item.id.0,
        proposal.0,
        position,
        connection,
        method,
        route.path,
        query,
        body,
        item.sealed_body,
        secret_pointers,
        resource,
        operation,
        class,
        record_id,
        parent_resource,
        parent_id,
        target,
        item.target_key,
        watched,
        pre_image,
        pre_read_at,
        base_image,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What must still be true for content to be replaced, and what comes after.
pub(super) struct Guard {
    pub(super) round: u32,
    pub(super) next_round: u32,
    pub(super) revision: u32,
    pub(super) status: ProposalStatus,
    pub(super) at: Timestamp,
}

/// Replaces content and items of a proposal that nobody has approved; it is pending afterwards.
pub(super) async fn replace_content(
    tx: &mut Tx,
    proposal: &Proposal,
    guard: &Guard,
    content: &ProposalContent,
) -> Result<(), StoreError> {
    let columns = ContentColumns::of(content);
    let fingerprint = content.fingerprint.0.as_slice();
    let status = guard.status.as_str();
    let at = guard.at.as_millis();
    let changed = sqlx::query!(
        "UPDATE proposals
        SET revision = $4, round = $5, status = 'pending', tier = $6, care = $7, fingerprint = $8,
            is_stale = 0, method = $9, path = $10, body = $11, traits = $12, operation = $13,
            permission_group = $14, verdict = $15, rule = $16, explanation = $17,
            resource_type = $18, resource_id = $19, resource_name = $20, organization_id = $21,
            organization_name = $22, warnings = $23, decided_at = NULL, updated_at = $24,
            asked = $25
        WHERE id = $1 AND round = $2 AND status = $3 AND revision IN ($4, $4 - 1)",
        proposal.id.0,
        guard.round,
        status,
        guard.revision,
        guard.next_round,
        columns.tier,
        columns.care,
        fingerprint,
        columns.method,
        content.request.path,
        columns.body,
        columns.traits,
        columns.operation,
        columns.group,
        columns.verdict,
        content.verdict.rule,
        content.verdict.explanation,
        content.resource.json_type,
        columns.resource_id,
        content.resource.name,
        columns.organization_id,
        content.resource.organization_name,
        columns.warnings,
        at,
        content.asked,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    sqlx::query!(
        "DELETE FROM items WHERE proposal_id = $1 AND state = 'none'",
        proposal.id.0
    )
    .execute(&mut **tx)
    .await?;
    insert_items(tx, proposal.id, proposal.connection.id.0, &content.items).await
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
