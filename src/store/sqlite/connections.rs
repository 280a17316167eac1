//! Connections to IT Glue.

use uuid::Uuid;

use super::rows::{named, time, when};
use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, ConnectionId, Timestamp, UserId};
use crate::store::{
    ConnectionDetails, ConnectionNotes, ConnectionPause, NewConnection, StoreError,
};

impl Store {
    /// Adds a connection.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if there is one of this name.
    pub async fn create_connection(
        &self,
        connection: &NewConnection,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let created_at = event.at.as_millis();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO connections (id, name, region, base_url, api_key, api_key_last_four,
                created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)",
            connection.id.0,
            connection.name,
            connection.region,
            connection.base_url,
            connection.sealed_key,
            connection.key_last_four,
            created_at,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The connection with this id, a removed one included.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn connection(
        &self,
        id: ConnectionId,
    ) -> Result<Option<ConnectionDetails>, StoreError> {
        sqlx::query_as!(
            ConnectionRow,
            "SELECT id AS \"id: Uuid\", name, region, base_url, api_key, api_key_last_four,
                created_at, pause, pause_detail, paused_at, paused_until, tested_at, password_access,
                last_success_at
            FROM connections
            WHERE id = $1",
            id.0,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(ConnectionDetails::try_from)
        .transpose()
    }

    /// All connections, by name.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn connections(&self) -> Result<Vec<ConnectionDetails>, StoreError> {
        sqlx::query_as!(
            ConnectionRow,
            "SELECT id AS \"id: Uuid\", name, region, base_url, api_key, api_key_last_four,
                created_at, pause, pause_detail, paused_at, paused_until, tested_at, password_access,
                last_success_at
            FROM connections
            WHERE removed_at IS NULL
            ORDER BY name
            LIMIT 1000",
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(ConnectionDetails::try_from)
        .collect()
    }

    /// Stops sending over a connection. A pause of ours overwrites neither one by a person nor one
    /// that lasts longer.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause_connection(
        &self,
        id: ConnectionId,
        pause: &ConnectionPause,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        set_pause(&mut tx, id, pause, event.actor.person()).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets a connection send again.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn resume_connection(
        &self,
        id: ConnectionId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE connections
            SET pause = NULL, pause_detail = NULL, paused_at = NULL, paused_until = NULL,
                paused_by = NULL
            WHERE id = $1 AND pause IS NOT NULL",
            id.0,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            audit::append(&mut tx, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Pauses a connection inside the transaction of what made it necessary.
pub(super) async fn set_pause(
    tx: &mut Tx,
    id: ConnectionId,
    pause: &ConnectionPause,
    by: Option<UserId>,
) -> Result<(), StoreError> {
    let by = by.map(|by| by.0);
    let kind = pause.kind.as_str();
    let since = pause.since.as_millis();
    let until = pause.until.map(Timestamp::as_millis);
    sqlx::query!(
        "UPDATE connections
        SET pause = $2, pause_detail = $3, paused_at = $4, paused_until = $5, paused_by = $6
        WHERE id = $1 AND (
            pause IS NULL OR paused_until <= $4 OR $2 = 'operator'
            OR pause <> 'operator' AND paused_until <= coalesce($5, paused_until)
        )",
        id.0,
        kind,
        pause.detail,
        since,
        until,
        by,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) struct ConnectionRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) base_url: Option<String>,
    pub(super) api_key: Vec<u8>,
    pub(super) api_key_last_four: String,
    pub(super) created_at: i64,
    pub(super) pause: Option<String>,
    pub(super) pause_detail: Option<String>,
    pub(super) paused_at: Option<i64>,
    pub(super) paused_until: Option<i64>,
    pub(super) tested_at: Option<i64>,
    pub(super) password_access: Option<i64>,
    pub(super) last_success_at: Option<i64>,
}

impl TryFrom<ConnectionRow> for ConnectionDetails {
    type Error = StoreError;

    fn try_from(row: ConnectionRow) -> Result<Self, StoreError> {
        let pause = match row.pause {
            None => None,
            Some(kind) => Some(ConnectionPause {
                kind: named("connections", row.id, &kind)?,
                detail: row.pause_detail.unwrap_or_default(),
                since: time(row.paused_at.unwrap_or(row.created_at)),
                until: when(row.paused_until),
            }),
        };
        Ok(Self {
            id: ConnectionId(row.id),
            name: row.name,
            region: row.region,
            base_url: row.base_url,
            sealed_key: row.api_key,
            key_last_four: row.api_key_last_four,
            created_at: time(row.created_at),
            pause,
            notes: ConnectionNotes {
                tested_at: when(row.tested_at),
                password_access: row.password_access.map(|access| access != 0),
                last_success_at: when(row.last_success_at),
            },
        })
    }
}
