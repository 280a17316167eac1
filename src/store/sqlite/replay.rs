//! The worker's side: claiming items, and every later change of one, guarded by state and attempt.

use serde_json::json;
use uuid::Uuid;

use super::changes::note_read_back;
use super::pauses::pause_of;
use super::rows::{named, to_json};
use super::{Store, Tx, audit, connections};
use crate::domain::{
    Actor, AuditAction, AuditEvent, ConnectionId, ItemId, ItemState, ProposalStatus, ResultKind,
    Timestamp,
};
use crate::store::{
    AttemptEnd, AttemptStart, Due, Evidence, Intention, ItemChange, ItemEnd, StoreError,
};

impl Store {
    /// Claims the oldest approved item whose turn it is and whose connection is not busy: its
    /// target is free, its earlier items are applied, nothing pauses it. On one target nobody
    /// overtakes, except those whose agent or profile is paused, which holds back what agents
    /// proposed and not what people did. While it is unclear whether a
    /// create was carried out, creates on its connection go one at a time; after the breaker, what
    /// can be repeated goes first. Approved reads of secrets are collected, never claimed, and no
    /// write waits for one.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn claim_next(
        &self,
        now: Timestamp,
        busy: &[ConnectionId],
    ) -> Result<Option<Due>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(mut next) = next_in_turn(&mut tx, now, busy, None).await? else {
            return Ok(None);
        };
        if next.is_risky {
            let over = Some(next.connection_id);
            let safer = next_in_turn(&mut tx, now, busy, over).await?;
            next = safer.unwrap_or(next);
        }
        sqlx::query!(
            "UPDATE items
            SET state = 'preparing', attempt = attempt + 1, hold_reason = NULL, not_before = NULL
            WHERE id = $1 AND state = 'queued' AND attempt = $2",
            next.id,
            next.attempt,
        )
        .execute(&mut *tx)
        .await?;
        let event = AuditEvent::new(now, Actor::Worker, AuditAction::Claimed)
            .on("proposal", next.proposal_id)
            .with(json!({ "position": next.position, "attempt": next.attempt + 1 }));
        audit::append(&mut tx, &event).await?;
        refresh_status(&mut tx, next.proposal_id, now).await?;
        self.commit(tx).await?;
        let due = self.due(next.number, next.position).await?;
        // Whoever undid the approval meanwhile was faster.
        let progress = due.item.progress;
        let is_still_ours = progress.state == ItemState::Preparing
            && i64::from(progress.attempt) == next.attempt + 1;
        Ok(Some(due).filter(|_| is_still_ours))
    }

    /// Changes an item, if it still stands where the caller saw it; its proposal follows. False:
    /// somebody else was faster, and nothing was changed.
    ///
    /// # Errors
    /// If the database does not answer, or if an intention to send cannot be noted in the mark
    /// beside it: nothing must be sent then, although the intention may be stored.
    pub async fn change_item(&self, change: &ItemChange) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if !apply(&mut tx, change).await? {
            return Ok(false);
        }
        refresh_status(&mut tx, change.proposal_id.0, change.at).await?;
        self.commit(tx).await?;
        if change.to.state == ItemState::Sending {
            self.set_mark().await?;
        } else if change.from.state == ItemState::Sending {
            self.note_end_of_send().await;
        }
        Ok(true)
    }

    /// Stores the intention to send, unless something is paused: a pause that was stored before is
    /// never followed by one.
    ///
    /// # Errors
    /// As [`Self::change_item`].
    pub async fn record_intention(&self, change: &ItemChange) -> Result<Intention, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(why) = pause_of(&mut tx, change.item_id, change.at).await? {
            return Ok(Intention::Paused(why));
        }
        if !apply(&mut tx, change).await? {
            return Ok(Intention::Overtaken);
        }
        refresh_status(&mut tx, change.proposal_id.0, change.at).await?;
        self.commit(tx).await?;
        self.set_mark().await?;
        Ok(Intention::Stored)
    }
}

/// Everything that changes with an item but the status of its proposal. False: somebody else was
/// faster, and nothing was changed.
pub(super) async fn apply(tx: &mut Tx, change: &ItemChange) -> Result<bool, StoreError> {
    if !update_item(tx, change).await? {
        return Ok(false);
    }
    if let Some(end) = &change.end {
        record_end(tx, change, end).await?;
    }
    if let Some(start) = &change.attempt_start {
        start_attempt(tx, change, start).await?;
    }
    if let Some(end) = &change.attempt_end {
        end_attempt(tx, change, end).await?;
    }
    if let Some(evidence) = &change.evidence {
        record_evidence(tx, change.item_id, change.at, evidence).await?;
    }
    if let Some((connection, pause)) = &change.pause {
        connections::set_pause(tx, *connection, pause, None).await?;
    }
    audit::append(tx, &change.audit).await?;
    if change.to.state == ItemState::Applied && change.from.state != ItemState::Applied {
        mark_stale(tx, change).await?;
    }
    Ok(true)
}

/// The item whose turn it is.
struct NextItem {
    id: Uuid,
    proposal_id: Uuid,
    position: i64,
    attempt: i64,
    number: i64,
    connection_id: Uuid,
    /// It would be the try after the breaker, and cannot be repeated.
    is_risky: bool,
}

/// The oldest item that nothing holds back. `set_over` asks for one that can be repeated, over this
/// connection.
async fn next_in_turn(
    tx: &mut Tx,
    now: Timestamp,
    busy: &[ConnectionId],
    set_over: Option<Uuid>,
) -> Result<Option<NextItem>, StoreError> {
    let at = now.as_millis();
    let busy = to_json(
        &busy
            .iter()
            .map(|id| id.0.simple().to_string().to_uppercase())
            .collect::<Vec<_>>(),
    );
    // `CROSS JOIN` keeps the order: the queue is read from its front, and nothing is sorted.
    Ok(sqlx::query_as!(
        NextItem,
        "SELECT i.id AS \"id: Uuid\", i.proposal_id AS \"proposal_id: Uuid\", i.position,
            i.attempt, p.number, i.connection_id AS \"connection_id: Uuid\",
            i.class = 'once' AND c.pause IS 'breaker' AS \"is_risky!: bool\"
        FROM items AS i
        CROSS JOIN proposals AS p
        CROSS JOIN agents AS a
        CROSS JOIN connections AS c
        WHERE i.state = 'queued' AND i.permits > 0 AND i.class <> 'secret'
            AND p.id = i.proposal_id AND a.id = p.agent_id AND c.id = i.connection_id
            AND p.status IN ('queued', 'applying')
            AND (i.not_before IS NULL OR i.not_before <= $1)
            AND NOT EXISTS (SELECT 1 FROM pauses AS w WHERE w.scope = 'all')
            AND (a.paused_at IS NULL OR p.proposed_by IS NOT NULL)
            AND NOT EXISTS (
                SELECT 1 FROM pauses AS w
                WHERE w.scope = 'profile' AND w.subject_id = a.profile_id
                    AND p.proposed_by IS NULL
            )
            AND NOT EXISTS (
                SELECT 1 FROM pauses AS w
                WHERE w.scope = 'organization' AND w.subject_id IN (
                    CAST(p.organization_id AS BLOB),
                    CAST(json_extract(i.target, '$.organization_id') AS BLOB)
                )
            )
            AND (c.pause IS NULL OR c.paused_until <= $1)
            AND hex(i.connection_id) NOT IN (SELECT value FROM json_each($2))
            AND NOT EXISTS (
                SELECT 1 FROM items AS earlier
                WHERE earlier.proposal_id = i.proposal_id AND earlier.position < i.position
                    AND earlier.state <> 'applied' AND earlier.passed_over_at IS NULL
                    AND (
                        p.rest_left_at IS NULL
                        OR earlier.state NOT IN ('failed', 'given_up', 'skipped')
                    )
            )
            AND NOT EXISTS (
                SELECT 1 FROM items AS other
                WHERE other.target_key = i.target_key
                    AND other.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
            )
            AND NOT EXISTS (
                SELECT 1 FROM items AS older
                JOIN proposals AS ahead ON ahead.id = older.proposal_id
                JOIN agents AS its ON its.id = ahead.agent_id
                WHERE older.target_key = i.target_key AND older.state = 'queued'
                    AND older.class <> 'secret'
                    AND (older.approved_at, older.proposal_id, older.position)
                        < (i.approved_at, i.proposal_id, i.position)
                    AND ahead.status IN ('held', 'queued', 'applying', 'checking')
                    AND (its.paused_at IS NULL OR ahead.proposed_by IS NOT NULL)
                    AND NOT EXISTS (
                        SELECT 1 FROM pauses AS w
                        WHERE w.scope = 'profile' AND w.subject_id = its.profile_id
                            AND ahead.proposed_by IS NULL
                    )
            )
            AND NOT (
                i.class = 'once'
                AND EXISTS (
                    SELECT 1 FROM items AS unclear
                    WHERE unclear.connection_id = i.connection_id AND unclear.class = 'once'
                        AND unclear.state = 'uncertain'
                        AND unclear.state
                            IN ('preparing', 'sending', 'uncertain', 'unresolved')
                )
                AND EXISTS (
                    SELECT 1 FROM items AS moving
                    WHERE moving.connection_id = i.connection_id AND moving.class = 'once'
                        AND moving.state IN ('preparing', 'sending')
                        AND moving.state
                            IN ('preparing', 'sending', 'uncertain', 'unresolved')
                )
            )
            AND ($3 IS NULL OR i.connection_id = $3 AND i.class = 'set')
        ORDER BY i.approved_at, i.proposal_id, i.position
        LIMIT 1",
        at,
        busy,
        set_over,
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// I9: nothing is changed unless state and attempt are still what the caller saw.
async fn update_item(tx: &mut Tx, change: &ItemChange) -> Result<bool, StoreError> {
    let from_state = change.from.state.as_str();
    let to_state = change.to.state.as_str();
    let not_before = change.not_before.map(Timestamp::as_millis);
    let unresolved = change
        .unresolved
        .map(crate::domain::UnresolvedReason::as_str);
    let next_read_at = change.next_read_at.map(Timestamp::as_millis);
    let settle_until = change.settle_until.map(Timestamp::as_millis);
    let at = change.at.as_millis();
    let ended_at = change.to.state.is_final().then_some(at);
    let changed = sqlx::query!(
        "UPDATE items
        SET state = $4, permits = $5, sends = $6, returns = $7, attempt = $8, hold_reason = $9,
            not_before = $10, unresolved = $11, next_read_at = $12,
            settle_until = coalesce($13, settle_until),
            sent_at = CASE WHEN $4 = 'sending' THEN $14 ELSE sent_at END,
            reads = CASE
                WHEN $13 IS NOT NULL OR $4 = 'sending' THEN 0
                WHEN $2 = 'uncertain' THEN reads + 1
                ELSE reads
            END,
            ended_at = coalesce(ended_at, $15)
        WHERE id = $1 AND state = $2 AND attempt = $3",
        change.item_id.0,
        from_state,
        change.from.attempt,
        to_state,
        change.to.permits,
        change.to.sends,
        change.to.returns,
        change.to.attempt,
        change.hold_reason,
        not_before,
        unresolved,
        next_read_at,
        settle_until,
        at,
        ended_at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(changed > 0)
}

async fn record_end(tx: &mut Tx, change: &ItemChange, end: &ItemEnd) -> Result<(), StoreError> {
    let result = end.result.map(ResultKind::as_str);
    let response = end.response.as_ref().map(to_json);
    let post_image = end.post_image.as_ref().map(to_json);
    let differences = to_json(&end.differences);
    let concurrent_edits = to_json(&end.concurrent_edits);
    let resource_id = end.resource_id.map(|id| id.to_string());
    sqlx::query!(
        "UPDATE items
        SET result = coalesce($2, result), http_status = coalesce($3, http_status),
            response = coalesce($4, response), post_image = coalesce($5, post_image),
            verified = coalesce($6, verified), differences = $7,
            resource_id = coalesce($8, resource_id), concurrent_edits = $9
        WHERE id = $1",
        change.item_id.0,
        result,
        end.http_status,
        response,
        post_image,
        end.verified,
        differences,
        resource_id,
        concurrent_edits,
    )
    .execute(&mut **tx)
    .await?;
    if end.verified == Some(false) {
        sqlx::query!(
            "UPDATE proposals SET reads_back_differently = 1 WHERE id = $1",
            change.proposal_id.0,
        )
        .execute(&mut **tx)
        .await?;
    }
    if end.verified.is_some() && change.from.state == ItemState::Applied {
        note_read_back(tx, change.proposal_id, change.at).await?;
    }
    Ok(())
}

async fn start_attempt(
    tx: &mut Tx,
    change: &ItemChange,
    start: &AttemptStart,
) -> Result<(), StoreError> {
    let census = start.census.as_ref().map(to_json);
    let request_hash = start.request_hash.as_slice();
    let preflight_at = start.preflight_at.as_millis();
    let intent_at = change.at.as_millis();
    sqlx::query!(
        "INSERT INTO attempts (item_id, attempt, census, request_hash, preflight_at, intent_at,
            date_offset)
        VALUES ($1, $2, $3, $4, $5, $6, $7)",
        change.item_id.0,
        change.to.attempt,
        census,
        request_hash,
        preflight_at,
        intent_at,
        start.date_offset,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn end_attempt(tx: &mut Tx, change: &ItemChange, end: &AttemptEnd) -> Result<(), StoreError> {
    let first_byte_at = end.first_byte_at.map(Timestamp::as_millis);
    let ended_at = change.at.as_millis();
    let response = end.response.as_ref().map(to_json);
    sqlx::query!(
        "UPDATE attempts
        SET first_byte_at = $3, ended_at = $4, window_ms = $5, ending = $6, http_status = $7,
            response = $8
        WHERE item_id = $1 AND attempt = $2",
        change.item_id.0,
        change.to.attempt,
        first_byte_at,
        ended_at,
        end.window_ms,
        end.ending,
        end.http_status,
        response,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn record_evidence(
    tx: &mut Tx,
    item: ItemId,
    at: Timestamp,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    let at = at.as_millis();
    let hash = evidence.hash.as_slice();
    sqlx::query!(
        "INSERT INTO evidence (item_id, at, source, finding, hash) VALUES ($1, $2, $3, $4, $5)",
        item.0,
        at,
        evidence.source,
        evidence.finding,
        hash,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whatever else waits on the same record was read before it changed.
async fn mark_stale(tx: &mut Tx, change: &ItemChange) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE proposals
        SET is_stale = 1
        WHERE status = 'pending' AND id IN (
            SELECT waiting.proposal_id
            FROM items AS waiting
            WHERE waiting.state = 'none'
                AND waiting.target_key = (SELECT target_key FROM items WHERE id = $1)
        )",
        change.item_id.0,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An approved proposal stands where its items stand.
pub(super) async fn refresh_status(
    tx: &mut Tx,
    proposal: Uuid,
    at: Timestamp,
) -> Result<(), StoreError> {
    let items = sqlx::query!(
        "SELECT state, passed_over_at IS NOT NULL AS \"is_passed!: bool\"
        FROM items
        WHERE proposal_id = $1
        ORDER BY position",
        proposal,
    )
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(|item| {
        let state: ItemState = named("items", proposal, &item.state)?;
        Ok((state, item.is_passed))
    })
    .collect::<Result<Vec<_>, StoreError>>()?;
    let is_rest_left = sqlx::query_scalar!(
        "SELECT rest_left_at IS NOT NULL AS \"is_left!: bool\" FROM proposals WHERE id = $1",
        proposal,
    )
    .fetch_one(&mut **tx)
    .await?;
    let status = if is_rest_left {
        let states: Vec<ItemState> = items.iter().map(|(state, _)| *state).collect();
        ProposalStatus::without_the_rest(&states)
    } else {
        ProposalStatus::past_some(&items)
    };
    let status = status.as_str();
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE proposals
        SET status = $2, updated_at = $3
        WHERE id = $1 AND status IN ('queued', 'applying', 'checking', 'needs_attention')
            AND status <> $2",
        proposal,
        status,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
