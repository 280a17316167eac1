//! Lists for people who are limited to some clients: each client has an index of its own order, and
//! the few first rows of each are merged.

use super::rows::to_json;
use super::{Store, Tx};
use crate::domain::{Clients, OrganizationScope, ProposalStatus};
use crate::store::{LaneCounts, QueueCursor, StoreError};

/// So many of the combinations that a client is the first of are looked for in lists, the latest
/// ones. What stands beyond opens by its number all the same.
const MOST_COMBINATIONS: i64 = 100;

/// What the proposals of a person's clients are kept by: an id, or several that were touched
/// together. A JSON array.
pub(super) struct OwnClients(String);

impl OwnClients {
    pub(super) fn as_json(&self) -> &str {
        &self.0
    }
}

impl Store {
    /// `None`: every client.
    pub(super) async fn own_clients(
        &self,
        scope: &OrganizationScope,
    ) -> Result<Option<OwnClients>, StoreError> {
        let OrganizationScope::Only(ids) = scope else {
            return Ok(None);
        };
        let mut keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let singly = to_json(&keys);
        let together = sqlx::query_scalar!(
            "SELECT together.key
            FROM json_each($1) AS own
            CROSS JOIN clients_together AS together ON together.rowid IN (
                SELECT rowid
                FROM clients_together
                WHERE first = own.value
                ORDER BY rowid DESC
                LIMIT $2
            )",
            singly,
            MOST_COMBINATIONS,
        )
        .fetch_all(&self.readers)
        .await?;
        let are_own = |key: &String| {
            let clients = key.parse::<Clients>();
            clients.is_ok_and(|clients| clients.are_within(scope))
        };
        keys.extend(together.into_iter().filter(are_own));
        Ok(Some(OwnClients(to_json(&keys))))
    }

    pub(super) async fn waiting_of_own(
        &self,
        own: &OwnClients,
        from: QueueCursor,
        limit: i64,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        Ok(sqlx::query_as!(
            QueueCursor,
            "SELECT p.care, p.turn_at AS \"at!\", p.number
            FROM json_each($1) AS own
            CROSS JOIN proposals AS p ON p.number IN (
                SELECT number
                FROM proposals
                WHERE clients = own.value AND status = 'pending' AND care <= $2
                    AND (care < $2 OR (turn_at, number) > ($3, $4))
                ORDER BY care DESC, turn_at, number
                LIMIT $5
            )
            ORDER BY p.care DESC, p.turn_at, p.number
            LIMIT $5",
            own.0,
            from.care,
            from.at,
            from.number,
            limit,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    pub(super) async fn differing_of_own(
        &self,
        own: &OwnClients,
        from: QueueCursor,
        limit: i64,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        Ok(sqlx::query_as!(
            QueueCursor,
            "SELECT p.care, p.updated_at AS at, p.number
            FROM json_each($1) AS own
            CROSS JOIN proposals AS p ON p.number IN (
                SELECT number
                FROM proposals
                WHERE clients = own.value AND reads_back_differently = 1
                    AND (updated_at, number) < ($2, $3)
                ORDER BY updated_at DESC, number DESC
                LIMIT $4
            )
            ORDER BY p.updated_at DESC, p.number DESC
            LIMIT $4",
            own.0,
            from.at,
            from.number,
            limit,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    pub(super) async fn numbers_of_own(
        &self,
        own: &OwnClients,
        below: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar!(
            "SELECT p.number
            FROM json_each($1) AS own
            CROSS JOIN proposals AS p ON p.number IN (
                SELECT number
                FROM proposals
                WHERE clients = own.value AND number < $2
                ORDER BY number DESC
                LIMIT $3
            )
            ORDER BY p.number DESC
            LIMIT $3",
            own.0,
            below,
            limit,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    pub(super) async fn counts_of_own(
        &self,
        own: &OwnClients,
        limit: i64,
    ) -> Result<LaneCounts, StoreError> {
        let row = sqlx::query!(
            "SELECT
                (SELECT count(*) FROM (
                    SELECT 1
                    FROM json_each($1) AS own
                    CROSS JOIN proposals AS p ON p.clients_and_status = own.value || ' pending'
                    LIMIT $2
                )) AS \"needs_you!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1
                    FROM json_each($1) AS own
                    CROSS JOIN proposals AS p ON p.clients_and_status = own.value || ' sent_back'
                    LIMIT $2
                )) AS \"sent_back!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1
                    FROM json_each($1) AS own
                    CROSS JOIN proposals AS p ON p.clients_and_status IN (
                        own.value || ' held', own.value || ' queued', own.value || ' applying',
                        own.value || ' checking'
                    )
                    LIMIT $2
                )) AS \"applying!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1
                    FROM json_each($1) AS own
                    CROSS JOIN proposals AS p ON p.clients_and_status IN (
                        own.value || ' needs_attention', own.value || ' failed',
                        own.value || ' partly_applied', own.value || ' closed_unknown'
                    )
                    LIMIT $2
                )) AS \"failed!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1
                    FROM json_each($1) AS own
                    CROSS JOIN proposals AS p
                        ON p.clients = own.value AND p.reads_back_differently = 1
                    LIMIT $2
                )) AS \"reads_differently!: u32\"",
            own.0,
            limit,
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(LaneCounts {
            needs_you: row.needs_you,
            sent_back: row.sent_back,
            applying: row.applying,
            failed: row.failed,
            reads_differently: row.reads_differently,
        })
    }
}

pub(super) async fn latest_of_own(
    tx: &mut Tx,
    own: &OwnClients,
    status: ProposalStatus,
    from: QueueCursor,
    limit: i64,
) -> Result<Vec<QueueCursor>, StoreError> {
    let status = status.as_str();
    Ok(sqlx::query_as!(
        QueueCursor,
        "SELECT p.care, p.updated_at AS at, p.number
        FROM json_each($1) AS own
        CROSS JOIN proposals AS p ON p.number IN (
            SELECT number
            FROM proposals
            WHERE clients_and_status = own.value || ' ' || $2
                AND (updated_at, number) < ($3, $4)
            ORDER BY updated_at DESC, number DESC
            LIMIT $5
        )
        ORDER BY p.updated_at DESC, p.number DESC
        LIMIT $5",
        own.0,
        status,
        from.at,
        from.number,
        limit,
    )
    .fetch_all(&mut **tx)
    .await?)
}
