//! What the worker looks up about an unclear send, and pauses that end by themselves.

use serde_json::Value;

use super::rows::from_json;
use super::{Store, audit};
use crate::domain::{AuditEvent, ConnectionId, ItemId, Timestamp};
use crate::store::{Baseline, PastReading, PauseKind, StoreError};

impl Store {
    /// What was written down before this attempt of an item was sent.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn baseline(
        &self,
        item: ItemId,
        attempt: u32,
    ) -> Result<Option<Baseline>, StoreError> {
        let row = sqlx::query!(
            "SELECT census, date_offset FROM attempts WHERE item_id = $1 AND attempt = $2",
            item.0,
            attempt,
        )
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let before: Option<Value> = row
            .census
            .map(|census| from_json("attempts", item, &census))
            .transpose()?;
        Ok(Some(Baseline {
            before,
            date_offset: row.date_offset,
        }))
    }

    /// What the last reading about an unclear send found.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn last_reading(&self, item: ItemId) -> Result<Option<PastReading>, StoreError> {
        let row = sqlx::query!(
            "SELECT id, at, hash
            FROM evidence
            WHERE item_id = $1 AND source = 'read'
            ORDER BY id DESC
            LIMIT 1",
            item.0,
        )
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let hash = row
            .hash
            .try_into()
            .map_err(|_| StoreError::inconsistent("evidence", row.id, "the hash is cut off"))?;
        Ok(Some(PastReading {
            at: Timestamp::from_millis(row.at),
            hash,
        }))
    }

    /// Ends a pause of this kind, and of no other: a person may have paused it meanwhile. False:
    /// there was none.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn lift_pause(
        &self,
        id: ConnectionId,
        kind: PauseKind,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let kind = kind.as_str();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE connections
            SET pause = NULL, pause_detail = NULL, paused_at = NULL, paused_until = NULL
            WHERE id = $1 AND pause = $2",
            id.0,
            kind,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Ok(false);
        }
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(true)
    }
}
