//! What is sealed under the master key: found, counted and wrapped anew, without being opened.

use uuid::Uuid;

use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, named_enum};
use crate::store::StoreError;

named_enum! {
    /// A column that holds sealed records.
    pub enum SealedColumn {
        /// Keys of connections.
        ConnectionKeys = "connections.api_key",
        /// Seeds of second factors.
        FactorSeeds = "users.factor_seed",
        /// Seeds that were shown and not confirmed yet.
        FactorOffers = "users.factor_offered",
        /// Bodies with secrets.
        ItemBodies = "items.sealed_body",
        /// What agents asked for, exactly.
        ProposalsAsked = "proposals.asked",
    }
}

impl SealedColumn {
    /// Table and column, as records are bound to them.
    pub fn place(self) -> (&'static str, &'static str) {
        self.as_str().split_once('.').unwrap_or_default()
    }
}

/// One sealed record.
#[derive(Clone, Debug)]
pub struct SealedRow {
    /// Where it stands in its table.
    pub place: i64,
    /// The id of its row.
    pub id: Uuid,
    /// The record.
    pub sealed: Vec<u8>,
}

/// How many records of a column are sealed under one master key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCount {
    /// The id of the key; not of eight bytes where a record makes no sense.
    pub key_id: Vec<u8>,
    /// How many.
    pub rows: u64,
}

impl Store {
    /// Records of a column that another master key than this one has sealed, behind this place.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn sealed_otherwise(
        &self,
        column: SealedColumn,
        key_id: [u8; 8],
        after: i64,
        limit: i64,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let key = key_id.as_slice();
        let readers = &self.readers;
        let rows = match column {
            SealedColumn::ConnectionKeys => {
                sqlx::query_as!(
                    SealedRow,
                    "SELECT rowid AS \"place!: i64\", id AS \"id!: Uuid\", api_key AS \"sealed!\"
                    FROM connections
                    WHERE rowid > $1 AND length(api_key) > 0 AND substr(api_key, 2, 8) <> $2
                    ORDER BY rowid
                    LIMIT $3",
                    after,
                    key,
                    limit
                )
                .fetch_all(readers)
                .await
            }
            SealedColumn::FactorSeeds => {
                sqlx::query_as!(
                    SealedRow,
                    "SELECT rowid AS \"place!: i64\", id AS \"id!: Uuid\",
                        factor_seed AS \"sealed!\"
                    FROM users
                    WHERE rowid > $1 AND length(factor_seed) > 0
                        AND substr(factor_seed, 2, 8) <> $2
                    ORDER BY rowid
                    LIMIT $3",
                    after,
                    key,
                    limit
                )
                .fetch_all(readers)
                .await
            }
            SealedColumn::FactorOffers => {
                sqlx::query_as!(
                    SealedRow,
                    "SELECT rowid AS \"place!: i64\", id AS \"id!: Uuid\",
                        factor_offered AS \"sealed!\"
                    FROM users
                    WHERE rowid > $1 AND length(factor_offered) > 0
                        AND substr(factor_offered, 2, 8) <> $2
                    ORDER BY rowid
                    LIMIT $3",
                    after,
                    key,
                    limit
                )
                .fetch_all(readers)
                .await
            }
            SealedColumn::ItemBodies => {
                sqlx::query_as!(
                    SealedRow,
                    "SELECT rowid AS \"place!: i64\", id AS \"id!: Uuid\",
                        sealed_body AS \"sealed!\"
                    FROM items
                    WHERE rowid > $1 AND length(sealed_body) > 0
                        AND substr(sealed_body, 2, 8) <> $2
                    ORDER BY rowid
                    LIMIT $3",
                    after,
                    key,
                    limit
                )
                .fetch_all(readers)
                .await
            }
            SealedColumn::ProposalsAsked => {
                sqlx::query_as!(
                    SealedRow,
                    "SELECT rowid AS \"place!: i64\", id AS \"id!: Uuid\", asked AS \"sealed!\"
                    FROM proposals
                    WHERE rowid > $1 AND length(asked) > 0 AND substr(asked, 2, 8) <> $2
                    ORDER BY rowid
                    LIMIT $3",
                    after,
                    key,
                    limit
                )
                .fetch_all(readers)
                .await
            }
        };
        Ok(rows?)
    }

    /// Puts records, wrapped anew, in the place of what they were. One that has changed meanwhile
    /// stays as it is. Says how many were replaced.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn replace_sealed(
        &self,
        column: SealedColumn,
        rewrapped: &[(SealedRow, Vec<u8>)],
    ) -> Result<u64, StoreError> {
        let mut replaced = 0;
        let mut tx = self.begin().await?;
        for (row, anew) in rewrapped {
            replaced += replace(&mut tx, column, row, anew).await?;
        }
        tx.commit().await?;
        Ok(replaced)
    }

    /// How many records each master key has sealed.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn sealed_by_key(&self) -> Result<Vec<SealedCount>, StoreError> {
        let rows = sqlx::query!(
            "SELECT key_id AS \"key_id!: Vec<u8>\", count(*) AS \"rows!: i64\"
            FROM (
                SELECT substr(api_key, 2, 8) AS key_id FROM connections WHERE length(api_key) > 0
                UNION ALL
                SELECT substr(factor_seed, 2, 8) FROM users WHERE length(factor_seed) > 0
                UNION ALL
                SELECT substr(factor_offered, 2, 8) FROM users WHERE length(factor_offered) > 0
                UNION ALL
                SELECT substr(sealed_body, 2, 8) FROM items WHERE length(sealed_body) > 0
                UNION ALL
                SELECT substr(asked, 2, 8) FROM proposals WHERE length(asked) > 0
            )
            GROUP BY key_id",
        )
        .fetch_all(&self.readers)
        .await?;
        let counts = rows.into_iter().map(|row| SealedCount {
            key_id: row.key_id,
            rows: row.rows.unsigned_abs(),
        });
        Ok(counts.collect())
    }

    /// Notes which master key the next start is to find in the file.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn change_key_check(
        &self,
        key_check: &str,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("UPDATE instance SET key_check = $1", key_check)
            .execute(&mut *tx)
            .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn replace(
    tx: &mut Tx,
    column: SealedColumn,
    row: &SealedRow,
    anew: &[u8],
) -> Result<u64, StoreError> {
    let SealedRow { place, sealed, .. } = row;
    let query = match column {
        SealedColumn::ConnectionKeys => sqlx::query!(
            "UPDATE connections SET api_key = $3 WHERE rowid = $1 AND api_key = $2",
            place,
            sealed,
            anew,
        )
        .execute(&mut **tx),
        SealedColumn::FactorSeeds => sqlx::query!(
            "UPDATE users SET factor_seed = $3 WHERE rowid = $1 AND factor_seed = $2",
            place,
            sealed,
            anew,
        )
        .execute(&mut **tx),
        SealedColumn::FactorOffers => sqlx::query!(
            "UPDATE users SET factor_offered = $3 WHERE rowid = $1 AND factor_offered = $2",
            place,
            sealed,
            anew,
        )
        .execute(&mut **tx),
        SealedColumn::ItemBodies => sqlx::query!(
            "UPDATE items SET sealed_body = $3 WHERE rowid = $1 AND sealed_body = $2",
            place,
            sealed,
            anew,
        )
        .execute(&mut **tx),
        SealedColumn::ProposalsAsked => sqlx::query!(
            "UPDATE proposals SET asked = $3 WHERE rowid = $1 AND asked = $2",
            place,
            sealed,
            anew,
        )
        .execute(&mut **tx),
    };
    Ok(query.await?.rows_affected())
}
