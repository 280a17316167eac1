//! Agents.

use uuid::Uuid;

use super::connections::ConnectionRow;
use super::profiles::ProfileRow;
use super::rows::{scope_from_json, scope_to_json, time, when};
use super::{Store, audit};
use crate::domain::{AgentId, AgentRef, AuditEvent, ConnectionId, ConnectionRef, UserId};
use crate::store::{AgentAccount, AgentDetails, NewAgent, StoreError};

impl Store {
    /// Adds an agent.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] if there is one of this name.
    pub async fn create_agent(
        &self,
        agent: &NewAgent,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let owner = agent.owner_id.map(|owner| owner.0);
        let organizations = scope_to_json(&agent.organizations);
        let at = event.at.as_millis();
        let gateway_wait = agent.gateway_wait.seconds();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO agents (id, name, profile_id, connection_id, owner_id, organizations,
                created_at, gateway_wait_seconds)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            agent.id.0,
            agent.name,
            agent.profile_id.0,
            agent.connection_id.0,
            owner,
            organizations,
            at,
            gateway_wait,
        )
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All agents, by name.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn agents(&self) -> Result<Vec<AgentDetails>, StoreError> {
        let accounts = self.agents_between(Uuid::nil(), Uuid::max()).await?;
        Ok(accounts
            .into_iter()
            .map(|account| account.details)
            .collect())
    }

    /// The agent of this name.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn agent_by_name(&self, name: &str) -> Result<Option<AgentAccount>, StoreError> {
        let id = sqlx::query_scalar!(
            "SELECT id AS \"id: Uuid\" FROM agents WHERE name = $1",
            name
        )
        .fetch_optional(&self.readers)
        .await?;
        match id {
            Some(id) => self.agent(AgentId(id)).await,
            None => Ok(None),
        }
    }

    /// The agent with its profile and connection.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn agent(&self, id: AgentId) -> Result<Option<AgentAccount>, StoreError> {
        Ok(self.agents_between(id.0, id.0).await?.pop())
    }

    /// One agent or all: a range of ids, so that one query serves both and uses the key.
    async fn agents_between(
        &self,
        first: Uuid,
        last: Uuid,
    ) -> Result<Vec<AgentAccount>, StoreError> {
        sqlx::query_as!(
            AgentRow,
            "SELECT a.id AS \"id: Uuid\", a.name, a.owner_id AS \"owner_id: Uuid\", a.organizations, a.created_at,
                a.paused_at, a.pause_reason, a.gateway_wait_seconds,
                (
                    SELECT w.since FROM pauses AS w
                    WHERE w.scope = 'profile' AND w.subject_id = a.profile_id
                ) AS \"profile_paused_at: i64\",
                p.id AS \"profile_id: Uuid\", p.name AS profile_name, p.preset, p.rules,
                p.version, p.updated_at,
                c.id AS \"connection_id: Uuid\", c.name AS connection_name, c.region, c.base_url,
                c.api_key, c.api_key_last_four, c.created_at AS connection_created_at, c.pause,
                c.pause_detail, c.paused_at AS connection_paused_at, c.paused_until,
                c.tested_at, c.password_access, c.last_success_at
            FROM agents AS a
            JOIN profiles AS p ON p.id = a.profile_id
            JOIN connections AS c ON c.id = a.connection_id
            WHERE a.id BETWEEN $1 AND $2 AND a.removed_at IS NULL
            ORDER BY a.name
            LIMIT 1000",
            first,
            last,
        )
        .fetch_all(&self.readers)
        .await?
        .into_iter()
        .map(AgentAccount::try_from)
        .collect()
    }
}

struct AgentRow {
    id: Uuid,
    name: String,
    owner_id: Option<Uuid>,
    organizations: Option<String>,
    created_at: i64,
    paused_at: Option<i64>,
    pause_reason: Option<String>,
    gateway_wait_seconds: i64,
    profile_paused_at: Option<i64>,
    profile_id: Uuid,
    profile_name: String,
    preset: String,
    rules: String,
    version: i64,
    updated_at: i64,
    connection_id: Uuid,
    connection_name: String,
    region: String,
    base_url: Option<String>,
    api_key: Vec<u8>,
    api_key_last_four: String,
    connection_created_at: i64,
    pause: Option<String>,
    pause_detail: Option<String>,
    connection_paused_at: Option<i64>,
    paused_until: Option<i64>,
    tested_at: Option<i64>,
    password_access: Option<i64>,
    last_success_at: Option<i64>,
}

impl TryFrom<AgentRow> for AgentAccount {
    type Error = StoreError;

    fn try_from(row: AgentRow) -> Result<Self, StoreError> {
        let organizations = scope_from_json("agents", row.id, row.organizations)?;
        let gateway_wait = row
            .gateway_wait_seconds
            .try_into()
            .map_err(|error| StoreError::inconsistent("agents", row.id, error))?;
        let profile = ProfileRow {
            id: row.profile_id,
            name: row.profile_name,
            preset: row.preset,
            rules: row.rules,
            version: row.version,
            updated_at: row.updated_at,
        };
        let connection = ConnectionRow {
            id: row.connection_id,
            name: row.connection_name,
            region: row.region,
            base_url: row.base_url,
            api_key: row.api_key,
            api_key_last_four: row.api_key_last_four,
            created_at: row.connection_created_at,
            pause: row.pause,
            pause_detail: row.pause_detail,
            paused_at: row.connection_paused_at,
            paused_until: row.paused_until,
            tested_at: row.tested_at,
            password_access: row.password_access,
            last_success_at: row.last_success_at,
        };
        Ok(Self {
            details: AgentDetails {
                agent: AgentRef {
                    id: AgentId(row.id),
                    name: row.name,
                    owner: row.owner_id.map(UserId),
                },
                profile: profile.try_into()?,
                connection: ConnectionRef {
                    id: ConnectionId(connection.id),
                    name: connection.name.clone(),
                },
                organizations,
                gateway_wait,
                created_at: time(row.created_at),
                paused_at: when(row.paused_at),
                pause_reason: row.pause_reason,
                profile_paused_at: when(row.profile_paused_at),
            },
            connection: connection.try_into()?,
        })
    }
}
