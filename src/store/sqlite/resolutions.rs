//! What people say about unclear sends: one word each, and whoever comes second changes nothing.

use uuid::Uuid;

use super::decisions::insert_decision;
use super::rows::{named, time, to_json, when};
use super::{Store, Tx, audit, replay};
use crate::domain::{AuditEvent, Fingerprint, ItemId, ProposalId, Timestamp, UserId};
use crate::store::{NewResolution, PastAttempt, PastEvidence, Rebase, Said, StoreError};

impl Store {
    /// Stores what a person said of an item, and what it brings about.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the item or the proposal no longer stands where the person saw it.
    pub async fn record_resolution(&self, resolution: &NewResolution) -> Result<(), StoreError> {
        let id = resolution.proposal_id.0;
        let at = resolution.said.at;
        let mut tx = self.begin().await?;
        require_open(&mut tx, resolution).await?;
        match &resolution.change {
            Some(change) => {
                if !replay::apply(&mut tx, change).await? {
                    return Err(StoreError::Changed);
                }
            }
            None => audit::append(&mut tx, &resolution.audit).await?,
        }
        for skipped in &resolution.skipped {
            skip(&mut tx, *skipped, at).await?;
        }
        if let Some(rebase) = &resolution.rebase {
            put_on_record_as_it_is(&mut tx, resolution, rebase).await?;
        }
        if resolution.passes_over {
            pass_over(&mut tx, resolution.item_id, at).await?;
        }
        if resolution.leaves_rest {
            leave_rest(&mut tx, id, at).await?;
        }
        insert(&mut tx, resolution).await?;
        replay::refresh_status(&mut tx, id, at).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Notes that a person has seen that a proposal does not read back as it was approved.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if somebody has said so already.
    pub async fn record_difference_seen(
        &self,
        proposal: ProposalId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE proposals
            SET reads_back_differently = 0
            WHERE id = $1 AND reads_back_differently = 1",
            proposal.0,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await
    }

    /// What people said of an item, first to last.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn resolutions_of(&self, item: ItemId) -> Result<Vec<Said>, StoreError> {
        const TABLE: &str = "resolutions";
        let rows = sqlx::query!(
            "SELECT id, attempt, person AS \"person: Uuid\", name, resolution, follow_up,
                resource_id, reason, at
            FROM resolutions
            WHERE item_id = $1
            ORDER BY id",
            item.0,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let then = row.follow_up.map(|then| named(TABLE, row.id, &then));
                let record = row.resource_id.map(|id| named(TABLE, row.id, &id));
                Ok(Said {
                    attempt: u32::try_from(row.attempt)
                        .map_err(|error| StoreError::inconsistent(TABLE, row.id, error))?,
                    person: UserId(row.person),
                    name: row.name,
                    resolution: named(TABLE, row.id, &row.resolution)?,
                    then: then.transpose()?,
                    resource_id: record.transpose()?,
                    reason: row.reason,
                    at: time(row.at),
                })
            })
            .collect()
    }

    /// The sends of an item, first to last.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn attempts_of(&self, item: ItemId) -> Result<Vec<PastAttempt>, StoreError> {
        let rows = sqlx::query!(
            "SELECT attempt, intent_at, ended_at, ending, http_status
            FROM attempts
            WHERE item_id = $1
            ORDER BY attempt",
            item.0,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let cut = |error| StoreError::inconsistent("attempts", item, error);
                Ok(PastAttempt {
                    attempt: u32::try_from(row.attempt).map_err(cut)?,
                    intent_at: time(row.intent_at),
                    ended_at: when(row.ended_at),
                    ending: row.ending,
                    http_status: row
                        .http_status
                        .map(u16::try_from)
                        .transpose()
                        .map_err(cut)?,
                })
            })
            .collect()
    }

    /// What was found about an item, the last of it, first to last.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn evidence_of(
        &self,
        item: ItemId,
        limit: u32,
    ) -> Result<Vec<PastEvidence>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, at, source, finding
            FROM evidence
            WHERE item_id = $1
            ORDER BY id DESC
            LIMIT $2",
            item.0,
            limit,
        )
        .fetch_all(&self.readers)
        .await?;
        let newest_first = rows.into_iter().map(|row| PastEvidence {
            at: time(row.at),
            is_by_person: row.source == "person",
            finding: row.finding,
        });
        Ok(newest_first.rev().collect())
    }
}

/// Nobody resolves what has ended, and nobody leaves a rest twice.
async fn require_open(tx: &mut Tx, resolution: &NewResolution) -> Result<(), StoreError> {
    let asks_for_rest = resolution.change.is_none();
    let is_open = sqlx::query_scalar!(
        "SELECT EXISTS (
            SELECT 1 FROM proposals
            WHERE id = $1 AND status = 'needs_attention' AND (rest_left_at IS NULL OR NOT $2)
        ) AS \"is_open!: bool\"",
        resolution.proposal_id.0,
        asks_for_rest,
    )
    .fetch_one(&mut **tx)
    .await?;
    if is_open {
        Ok(())
    } else {
        Err(StoreError::Changed)
    }
}

async fn skip(tx: &mut Tx, item: ItemId, at: Timestamp) -> Result<(), StoreError> {
    let at = at.as_millis();
    let skipped = sqlx::query!(
        "UPDATE items
        SET state = 'skipped', permits = 0, hold_reason = NULL, not_before = NULL, ended_at = $2
        WHERE id = $1 AND state = 'queued' AND sends = 0 AND returns = 0",
        item.0,
        at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if skipped == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

/// What waits behind it no longer waits for it, nor for those before it that ended otherwise than
/// well.
async fn pass_over(tx: &mut Tx, item: ItemId, at: Timestamp) -> Result<(), StoreError> {
    let at = at.as_millis();
    let passed = sqlx::query!(
        "UPDATE items
        SET passed_over_at = $2
        WHERE proposal_id = (SELECT proposal_id FROM items WHERE id = $1)
            AND position <= (SELECT position FROM items WHERE id = $1)
            AND state IN ('failed', 'given_up') AND passed_over_at IS NULL",
        item.0,
        at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if passed == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

async fn leave_rest(tx: &mut Tx, proposal: Uuid, at: Timestamp) -> Result<(), StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE proposals SET rest_left_at = coalesce(rest_left_at, $2) WHERE id = $1",
        proposal,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is sent next is compared with the record as the person found it, and bound to a decision
/// of theirs.
async fn put_on_record_as_it_is(
    tx: &mut Tx,
    resolution: &NewResolution,
    rebase: &Rebase,
) -> Result<(), StoreError> {
    let id = resolution.proposal_id;
    let at = resolution.said.at.as_millis();
    let watched = to_json(&rebase.watched);
    let pre_image = to_json(&rebase.pre_image);
    sqlx::query!(
        "UPDATE items
        SET watched = $2, base_image = coalesce(base_image, pre_image), pre_image = $3,
            pre_read_at = $4
        WHERE id = $1",
        resolution.item_id.0,
        watched,
        pre_image,
        at,
    )
    .execute(&mut **tx)
    .await?;
    next_round(tx, id, rebase.round, rebase.decision.fingerprint).await?;
    insert_decision(tx, id, &rebase.decision, resolution.step_up_at).await
}

async fn next_round(
    tx: &mut Tx,
    id: ProposalId,
    round: u32,
    fingerprint: Fingerprint,
) -> Result<(), StoreError> {
    let fingerprint = fingerprint.0.as_slice();
    let changed = sqlx::query!(
        "UPDATE proposals SET round = round + 1, fingerprint = $3 WHERE id = $1 AND round = $2",
        id.0,
        round,
        fingerprint,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

async fn insert(tx: &mut Tx, resolution: &NewResolution) -> Result<(), StoreError> {
    let said = &resolution.said;
    let word = said.resolution.as_str();
    let then = said.then.map(crate::domain::FollowUp::as_str);
    let record = said.resource_id.map(|id| id.to_string());
    let at = said.at.as_millis();
    let step_up_at = resolution.step_up_at.map(Timestamp::as_millis);
    sqlx::query!(
        "INSERT INTO resolutions (item_id, attempt, person, name, resolution, follow_up,
            resource_id, reason, at, step_up_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        resolution.item_id.0,
        said.attempt,
        said.person.0,
        said.name,
        word,
        then,
        record,
        said.reason,
        at,
        step_up_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
