//! Pauses: those of agents and connections stand with them, the wider ones in a table of their own.

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::rows::{named, time};
use super::{Store, audit};
use crate::domain::{
    AgentId, AuditEvent, ConnectionId, ItemId, OrganizationId, Pause, PauseReach, PauseScope,
    ProfileId, Timestamp,
};
use crate::store::{PauseKind, StoreError};

/// Who paused what no person did.
const OPERATOR: &str = "the operator";
const PROGRAM: &str = "Countersign";

impl Store {
    /// Holds back all writes, those of a profile or those for a client. False: they are already.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for an agent or a connection, which have pauses of their own.
    pub async fn pause_writes(
        &self,
        scope: PauseScope,
        name: &str,
        reason: &str,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let (reach, subject) = key(scope)?;
        let since = event.at.as_millis();
        let by = event.actor.person().map(|person| person.0);
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "INSERT INTO pauses (scope, subject_id, name, reason, since, paused_by)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (scope, subject_id) DO NOTHING",
            reach,
            subject,
            name,
            reason,
            since,
            by,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            audit::append(&mut tx, event).await?;
        }
        self.commit(tx).await?;
        Ok(changed > 0)
    }

    /// Lets writes go on that were held back. False: they were not.
    ///
    /// # Errors
    /// As [`Self::pause_writes`].
    pub async fn resume_writes(
        &self,
        scope: PauseScope,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let (reach, subject) = key(scope)?;
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "DELETE FROM pauses WHERE scope = $1 AND subject_id = $2",
            reach,
            subject,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            audit::append(&mut tx, event).await?;
        }
        self.commit(tx).await?;
        Ok(changed > 0)
    }

    /// Everything that is held back, the widest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let mut pauses = self.wide_pauses().await?;
        pauses.extend(self.pauses_of_connections().await?);
        pauses.extend(self.pauses_of_agents().await?);
        pauses.sort_by(|one, other| {
            (one.scope.reach(), &one.name).cmp(&(other.scope.reach(), &other.name))
        });
        Ok(pauses)
    }

    /// Whether writes for this client are held back, and why.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause_of_organization(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<String>, StoreError> {
        let (reach, subject) = key(PauseScope::Organization(organization))?;
        Ok(sqlx::query_scalar!(
            "SELECT reason FROM pauses WHERE scope = $1 AND subject_id = $2",
            reach,
            subject,
        )
        .fetch_optional(&self.readers)
        .await?)
    }

    /// Why an item that was taken up must not be sent now, if anything that claiming heeds was
    /// paused since.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause_of_item(
        &self,
        item: ItemId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let mut reader = self.readers.acquire().await?;
        pause_of(&mut reader, item, now).await
    }

    /// Whether every write is held back, and why.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn pause_of_all(&self) -> Result<Option<String>, StoreError> {
        Ok(
            sqlx::query_scalar!("SELECT reason FROM pauses WHERE scope = 'all'")
                .fetch_optional(&self.readers)
                .await?,
        )
    }

    /// What a client is called, as far as proposals tell.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn organization_name(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<String>, StoreError> {
        let id = organization.to_string();
        let name = sqlx::query_scalar!(
            "SELECT p.organization_name
            FROM agents AS a
            CROSS JOIN proposals AS p
            WHERE p.agent_id = a.id AND p.organization_id = $1
                AND p.organization_name IS NOT NULL
            LIMIT 1",
            id,
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(name.flatten())
    }

    async fn wide_pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let rows = sqlx::query!(
            "SELECT w.scope, w.subject_id, coalesce(p.name, w.name) AS \"name!: String\", w.reason,
                w.since, u.name AS \"by?: String\"
            FROM pauses AS w
            LEFT JOIN profiles AS p ON w.scope = 'profile' AND p.id = w.subject_id
            LEFT JOIN users AS u ON u.id = w.paused_by",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Pause {
                    scope: scope(&row.scope, &row.subject_id)?,
                    name: row.name,
                    reason: row.reason,
                    since: time(row.since),
                    by: row.by.unwrap_or_else(|| OPERATOR.to_owned()),
                })
            })
            .collect()
    }

    async fn pauses_of_connections(&self) -> Result<Vec<Pause>, StoreError> {
        let rows = sqlx::query!(
            "SELECT c.id AS \"id!: Uuid\", c.name, c.pause AS \"pause!: String\",
                coalesce(c.pause_detail, '') AS \"detail!: String\",
                coalesce(c.paused_at, c.created_at) AS \"since!: i64\", u.name AS \"by?: String\"
            FROM connections AS c
            LEFT JOIN users AS u ON u.id = c.paused_by
            WHERE c.pause IS NOT NULL AND c.removed_at IS NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                let by = match named("connections", row.id, &row.pause)? {
                    PauseKind::Operator => row.by.unwrap_or_else(|| OPERATOR.to_owned()),
                    PauseKind::KeyRefused | PauseKind::RateLimited | PauseKind::Breaker => {
                        PROGRAM.to_owned()
                    }
                };
                Ok(Pause {
                    scope: PauseScope::Connection(ConnectionId(row.id)),
                    name: row.name,
                    reason: row.detail,
                    since: time(row.since),
                    by,
                })
            })
            .collect()
    }

    async fn pauses_of_agents(&self) -> Result<Vec<Pause>, StoreError> {
        let rows = sqlx::query!(
            "SELECT a.id AS \"id!: Uuid\", a.name, a.paused_at AS \"since!: i64\",
                coalesce(a.pause_reason, '') AS \"reason!: String\", u.name AS \"by?: String\"
            FROM agents AS a
            LEFT JOIN users AS u ON u.id = a.paused_by
            WHERE a.paused_at IS NOT NULL AND a.removed_at IS NULL",
        )
        .fetch_all(&self.readers)
        .await?;
        let pauses = rows.into_iter().map(|row| Pause {
            scope: PauseScope::Agent(AgentId(row.id)),
            name: row.name,
            reason: row.reason,
            since: time(row.since),
            by: row.by.unwrap_or_else(|| OPERATOR.to_owned()),
        });
        Ok(pauses.collect())
    }
}

/// Why an item must not be sent now, if anything that claiming heeds is paused.
pub(super) async fn pause_of(
    connection: &mut SqliteConnection,
    item: ItemId,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let at = now.as_millis();
    let why = sqlx::query_scalar!(
        "SELECT coalesce(
            (
                SELECT 'all writes are paused: ' || w.reason
                FROM pauses AS w WHERE w.scope = 'all'
            ),
            CASE WHEN c.pause IS NOT NULL AND coalesce(c.paused_until > $2, 1)
                THEN 'the connection is paused: ' || coalesce(c.pause_detail, c.pause)
            END,
            CASE WHEN a.paused_at IS NOT NULL AND p.proposed_by IS NULL
                THEN 'the agent is paused' || coalesce(': ' || a.pause_reason, '')
            END,
            (
                SELECT 'the profile is paused: ' || w.reason
                FROM pauses AS w
                WHERE w.scope = 'profile' AND w.subject_id = a.profile_id
                    AND p.proposed_by IS NULL
            ),
            (
                SELECT w.name || ' is paused: ' || w.reason
                FROM pauses AS w
                WHERE w.scope = 'organization' AND w.subject_id IN (
                    CAST(p.organization_id AS BLOB),
                    CAST(json_extract(i.target, '$.organization_id') AS BLOB)
                )
            )
        ) AS \"why: String\"
        FROM items AS i
        CROSS JOIN proposals AS p
        CROSS JOIN agents AS a
        CROSS JOIN connections AS c
        WHERE i.id = $1 AND p.id = i.proposal_id AND a.id = p.agent_id
            AND c.id = i.connection_id",
        item.0,
        at,
    )
    .fetch_one(connection)
    .await?;
    Ok(why)
}

/// How a wide pause is kept: how far it reaches, and of what.
fn key(scope: PauseScope) -> Result<(&'static str, Vec<u8>), StoreError> {
    let subject = match scope {
        PauseScope::All => Vec::new(),
        PauseScope::Profile(id) => id.0.as_bytes().to_vec(),
        PauseScope::Organization(id) => id.to_string().into_bytes(),
        PauseScope::Connection(_) | PauseScope::Agent(_) => {
            let detail = "agents and connections have pauses of their own";
            return Err(StoreError::inconsistent("pauses", scope.reach(), detail));
        }
    };
    Ok((scope.reach().as_str(), subject))
}

fn scope(reach: &str, subject: &[u8]) -> Result<PauseScope, StoreError> {
    let broken = || StoreError::inconsistent("pauses", reach, "the subject is none");
    match named("pauses", reach, reach)? {
        PauseReach::All => Ok(PauseScope::All),
        PauseReach::Profile => {
            let id = Uuid::from_slice(subject).map_err(|_| broken())?;
            Ok(PauseScope::Profile(ProfileId(id)))
        }
        PauseReach::Organization => {
            let digits = str::from_utf8(subject).map_err(|_| broken())?;
            let id = digits.parse().map_err(|_| broken())?;
            Ok(PauseScope::Organization(id))
        }
        PauseReach::Connection | PauseReach::Agent => Err(broken()),
    }
}
