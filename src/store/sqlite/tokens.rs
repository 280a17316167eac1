//! Tokens of agents and of people.

use uuid::Uuid;

use super::rows::{from_json, time, to_json, when};
use super::{Store, Tx, audit};
use crate::domain::{
    AddressRanges, AgentId, AuditEvent, Scope, ScopeSet, Timestamp, TokenId, UserId,
};
use crate::store::{NewToken, StoreError, TokenDetails, TokenOwner};

impl Store {
    /// Keeps a new token.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn create_token(
        &self,
        token: &NewToken,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        insert(&mut tx, token).await?;
        audit::append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a token that takes the place of another one, which works until this time at the
    /// latest.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if the other one has ended meanwhile.
    pub async fn replace_token(
        &self,
        token: &NewToken,
        old: TokenId,
        old_until: Timestamp,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let now = event.at.as_millis();
        let until = old_until.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE tokens
            SET expires_at = min(expires_at, $2)
            WHERE id = $1 AND revoked_at IS NULL AND expires_at > $3",
            old.0,
            until,
            now,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Err(StoreError::Changed);
        }
        insert(&mut tx, token).await?;
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(())
    }

    /// The tokens of an agent or a person, the newest first, those that ended included.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn tokens_of(&self, owner: TokenOwner) -> Result<Vec<TokenDetails>, StoreError> {
        let rows = match owner {
            TokenOwner::Agent(id) => {
                sqlx::query_as!(
                    TokenRow,
                    "SELECT id AS \"id: Uuid\", public_id, hash, agent_id AS \"agent_id: Uuid\",
                        user_id AS \"user_id: Uuid\", name, scopes, addresses, created_at,
                        expires_at, revoked_at, last_used_at, last_address, refused_at
                    FROM tokens
                    WHERE agent_id = $1
                    ORDER BY created_at DESC
                    LIMIT 500",
                    id.0,
                )
                .fetch_all(&self.readers)
                .await?
            }
            TokenOwner::User(id) => {
                sqlx::query_as!(
                    TokenRow,
                    "SELECT id AS \"id: Uuid\", public_id, hash, agent_id AS \"agent_id: Uuid\",
                        user_id AS \"user_id: Uuid\", name, scopes, addresses, created_at,
                        expires_at, revoked_at, last_used_at, last_address, refused_at
                    FROM tokens
                    WHERE user_id = $1
                    ORDER BY created_at DESC
                    LIMIT 500",
                    id.0,
                )
                .fetch_all(&self.readers)
                .await?
            }
        };
        rows.into_iter().map(TokenDetails::try_from).collect()
    }

    /// Notes that a token was presented from an address that it does not work from: once a minute,
    /// so that nobody fills the audit with it.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn note_foreign_address(
        &self,
        id: TokenId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE tokens
            SET refused_at = $2
            WHERE id = $1 AND (refused_at IS NULL OR refused_at <= $2 - 60000)",
            id.0,
            at,
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

    /// The token with this public part, expired and revoked ones included.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn token_by_public_id(
        &self,
        public_id: &str,
    ) -> Result<Option<TokenDetails>, StoreError> {
        sqlx::query_as!(
            TokenRow,
            "SELECT id AS \"id: Uuid\", public_id, hash, agent_id AS \"agent_id: Uuid\",
                user_id AS \"user_id: Uuid\", name, scopes, addresses, created_at, expires_at,
                revoked_at, last_used_at, last_address, refused_at
            FROM tokens
            WHERE public_id = $1",
            public_id,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(TokenDetails::try_from)
        .transpose()
    }

    /// The token with this id.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn token(&self, id: TokenId) -> Result<Option<TokenDetails>, StoreError> {
        sqlx::query_as!(
            TokenRow,
            "SELECT id AS \"id: Uuid\", public_id, hash, agent_id AS \"agent_id: Uuid\",
                user_id AS \"user_id: Uuid\", name, scopes, addresses, created_at, expires_at,
                revoked_at, last_used_at, last_address, refused_at
            FROM tokens
            WHERE id = $1",
            id.0,
        )
        .fetch_optional(&self.readers)
        .await?
        .map(TokenDetails::try_from)
        .transpose()
    }

    /// Notes when and from where a token was last used.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn touch_token(
        &self,
        id: TokenId,
        at: Timestamp,
        address: Option<&str>,
    ) -> Result<(), StoreError> {
        let at = at.as_millis();
        sqlx::query!(
            "UPDATE tokens SET last_used_at = $2, last_address = $3 WHERE id = $1",
            id.0,
            at,
            address,
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Revokes a token. False: it is revoked already, or unknown.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn revoke_token(&self, id: TokenId, event: &AuditEvent) -> Result<bool, StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            id.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return Ok(false);
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(true)
    }
}

async fn insert(tx: &mut Tx, token: &NewToken) -> Result<(), StoreError> {
    let (agent, user) = match token.owner {
        TokenOwner::Agent(id) => (Some(id.0), None),
        TokenOwner::User(id) => (None, Some(id.0)),
    };
    let hash = token.hash.as_slice();
    let scopes = to_json(&token.scopes.iter().collect::<Vec<Scope>>());
    let addresses = (!token.addresses.is_everywhere()).then(|| to_json(&token.addresses));
    let created_at = token.created_at.as_millis();
    let expires_at = token.expires_at.as_millis();
    sqlx::query!(
        "INSERT INTO tokens (id, public_id, hash, agent_id, user_id, name, scopes, addresses,
            created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        token.id.0,
        token.public_id,
        hash,
        agent,
        user,
        token.name,
        scopes,
        addresses,
        created_at,
        expires_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct TokenRow {
    id: Uuid,
    public_id: String,
    hash: Vec<u8>,
    agent_id: Option<Uuid>,
    user_id: Option<Uuid>,
    name: String,
    scopes: String,
    addresses: Option<String>,
    created_at: i64,
    expires_at: i64,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
    last_address: Option<String>,
    refused_at: Option<i64>,
}

impl TryFrom<TokenRow> for TokenDetails {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let owner = match (row.agent_id, row.user_id) {
            (Some(id), None) => TokenOwner::Agent(AgentId(id)),
            (None, Some(id)) => TokenOwner::User(UserId(id)),
            (None, None) | (Some(_), Some(_)) => {
                return Err(StoreError::inconsistent("tokens", row.id, "not one owner"));
            }
        };
        let scopes: Vec<Scope> = from_json("tokens", row.id, &row.scopes)?;
        let addresses = match &row.addresses {
            None => AddressRanges::default(),
            Some(ranges) => from_json("tokens", row.id, ranges)?,
        };
        Ok(Self {
            id: TokenId(row.id),
            public_id: row.public_id,
            hash: row.hash.try_into().map_err(|_| {
                StoreError::inconsistent("tokens", row.id, "the hash has the wrong length")
            })?,
            owner,
            name: row.name,
            scopes: scopes.into_iter().fold(ScopeSet::EMPTY, ScopeSet::with),
            created_at: time(row.created_at),
            expires_at: time(row.expires_at),
            revoked_at: when(row.revoked_at),
            addresses,
            last_used_at: when(row.last_used_at),
            last_address: row.last_address,
            refused_at: when(row.refused_at),
        })
    }
}
