//! Accepting a restored database (replay protocol, section 9): nothing in it is believed to be
//! unsent.

use serde_json::json;
use uuid::Uuid;

use super::rows::to_json;
use super::{Store, Tx, audit, replay};
use crate::domain::{AuditEvent, Timestamp, Warning, WarningCode};
use crate::store::{Accepted, StoreError};

impl Store {
    /// Makes the restored tables the truth: what waited to be sent may have been sent since and is
    /// looked for by reading, creates that wait for a person are marked, and the worker may go on.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if nothing was restored, or somebody else has accepted it.
    pub async fn accept_restore(&self, event: AuditEvent) -> Result<Accepted, StoreError> {
        // Looked at and carried out in one turn: two who accept at once are not both believed.
        let _turn = self.mark.accepting.lock().await;
        let Some(sign) = self.restore_sign().await? else {
            return Err(StoreError::Changed);
        };
        let at = event.at;
        let mut tx = self.begin().await?;
        let touched = proposals_on_their_way(&mut tx).await?;
        let given_up = give_up_what_cannot_be_told(&mut tx, at).await?;
        let doubted = doubt(&mut tx, at).await?;
        let waiting = doubt_what_waits_behind(&mut tx).await?;
        end_holds(&mut tx, at).await?;
        for proposal in touched {
            replay::refresh_status(&mut tx, proposal, at).await?;
        }
        let marked = mark_creates(&mut tx).await?;
        let accepted = Accepted {
            doubted: doubted + waiting,
            given_up,
            marked,
        };
        let details = json!({
            "sign": sign.to_string(),
            "doubted": accepted.doubted,
            "given_up": accepted.given_up,
            "marked": accepted.marked,
        });
        audit::append(&mut tx, &event.with(details)).await?;
        self.commit(tx).await?;
        self.end_hold().await?;
        Ok(accepted)
    }
}

async fn proposals_on_their_way(tx: &mut Tx) -> Result<Vec<Uuid>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT proposal_id AS \"id: Uuid\"
        FROM items
        WHERE state IN ('queued', 'preparing', 'sending', 'uncertain')",
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Of several that wait on one target, reading can look for one at a time (I4). A create behind
/// another may have been sent as well, and reading could not tell which of them made what it finds:
/// it ends as unknown, and is never sent.
async fn give_up_what_cannot_be_told(tx: &mut Tx, at: Timestamp) -> Result<u64, StoreError> {
    let at = at.as_millis();
    Ok(sqlx::query!(
        "UPDATE items
        SET state = 'given_up', sends = sends + permits, permits = 0, hold_reason = NULL,
            not_before = NULL, ended_at = $1
        WHERE state = 'queued' AND class = 'once'
            AND EXISTS (
                SELECT 1 FROM items AS ahead
                WHERE ahead.target_key = items.target_key AND ahead.id <> items.id
                    AND (
                        ahead.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                        OR ahead.state = 'queued'
                            AND (ahead.approved_at, ahead.proposal_id, ahead.position)
                                < (items.approved_at, items.proposal_id, items.position)
                    )
            )",
        at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected())
}

/// As the life-cycle's `Restored`: the permit counts as a send whose effect is open. Nothing can be
/// on its way any more, so reading counts at once.
async fn doubt(tx: &mut Tx, at: Timestamp) -> Result<u64, StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE items
        SET settle_until = $1, next_read_at = $1
        WHERE state = 'uncertain'",
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(sqlx::query!(
        "UPDATE items
        SET state = 'uncertain', sends = sends + permits, permits = 0, hold_reason = NULL,
            not_before = NULL, settle_until = $1, next_read_at = $1, reads = 0
        WHERE class <> 'secret'
            AND (
                state IN ('preparing', 'sending')
                OR state = 'queued' AND NOT EXISTS (
                    SELECT 1 FROM items AS ahead
                    WHERE ahead.target_key = items.target_key AND ahead.id <> items.id
                        AND (
                            ahead.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                            OR ahead.state = 'queued'
                                AND (ahead.approved_at, ahead.proposal_id, ahead.position)
                                    < (items.approved_at, items.proposal_id, items.position)
                        )
                )
            )",
        at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected())
}

/// A change or a removal that waits behind another on its record keeps its turn, but nobody may
/// say any more that it was never sent.
async fn doubt_what_waits_behind(tx: &mut Tx) -> Result<u64, StoreError> {
    Ok(sqlx::query!(
        "UPDATE items
        SET sends = sends + 1, hold_reason = NULL
        WHERE state = 'queued' AND class IN ('set', 'remove')",
    )
    .execute(&mut **tx)
    .await?
    .rows_affected())
}

/// What may have been sent can no longer be undone.
async fn end_holds(tx: &mut Tx, at: Timestamp) -> Result<(), StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE proposals
        SET status = 'queued', hold_until = NULL, updated_at = $1
        WHERE status = 'held'",
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Creates that wait for a person may have been approved and carried out since.
async fn mark_creates(tx: &mut Tx) -> Result<u64, StoreError> {
    let warning = to_json(&Warning {
        code: WarningCode::MayExistAlready,
        detail: "The database was restored from a backup. What was approved since then is not in \
                 it: look whether the record is there already."
            .to_owned(),
        fields: Vec::new(),
    });
    Ok(sqlx::query!(
        "UPDATE proposals
        SET warnings = json_insert(warnings, '$[#]', json($1))
        WHERE status IN ('pending', 'sent_back') AND operation = 'create'",
        warning,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected())
}
