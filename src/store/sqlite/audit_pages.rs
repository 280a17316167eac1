//! Pages of the audit, for people to read. Each looks at so many rows and no more, whatever it is
//! asked for; a page may therefore be short although there is a next one.

use uuid::Uuid;

use super::Store;
use super::audit::hex;
use super::rows::{from_json, named, time};
use crate::domain::{AuditAction, AuditActor, AuditFilter, AuditRow, Timestamp};
use crate::store::{Page, StoreError};

/// Where part of what is asked for is no index, so many rows are looked at for one page.
const LOOK: i64 = 2_000;

impl Store {
    /// Rows of the audit, newest first, from below this number. A page may be short, or empty, and
    /// still have a next one.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn audit_page(
        &self,
        filter: &AuditFilter,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditRow, i64>, StoreError> {
        let (lowest, highest) = self.numbers_between(filter).await?;
        let below = below.map_or(highest, |below| below.min(highest));
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let one_more = i64::from(limit) + 1;
        let look = if filter.asks_for_nothing() {
            one_more
        } else {
            one_more.max(LOOK)
        };
        let looked_at = self.audit_numbers(filter, lowest, below, look).await?;
        let mut rows = self.audit_rows(filter, &looked_at, one_more).await?;
        let has_more = rows.len() > page;
        rows.truncate(page);
        let saw_all = i64::try_from(looked_at.len()).is_ok_and(|seen| seen < look);
        let next = if has_more {
            rows.last().map(|row| row.number)
        } else if saw_all {
            None
        } else {
            looked_at.last().copied()
        };
        Ok(Page { items: rows, next })
    }

    /// Rows of the audit in the order they were written, from after this number.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn audit_after(&self, number: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query_as!(
            PageRow,
            "SELECT a.number, a.at, a.actor, a.actor_id AS \"actor_id: Uuid\",
                coalesce(u.name, g.name) AS \"actor_name: String\",
                a.credential AS \"credential: Uuid\", a.address, a.action, a.subject, a.subject_id,
                a.details, a.previous_hash, a.hash
            FROM audit AS a
            LEFT JOIN users AS u ON u.id = a.actor_id
            LEFT JOIN agents AS g ON g.id = a.actor_id
            WHERE a.number > $1
            ORDER BY a.number
            LIMIT $2",
            number,
            limit,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(AuditRow::try_from).collect()
    }

    /// The number before the first row of this time or later.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn audit_before(&self, since: Timestamp) -> Result<i64, StoreError> {
        let filter = AuditFilter {
            since: Some(since),
            ..AuditFilter::default()
        };
        let (lowest, _) = self.numbers_between(&filter).await?;
        Ok(lowest - 1)
    }

    /// The first number of the time asked for, and the one after its last. A row can be written a
    /// little after one of a later time, so a few around each end are looked at.
    async fn numbers_between(&self, filter: &AuditFilter) -> Result<(i64, i64), StoreError> {
        let lowest = match filter.since {
            None => Some(1),
            Some(since) => {
                let since = since.as_millis();
                sqlx::query_scalar!(
                    "SELECT min(number) AS \"number: i64\"
                    FROM (SELECT number FROM audit WHERE at >= $1 ORDER BY at LIMIT 1000)",
                    since,
                )
                .fetch_one(&self.readers)
                .await?
            }
        };
        let highest = match filter.until {
            None => Some(i64::MAX),
            Some(until) => {
                let until = until.as_millis();
                sqlx::query_scalar!(
                    "SELECT max(number) + 1 AS \"number: i64\"
                    FROM (SELECT number FROM audit WHERE at <= $1 ORDER BY at DESC LIMIT 1000)",
                    until,
                )
                .fetch_one(&self.readers)
                .await?
            }
        };
        // Nothing is of that time: no number is at least the largest, or below the first.
        Ok((lowest.unwrap_or(i64::MAX), highest.unwrap_or(1)))
    }

    /// What is asked for first chooses the index.
    async fn audit_numbers(
        &self,
        filter: &AuditFilter,
        lowest: i64,
        below: i64,
        look: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let numbers = if let Some((subject, id)) = &filter.subject {
            sqlx::query_scalar!(
                "SELECT number
                FROM audit
                WHERE subject = $1 AND subject_id = $2 AND number >= $3 AND number < $4
                ORDER BY number DESC
                LIMIT $5",
                subject,
                id,
                lowest,
                below,
                look,
            )
            .fetch_all(&self.readers)
            .await?
        } else if let Some(AuditActor::Id(actor)) = filter.actor {
            sqlx::query_scalar!(
                "SELECT number
                FROM audit
                WHERE actor_id = $1 AND number >= $2 AND number < $3
                ORDER BY number DESC
                LIMIT $4",
                actor,
                lowest,
                below,
                look,
            )
            .fetch_all(&self.readers)
            .await?
        } else if let Some(action) = filter.action {
            let action = action.as_str();
            sqlx::query_scalar!(
                "SELECT number
                FROM audit
                WHERE action = $1 AND number >= $2 AND number < $3
                ORDER BY number DESC
                LIMIT $4",
                action,
                lowest,
                below,
                look,
            )
            .fetch_all(&self.readers)
            .await?
        } else {
            sqlx::query_scalar!(
                "SELECT number
                FROM audit
                WHERE number >= $1 AND number < $2
                ORDER BY number DESC
                LIMIT $3",
                lowest,
                below,
                look,
            )
            .fetch_all(&self.readers)
            .await?
        };
        Ok(numbers)
    }

    /// Those of these rows that are all that was asked for.
    async fn audit_rows(
        &self,
        filter: &AuditFilter,
        numbers: &[i64],
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let numbers = super::rows::to_json(&numbers);
        let action = filter.action.map(AuditAction::as_str);
        let (kind, id) = match filter.actor {
            None => (None, None),
            Some(AuditActor::Kind(kind)) => (Some(kind.as_str()), None),
            Some(AuditActor::Id(id)) => (None, Some(id)),
        };
        let since = filter.since.map(Timestamp::as_millis);
        let until = filter.until.map(Timestamp::as_millis);
        let rows = sqlx::query_as!(
            PageRow,
            "SELECT a.number, a.at, a.actor, a.actor_id AS \"actor_id: Uuid\",
                coalesce(u.name, g.name) AS \"actor_name: String\",
                a.credential AS \"credential: Uuid\", a.address, a.action, a.subject, a.subject_id,
                a.details, a.previous_hash, a.hash
            FROM json_each($1) AS looked_at
            CROSS JOIN audit AS a ON a.number = looked_at.value
            LEFT JOIN users AS u ON u.id = a.actor_id
            LEFT JOIN agents AS g ON g.id = a.actor_id
            WHERE ($2 IS NULL OR a.action = $2)
                AND ($3 IS NULL OR a.actor = $3)
                AND ($4 IS NULL OR a.actor_id = $4)
                AND ($5 IS NULL OR a.at >= $5)
                AND ($6 IS NULL OR a.at <= $6)
            ORDER BY a.number DESC
            LIMIT $7",
            numbers,
            action,
            kind,
            id,
            since,
            until,
            limit,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(AuditRow::try_from).collect()
    }
}

struct PageRow {
    number: i64,
    at: i64,
    actor: String,
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    credential: Option<Uuid>,
    address: Option<String>,
    action: String,
    subject: Option<String>,
    subject_id: Option<String>,
    details: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl TryFrom<PageRow> for AuditRow {
    type Error = StoreError;

    fn try_from(row: PageRow) -> Result<Self, StoreError> {
        const TABLE: &str = "audit";
        Ok(Self {
            number: row.number,
            at: time(row.at),
            actor: named(TABLE, row.number, &row.actor)?,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            credential: row.credential,
            address: row.address,
            action: named(TABLE, row.number, &row.action)?,
            subject: row.subject,
            subject_id: row.subject_id,
            details: from_json(TABLE, row.number, &row.details)?,
            previous_hash: hex(&row.previous_hash),
            hash: hex(&row.hash),
        })
    }
}
