//! Accepting a restored database (replay protocol, section 9): nothing in it is believed to be
//! unsent.

use std::collections::{BTreeSet, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::rows::{count, named, to_json};
use super::{Store, Tx, audit, replay};
use crate::domain::{AuditEvent, ItemClass, ItemEvent, Progress, Timestamp, Warning, WarningCode};
use crate::store::{Accepted, Due, StoreError};

/// How many items one look finds; what is left is found by the next.
const BATCH: i64 = 100;

impl Store {
    /// Makes the restored tables the truth: what waited to be sent may have been sent since and is
    /// looked for by reading, creates that wait for a person are marked, and the worker may go on.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if nothing was restored, or somebody else has accepted it, in this
    /// process or in another.
    pub async fn accept_restore(&self, event: AuditEvent) -> Result<Accepted, StoreError> {
        let at = event.at;
        let mut tx = self.begin().await?;
        // Looked at inside the one transaction that may write: whoever accepts at the same time
        // waits for it to end, and finds the mark moved.
        let Some(sign) = self.restore_sign().await? else {
            return Err(StoreError::Changed);
        };
        let mut accepted = doubt_all(&mut tx, at).await?;
        accepted.marked = mark_creates(&mut tx).await?;
        let details = json!({
            "sign": sign.to_string(),
            "doubted": accepted.doubted,
            "asked": accepted.asked,
            "marked": accepted.marked,
        });
        audit::append(&mut tx, &event.with(details)).await?;
        // Before the commit: if it does not come, the tables are behind the mark and stay held.
        self.move_mark_within(&mut tx).await?;
        self.commit(tx).await?;
        self.end_hold();
        Ok(accepted)
    }

    /// Items that lost their permit to a restore and have nothing ahead of them on their target any
    /// more, so that they can be looked for.
    ///
    /// # Errors
    /// If the database does not answer. A row that makes no sense is logged and left out.
    pub async fn doubted_in_turn(&self) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query!(
            "SELECT p.number, i.position
            FROM items AS i
            CROSS JOIN proposals AS p
            WHERE i.state = 'queued' AND i.permits = 0 AND p.id = i.proposal_id
                AND NOT EXISTS (
                    SELECT 1 FROM items AS busy
                    WHERE busy.target_key = i.target_key
                        AND busy.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                )
                AND NOT EXISTS (
                    SELECT 1 FROM items AS older
                    WHERE older.target_key = i.target_key AND older.state = 'queued'
                        AND older.class <> 'secret'
                        AND (older.approved_at, older.proposal_id, older.position)
                            < (i.approved_at, i.proposal_id, i.position)
                )
            LIMIT $1",
            BATCH,
        )
        .fetch_all(&self.readers)
        .await?;
        self.all_due(rows.into_iter().map(|row| (row.number, row.position)))
            .await
    }
}

/// Nothing that was on its way is believed to be unsent. Of several on one target the first is
/// looked for at once, the others when it is their turn (I4).
async fn doubt_all(tx: &mut Tx, at: Timestamp) -> Result<Accepted, StoreError> {
    let mut targets = look_at_once(tx, at).await?;
    let on_their_way = on_their_way(tx).await?;
    let mut accepted = Accepted::default();
    for row in &on_their_way {
        let from = row.progress()?;
        let is_first = targets.insert(row.target_key.clone());
        let event = if is_first {
            ItemEvent::Restored
        } else {
            ItemEvent::RestoredBehind
        };
        let to = from
            .step(event)
            .map_err(|error| StoreError::inconsistent("items", row.id, error))?;
        doubt(tx, row, to, at).await?;
        accepted.doubted += 1;
        accepted.asked += u64::from(!is_first && to.class == ItemClass::Once);
    }
    end_holds(tx, at).await?;
    let proposals: BTreeSet<Uuid> = on_their_way.iter().map(|row| row.proposal_id).collect();
    for proposal in proposals {
        replay::refresh_status(tx, proposal, at).await?;
    }
    Ok(accepted)
}

/// What was being looked for can no longer be on its way. Says which targets are taken.
async fn look_at_once(tx: &mut Tx, at: Timestamp) -> Result<HashSet<String>, StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "UPDATE items
        SET settle_until = $1, next_read_at = $1
        WHERE state = 'uncertain'",
        at,
    )
    .execute(&mut **tx)
    .await?;
    let targets = sqlx::query_scalar!(
        "SELECT target_key
        FROM items
        WHERE state IN ('preparing', 'sending', 'uncertain', 'unresolved')
            AND state IN ('uncertain', 'unresolved')",
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(targets.into_iter().collect())
}

/// An item that may have been sent since.
struct OnItsWay {
    id: Uuid,
    proposal_id: Uuid,
    target_key: String,
    class: String,
    state: String,
    permits: i64,
    sends: i64,
    returns: i64,
    attempt: i64,
}

impl OnItsWay {
    fn progress(&self) -> Result<Progress, StoreError> {
        const TABLE: &str = "items";
        Ok(Progress {
            class: named(TABLE, self.id, &self.class)?,
            state: named(TABLE, self.id, &self.state)?,
            permits: count(TABLE, self.id, self.permits)?,
            sends: count(TABLE, self.id, self.sends)?,
            returns: count(TABLE, self.id, self.returns)?,
            attempt: count(TABLE, self.id, self.attempt)?,
        })
    }
}

/// In the order in which they would have been sent, those in hand first. The value of a password is
/// handed out, not sent.
async fn on_their_way(tx: &mut Tx) -> Result<Vec<OnItsWay>, StoreError> {
    Ok(sqlx::query_as!(
        OnItsWay,
        "SELECT id AS \"id: Uuid\", proposal_id AS \"proposal_id: Uuid\", target_key, class, state,
            permits, sends, returns, attempt
        FROM items
        WHERE state IN ('queued', 'preparing', 'sending') AND class <> 'secret'
        ORDER BY state = 'queued', approved_at, proposal_id, position",
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Nothing can be on its way any more, so reading counts at once.
async fn doubt(tx: &mut Tx, row: &OnItsWay, to: Progress, at: Timestamp) -> Result<(), StoreError> {
    let (state, at) = (to.state.as_str(), at.as_millis());
    let changed = sqlx::query!(
        "UPDATE items
        SET state = $4, permits = $5, sends = $6, hold_reason = NULL, not_before = NULL,
            settle_until = $7, next_read_at = $7, reads = 0
        WHERE id = $1 AND state = $2 AND attempt = $3",
        row.id,
        row.state,
        row.attempt,
        state,
        to.permits,
        to.sends,
        at,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
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
