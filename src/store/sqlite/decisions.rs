//! Decisions: one transaction each, and whoever comes second changes nothing.

use uuid::Uuid;

use super::contents::{Guard, keep_revision, replace_content};
use super::{Store, Tx, audit};
use crate::domain::{
    AuditEvent, Decision, Fingerprint, Proposal, ProposalId, ProposalStatus, Timestamp, UserId,
};
use crate::store::{Approval, Returned, StoreError};

/// What comes back to people can be decided at least this long: somebody had approved it, and it
/// must not end as expired before anybody has seen it again.
const DECIDABLE_AGAIN_MILLIS: i64 = 24 * 60 * 60 * 1000;

impl Store {
    /// Stores an approval: the proposal is held, or queued at once, and its items may be sent.
    /// What the agent had proposed is kept beside what a technician made of it.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it is no longer pending with this fingerprint, has expired, or its
    /// record must be read again first.
    pub async fn record_approval(
        &self,
        proposal: &Proposal,
        approval: &Approval,
    ) -> Result<(), StoreError> {
        let at = approval.decision.at;
        let mut tx = self.begin().await?;
        take_decision(
            &mut tx,
            approval.proposal_id,
            approval.round,
            approval.fingerprint,
            at,
        )
        .await?;
        require_fresh(&mut tx, approval.proposal_id).await?;
        if let Some(edited) = &approval.edited {
            let guard = Guard {
                round: approval.round,
                next_round: approval.round,
                revision: proposal.revision,
                status: ProposalStatus::Pending,
                at,
            };
            keep_revision(&mut tx, approval.proposal_id, at).await?;
            replace_content(&mut tx, proposal, &guard, edited).await?;
        }
        let status = match approval.hold_until {
            Some(_) => ProposalStatus::Held,
            None => ProposalStatus::Queued,
        };
        decide(
            &mut tx,
            approval.proposal_id,
            status,
            at,
            approval.hold_until,
        )
        .await?;
        insert_decision(
            &mut tx,
            approval.proposal_id,
            &approval.decision,
            approval.step_up_at,
        )
        .await?;
        queue_items(&mut tx, approval.proposal_id, at).await?;
        audit::append(&mut tx, &approval.audit).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Stores a no, or a message back to the agent.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it is no longer pending with this fingerprint, or has expired.
    pub async fn record_refusal(
        &self,
        id: ProposalId,
        status: ProposalStatus,
        decision: &Decision,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        take_decision(&mut tx, id, decision.round, decision.shown, decision.at).await?;
        decide(&mut tx, id, status, decision.at, None).await?;
        insert_decision(&mut tx, id, decision, None).await?;
        if status.is_final() {
            let at = decision.at.as_millis();
            sqlx::query!(
                "UPDATE items SET ended_at = $2 WHERE proposal_id = $1",
                id.0,
                at,
            )
            .execute(&mut *tx)
            .await?;
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Puts an approved proposal before people again: undone, recalled, moved or too old.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if a write of it may have left, or the round is another.
    pub async fn return_to_people(&self, returned: &Returned) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        return_in(&mut tx, returned).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// The agent takes its proposal back.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if a write of it may have left, or it has ended.
    pub async fn withdraw(&self, id: ProposalId, event: &AuditEvent) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE proposals
            SET status = 'withdrawn', updated_at = $2, hold_until = NULL
            WHERE id = $1 AND status IN ('pending', 'sent_back', 'held', 'queued')
                AND NOT EXISTS (
                    SELECT 1 FROM items
                    WHERE proposal_id = $1
                        AND (sends > 0 OR returns > 0 OR state NOT IN ('none', 'queued'))
                )",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        sqlx::query!(
            "UPDATE items
            SET state = 'none', permits = 0, hold_reason = NULL, not_before = NULL, ended_at = $2
            WHERE proposal_id = $1",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// Whether this person's decision of this round still stands.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn decided_by(
        &self,
        id: ProposalId,
        round: u32,
        person: UserId,
    ) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar!(
            "SELECT EXISTS (
                SELECT 1 FROM decisions
                WHERE proposal_id = $1 AND round = $2 AND person = $3 AND undone_at IS NULL
            ) AS \"exists!: bool\"",
            id.0,
            round,
            person.0,
        )
        .fetch_one(&self.readers)
        .await?)
    }
}

/// The guard of every decision: pending, this round, this fingerprint, not expired.
async fn take_decision(
    tx: &mut Tx,
    id: ProposalId,
    round: u32,
    shown: Fingerprint,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = at.as_millis();
    let shown = shown.0.as_slice();
    let open = sqlx::query_scalar!(
        "SELECT EXISTS (
            SELECT 1 FROM proposals
            WHERE id = $1 AND status = 'pending' AND round = $2 AND fingerprint = $3
                AND expires_at > $4
        ) AS \"open!: bool\"",
        id.0,
        round,
        shown,
        at,
    )
    .fetch_one(&mut **tx)
    .await?;
    if open {
        Ok(())
    } else {
        Err(StoreError::Changed)
    }
}

/// Nobody approves what was read before another write changed the record.
async fn require_fresh(tx: &mut Tx, id: ProposalId) -> Result<(), StoreError> {
    let is_stale = sqlx::query_scalar!(
        "SELECT is_stale AS \"is_stale: bool\" FROM proposals WHERE id = $1",
        id.0,
    )
    .fetch_one(&mut **tx)
    .await?;
    if is_stale {
        return Err(StoreError::Changed);
    }
    Ok(())
}

async fn decide(
    tx: &mut Tx,
    id: ProposalId,
    status: ProposalStatus,
    at: Timestamp,
    hold_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    let status = status.as_str();
    let at = at.as_millis();
    let hold_until = hold_until.map(Timestamp::as_millis);
    let changed = sqlx::query!(
        "UPDATE proposals
        SET status = $2, decided_at = $3, hold_until = $4, updated_at = $3
        WHERE id = $1 AND status = 'pending'",
        id.0,
        status,
        at,
        hold_until,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}

pub(super) async fn insert_decision(
    tx: &mut Tx,
    id: ProposalId,
    decision: &Decision,
    step_up_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let person = decision.person.map_or(Uuid::nil(), |person| person.0);
    let by = decision.by.as_str();
    let verdict = decision.verdict.as_str();
    let fingerprint = decision.fingerprint.0.as_slice();
    let shown = decision.shown.0.as_slice();
    let edits = decision.edits.as_ref().map(<[u8; 32]>::as_slice);
    let at = decision.at.as_millis();
    let step_up_at = step_up_at.map(Timestamp::as_millis);
    sqlx::query!(
        "INSERT INTO decisions (proposal_id, round, person, decided_by, name, verdict, fingerprint,
            shown, edits, reason, at, step_up_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id.0,
        decision.round,
        person,
        by,
        decision.name,
        verdict,
        fingerprint,
        shown,
        edits,
        decision.reason,
        at,
        step_up_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Each item gets its one send permit.
pub(super) async fn queue_items(
    tx: &mut Tx,
    id: ProposalId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE items
        SET state = 'queued', permits = 1, approved_at = $2
        WHERE proposal_id = $1 AND state = 'none'",
        id.0,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the permits away and puts the proposal before people, one round on.
pub(super) async fn return_in(tx: &mut Tx, returned: &Returned) -> Result<(), StoreError> {
    let id = returned.proposal_id.0;
    let at = returned.at.as_millis();
    let fingerprint = returned.fingerprint.0.as_slice();
    let is_stale = i64::from(returned.is_stale);
    let decidable_until = returned.at.plus_millis(DECIDABLE_AGAIN_MILLIS).as_millis();
    let warning = returned.warning.as_ref().map(super::rows::to_json);
    let changed = sqlx::query!(
        "UPDATE proposals
        SET status = 'pending', round = round + 1, fingerprint = $3, hold_until = NULL,
            decided_at = NULL, is_stale = $4, updated_at = $5, expires_at = max(expires_at, $7),
            warnings = CASE
                WHEN $6 IS NULL THEN warnings
                ELSE json_insert(warnings, '$[#]', json($6))
            END
        WHERE id = $1 AND round = $2 AND status IN ('held', 'queued', 'applying')
            AND NOT EXISTS (
                SELECT 1 FROM items
                WHERE proposal_id = $1
                    AND (
                        sends > 0 OR returns > 0
                        OR state NOT IN ('none', 'queued', 'preparing')
                    )
            )",
        id,
        returned.round,
        fingerprint,
        is_stale,
        at,
        warning,
        decidable_until,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    sqlx::query!(
        "UPDATE items
        SET state = 'none', permits = 0, hold_reason = NULL, not_before = NULL, approved_at = NULL
        WHERE proposal_id = $1",
        id,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE decisions SET undone_at = $3 WHERE proposal_id = $1 AND round = $2",
        id,
        returned.round,
        at,
    )
    .execute(&mut **tx)
    .await?;
    audit::append(tx, &returned.audit).await
}
