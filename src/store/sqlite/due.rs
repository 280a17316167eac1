//! What the worker has to do, as far as the tables tell.

use std::iter;

use uuid::Uuid;

use super::Store;
use crate::domain::{ItemId, Timestamp};
use crate::store::{Due, DueRead, StoreError};

/// How many overdue approvals one look finds; what is left is found by the next.
const BATCH: i64 = 20;

impl Store {
    /// Items that must be read now: unclear sends whose time has come, and applied ones that were
    /// never read back.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn due_reads(&self, now: Timestamp) -> Result<Vec<DueRead>, StoreError> {
        let at = now.as_millis();
        let rows = sqlx::query!(
            "SELECT i.id AS \"id!: Uuid\", p.number AS \"number!\", i.position AS \"position!\"
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE i.state = 'uncertain' AND (i.next_read_at IS NULL OR i.next_read_at <= $1)
            UNION ALL
            SELECT i.id, p.number, i.position
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE i.state = 'applied' AND i.verified IS NULL
                AND (i.next_read_at IS NULL OR i.next_read_at <= $1)
            LIMIT 20",
            at,
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DueRead {
                item_id: ItemId(row.id),
                number: row.number,
                position: row.position,
            })
            .collect())
    }

    /// An item found by [`Self::due_reads`], if it still must be read: between the two somebody
    /// may have read it.
    ///
    /// # Errors
    /// If the database does not answer. A row that makes no sense is logged and passed over.
    pub async fn due_read(&self, read: DueRead, now: Timestamp) -> Result<Option<Due>, StoreError> {
        let (id, at) = (read.item_id.0, now.as_millis());
        let is_due = sqlx::query_scalar!(
            "SELECT EXISTS (
                SELECT 1
                FROM items
                WHERE id = $1 AND (state = 'uncertain' OR (state = 'applied' AND verified IS NULL))
                    AND (next_read_at IS NULL OR next_read_at <= $2)
            ) AS \"is_due: bool\"",
            id,
            at,
        )
        .fetch_one(&self.readers)
        .await?;
        if !is_due {
            return Ok(None);
        }
        let place = iter::once((read.number, read.position));
        Ok(self.all_due(place).await?.pop())
    }

    /// What an interrupted process left behind: items that were being prepared or sent.
    ///
    /// # Errors
    /// If the database does not answer. A row that makes no sense is logged and left out.
    pub async fn interrupted(&self) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query!(
            "SELECT p.number, i.position
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE i.state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                AND i.state <> 'unresolved'",
        )
        .fetch_all(&self.readers)
        .await?;
        self.all_due(rows.into_iter().map(|row| (row.number, row.position)))
            .await
    }

    /// Items that are being prepared or sent, each with its attempt.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn on_their_way(&self) -> Result<Vec<(ItemId, u32)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id AS \"id: Uuid\", attempt AS \"attempt: u32\"
            FROM items
            WHERE state IN ('preparing', 'sending', 'uncertain', 'unresolved')
                AND state IN ('preparing', 'sending')",
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (ItemId(row.id), row.attempt))
            .collect())
    }

    /// Proposals that were approved before this moment and of which nothing was taken up, each
    /// with its first item.
    ///
    /// # Errors
    /// If the database does not answer. A row that makes no sense is logged and left out.
    pub async fn overdue_approvals(
        &self,
        approved_before: Timestamp,
    ) -> Result<Vec<Due>, StoreError> {
        let before = approved_before.as_millis();
        let numbers = sqlx::query_scalar!(
            "SELECT p.number
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE i.state = 'queued' AND i.position = 0 AND i.class <> 'secret'
                AND i.approved_at <= $1 AND i.sends = 0 AND p.status = 'queued'
            ORDER BY i.approved_at
            LIMIT $2",
            before,
            BATCH,
        )
        .fetch_all(&self.readers)
        .await?;
        self.all_due(numbers.into_iter().map(|number| (number, 0)))
            .await
    }

    /// Approved reads of a password's value that nobody has collected since this moment.
    ///
    /// # Errors
    /// If the database does not answer. A row that makes no sense is logged and left out.
    pub async fn uncollected(&self, approved_before: Timestamp) -> Result<Vec<Due>, StoreError> {
        let before = approved_before.as_millis();
        let rows = sqlx::query!(
            "SELECT p.number, i.position
            FROM items AS i
            JOIN proposals AS p ON p.id = i.proposal_id
            WHERE i.class = 'secret' AND i.state = 'queued' AND i.approved_at <= $1
                AND p.status = 'queued'
            ORDER BY i.approved_at
            LIMIT $2",
            before,
            BATCH,
        )
        .fetch_all(&self.readers)
        .await?;
        self.all_due(rows.into_iter().map(|row| (row.number, row.position)))
            .await
    }

    /// When the worker next has something to do, as far as the tables tell. A pause or a back-off
    /// that is over does not count: what it held back can be claimed now, or waits for something
    /// that has no time. Holds and reads count until they are dealt with.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn next_due_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let now = now.as_millis();
        let at = sqlx::query_scalar!(
            "SELECT min(at) AS \"at: i64\"
            FROM (
                SELECT min(hold_until) AS at FROM proposals WHERE status = 'held'
                UNION ALL
                SELECT min(coalesce(next_read_at, $1)) FROM items WHERE state = 'uncertain'
                UNION ALL
                SELECT min(coalesce(next_read_at, $1))
                FROM items
                WHERE state = 'applied' AND verified IS NULL
                UNION ALL
                SELECT min(not_before) FROM items WHERE state = 'queued' AND not_before > $1
                UNION ALL
                SELECT min(approved_at) + 600000
                FROM items
                WHERE class = 'secret' AND state = 'queued'
                UNION ALL
                SELECT min(paused_until)
                FROM connections
                WHERE pause IS NOT NULL AND paused_until > $1
            )",
            now,
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(at.map(Timestamp::from_millis))
    }

    /// The items at these places. One row that makes no sense must not stop the others.
    pub(super) async fn all_due(
        &self,
        places: impl Iterator<Item = (i64, i64)>,
    ) -> Result<Vec<Due>, StoreError> {
        let mut due = Vec::new();
        for (number, position) in places {
            match self.due(number, position).await {
                Ok(found) => due.push(found),
                Err(error @ StoreError::Inconsistent { .. }) => {
                    tracing::error!(proposal.number = number, %error, "an item cannot be read");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(due)
    }

    pub(super) async fn due(&self, number: i64, position: i64) -> Result<Due, StoreError> {
        let proposal = self
            .proposal_by_number(number)
            .await?
            .ok_or_else(|| StoreError::inconsistent("proposals", number, "it has disappeared"))?;
        let item = usize::try_from(position)
            .ok()
            .and_then(|position| proposal.items.get(position).cloned())
            .ok_or_else(|| StoreError::inconsistent("items", number, "the position is off"))?;
        Ok(Due { proposal, item })
    }
}
