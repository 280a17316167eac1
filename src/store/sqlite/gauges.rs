//! Numbers about the whole, for whoever watches the server. They name no client and no person, and
//! none of them takes longer as the history grows.

use super::Store;
use super::rows::{named, when};
use crate::domain::{AuditAction, ProposalStatus};
use crate::store::{Gauges, HappenedSince, Pool, StoreError};

/// Open proposals are counted up to here.
const COUNT_LIMIT: i64 = 10_000;
/// So many rows of the audit are counted at a time.
const ROWS: i64 = 50_000;

/// The states that work is still done in. Those of the past would take longer and longer to count.
const OPEN: [ProposalStatus; 7] = [
    ProposalStatus::Pending,
    ProposalStatus::SentBack,
    ProposalStatus::Held,
    ProposalStatus::Queued,
    ProposalStatus::Applying,
    ProposalStatus::Checking,
    ProposalStatus::NeedsAttention,
];

impl Store {
    /// How things stand.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn gauges(&self) -> Result<Gauges, StoreError> {
        let mut proposals = Vec::with_capacity(OPEN.len());
        for status in OPEN {
            let name = status.as_str();
            let count = sqlx::query_scalar!(
                "SELECT count(*) AS \"count!: i64\"
                FROM (SELECT 1 FROM proposals WHERE status = $1 LIMIT $2)",
                name,
                COUNT_LIMIT,
            )
            .fetch_one(&self.readers)
            .await?;
            proposals.push((status, count));
        }
        let oldest_queued = sqlx::query_scalar!(
            "SELECT min(approved_at) AS \"at: i64\" FROM items WHERE state = 'queued'"
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Gauges {
            proposals,
            oldest_queued_at: when(oldest_queued),
        })
    }

    /// What has happened since the row of the audit with this number; a part of it, if it is much.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn happened_since(&self, number: i64) -> Result<HappenedSince, StoreError> {
        let until = sqlx::query_scalar!(
            "SELECT max(number) AS \"number: i64\"
            FROM (SELECT number FROM audit WHERE number > $1 ORDER BY number LIMIT $2)",
            number,
            ROWS,
        )
        .fetch_one(&self.readers)
        .await?
        .unwrap_or(number);
        let rows = sqlx::query!(
            "SELECT action,
                coalesce(
                    json_extract(details, '$.ending'), json_extract(details, '$.result')
                ) AS \"ending: String\",
                count(*) AS \"count!: i64\"
            FROM audit
            WHERE number > $1 AND number <= $2
            GROUP BY 1, 2",
            number,
            until,
        )
        .fetch_all(&self.readers)
        .await?;
        let mut events = Vec::new();
        let mut endings = Vec::new();
        for row in rows {
            let action: AuditAction = named("audit", number, &row.action)?;
            let count = u64::try_from(row.count).unwrap_or(0);
            events.push((action, count));
            if action == AuditAction::Ended {
                endings.push((row.ending.unwrap_or_else(|| "not_sent".to_owned()), count));
            }
        }
        Ok(HappenedSince {
            until,
            events,
            endings,
        })
    }

    /// How many connections to the tables there are, and how many of them have nothing to do.
    pub fn pools(&self) -> [(&'static str, Pool); 2] {
        let of = |pool: &sqlx::SqlitePool| Pool {
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        };
        [("readers", of(&self.readers)), ("writer", of(&self.writer))]
    }
}
