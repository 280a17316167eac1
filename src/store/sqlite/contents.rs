//! What is proposed, as columns: written first with the proposal, and anew with every revision and
//! round.

use uuid::Uuid;

use super::Tx;
use super::rows::to_json;
use crate::domain::{
    ItemRequest, NewItem, Proposal, ProposalContent, ProposalId, ProposalStatus, Timestamp,
};
use crate::store::{NewProposal, StoreError};

/// How far each proposal of a token that waits already puts off the turn of its next.
const TURN_SECONDS: i64 = 600;

/// Stores a proposal without its items; gives its number. `waiting` says how many of the same token
/// wait already.
pub(super) async fn insert(
    tx: &mut Tx,
    proposal: &NewProposal,
    waiting: i64,
) -> Result<i64, StoreError> {
    let content = &proposal.content;
    let columns = ContentColumns::of(content);
    let fingerprint = content.fingerprint.0.as_slice();
    let (ticket_id, ticket_url) = ticket(proposal.ticket.as_ref());
    let (key, hash) = match &proposal.idempotency {
        Some((key, hash)) => (Some(key.as_str()), Some(hash.as_slice())),
        None => (None, None),
    };
    let (proposed_by, reverts) = match proposal.reversal {
        Some((by, reverted)) => (Some(by.0), Some(reverted.0)),
        None => (None, None),
    };
    let write_digest = proposal
        .write_digest
        .as_ref()
        .map(|write| write.digest.as_str());
    let created_at = proposal.created_at.as_millis();
    // Who does not learn of the end by repeating the write need not be told of it.
    let told_at = proposal
        .write_digest
        .as_ref()
        .filter(|write| write.repeats_since.is_none())
        .map(|_| created_at);
    let expires_at = proposal.expires_at.as_millis();
    let turn_at = proposal
        .expires_at
        .plus_seconds(waiting * TURN_SECONDS)
        .as_millis();
    let number = sqlx::query_scalar!(
        "INSERT INTO proposals (id, number, agent_id, token_id, connection_id, revision, round,
            status, tier, care, fingerprint, method, path, body, traits, operation,
            permission_group, verdict, rule, explanation, resource_type, resource_id,
            resource_name, organization_id, organization_name, summary, reason, ticket_id,
            ticket_url, warnings, idempotency_key, idempotency_hash, created_at, expires_at,
            updated_at, asked, clients, proposed_by, reverts, turn_at, write_digest, told_at)
        VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM proposals), $2, $3, $4, 1, 1,
            'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $29, $31, $32, $33, $34, $35,
            $36, $37)
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
        columns.clients,
        proposed_by,
        reverts,
        turn_at,
        write_digest,
        told_at,
    )
    .fetch_one(&mut **tx)
    .await?;
    keep_several(tx, content).await?;
    Ok(number)
}

/// Notes which clients are touched together, so that lists by client find such proposals.
async fn keep_several(tx: &mut Tx, content: &ProposalContent) -> Result<(), StoreError> {
    let Some(first) = content.clients.first_of_several() else {
        return Ok(());
    };
    let (first, key) = (first.to_string(), content.clients.key());
    sqlx::query!(
        "INSERT INTO clients_together (key, first) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        key,
        first,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
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
    clients: Option<String>,
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
            clients: content.clients.key(),
            warnings: to_json(&content.warnings),
        }
    }
}

/// The columns of a ticket.
pub(super) fn ticket(ticket: Option<&crate::domain::Ticket>) -> (Option<&str>, Option<&str>) {
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

/// Keeps what the agent had proposed, before something else takes its place. Of each revision the
/// first is kept: what a technician made of it later is not the agent's.
pub(super) async fn keep_revision(
    tx: &mut Tx,
    id: ProposalId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "INSERT INTO revisions (proposal_id, revision, method, path, body, summary, reason,
            replaced_at)
        SELECT id, revision, method, path, body, summary, reason, $2
        FROM proposals
        WHERE id = $1
        ON CONFLICT DO NOTHING",
        id.0,
        at,
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
            asked = $25, clients = $26
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
        columns.clients,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    keep_several(tx, content).await?;
    sqlx::query!(
        "DELETE FROM items WHERE proposal_id = $1 AND state = 'none'",
        proposal.id.0
    )
    .execute(&mut **tx)
    .await?;
    insert_items(tx, proposal.id, proposal.connection.id.0, &content.items).await
}
