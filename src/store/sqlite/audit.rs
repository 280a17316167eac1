//! The audit: rows that hold the hash of the row before them, so that none can change unseen.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Store, Tx};
use crate::domain::{AuditEvent, Timestamp, json::canonical};
use crate::store::StoreError;

const PAGE: i64 = 1_000;
/// What the first row names as the hash before it.
pub(super) const BEFORE_THE_FIRST: [u8; 32] = [0; 32];

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the last row; 0 if there is none.
    pub number: i64,
    /// Its hash.
    pub hash: [u8; 32],
    /// When it was written.
    pub at: Timestamp,
}

impl std::fmt::Display for AuditHead {
    /// `NUMBER:HASH`, as it stands in the log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, hex(&self.hash))
    }
}

/// A text that is no head of the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no head of the chain, which is written NUMBER:HASH")]
pub struct BadHead(String);

/// The first row of the chain that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// Its number.
    pub number: i64,
    /// What is wrong with it.
    pub detail: String,
}

impl AuditFault {
    fn new(number: i64, detail: &str) -> Self {
        let detail = detail.to_owned();
        Self { number, detail }
    }

    fn missing(number: i64) -> Self {
        Self::new(number, "the row is missing")
    }
}

impl Store {
    /// Writes down something that changes nothing else, such as a refusal.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn record_event(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        append(&mut tx, event).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        let row = sqlx::query!("SELECT number, hash, at FROM audit ORDER BY number DESC LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else {
            return Ok(AuditHead {
                number: 0,
                hash: BEFORE_THE_FIRST,
                at: Timestamp::from_millis(0),
            });
        };
        Ok(AuditHead {
            number: row.number,
            hash: as_hash(row.number, row.hash)?,
            at: Timestamp::from_millis(row.at),
        })
    }

    /// Whether the chain holds a row of this number and hash, both written `NUMBER:HASH`: one that
    /// was written to the log before. The inner error says what is there instead.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn find_audit_head(
        &self,
        head: &str,
    ) -> Result<Result<Result<(), AuditFault>, BadHead>, StoreError> {
        let Some((number, hash)) = read_head(head) else {
            return Ok(Err(BadHead(head.to_owned())));
        };
        let found = sqlx::query_scalar!("SELECT hash FROM audit WHERE number = $1", number)
            .fetch_optional(&self.readers)
            .await?;
        Ok(Ok(match found {
            Some(found) if hex(&found) == hash => Ok(()),
            Some(_) => Err(AuditFault::new(
                number,
                "it is not the row that the log tells of",
            )),
            None => Err(AuditFault::missing(number)),
        }))
    }

    /// Recomputes the chain from its first row. `Err` in the inner result names the first bad row.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn verify_audit(&self) -> Result<Result<AuditHead, AuditFault>, StoreError> {
        let mut head = AuditHead {
            number: 0,
            hash: BEFORE_THE_FIRST,
            at: Timestamp::from_millis(0),
        };
        // From below the first number, so that nothing can stand where nobody looks.
        let mut after = i64::MIN;
        loop {
            let rows = sqlx::query_as!(
                StoredRow,
                "SELECT number, at, CAST(actor AS BLOB) AS \"actor!: Vec<u8>\", actor_id, credential,
                    CAST(address AS BLOB) AS \"address: Vec<u8>\",
                    CAST(action AS BLOB) AS \"action!: Vec<u8>\",
                    CAST(subject AS BLOB) AS \"subject: Vec<u8>\",
                    CAST(subject_id AS BLOB) AS \"subject_id: Vec<u8>\",
                    CAST(details AS BLOB) AS \"details!: Vec<u8>\", previous_hash, hash
                FROM audit
                WHERE number > $1
                ORDER BY number
                LIMIT $2",
                after,
                PAGE,
            )
            .fetch_all(&self.readers)
            .await?;
            if rows.is_empty() {
                return Ok(Ok(head));
            }
            for row in rows {
                match row.follows(&head) {
                    Ok(next) => head = next,
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            after = head.number;
        }
    }
}

/// Adds a row to the chain, inside the transaction of what it tells of.
pub(super) async fn append(tx: &mut Tx, event: &AuditEvent) -> Result<(), StoreError> {
    let last = sqlx::query!("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        .fetch_optional(&mut **tx)
        .await?;
    let (number, previous_hash) = match last {
        Some(row) => (row.number + 1, row.hash),
        None => (1, BEFORE_THE_FIRST.to_vec()),
    };
    let (subject, subject_id) = match &event.subject {
        Some((kind, id)) => (Some((*kind).to_owned()), Some(id.clone())),
        None => (None, None),
    };
    let mut row = AuditRow {
        number,
        at: event.at.as_millis(),
        actor: event.actor.kind().as_str().to_owned(),
        actor_id: event.actor.id(),
        credential: event.actor.credential(),
        address: event.address.clone(),
        action: event.action.as_str().to_owned(),
        subject,
        subject_id,
        details: canonical(&event.details),
        previous_hash,
        hash: Vec::new(),
    };
    row.hash = row.expected_hash().to_vec();
    sqlx::query!(
        "INSERT INTO audit (number, at, actor, actor_id, credential, address, action, subject,
            subject_id, details, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.number,
        row.at,
        row.actor,
        row.actor_id,
        row.credential,
        row.address,
        row.action,
        row.subject,
        row.subject_id,
        row.details,
        row.previous_hash,
        row.hash,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A row as it lies in the file, where everything may have been tampered with.
struct StoredRow {
    number: i64,
    at: i64,
    actor: Vec<u8>,
    actor_id: Option<Vec<u8>>,
    credential: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    action: Vec<u8>,
    subject: Option<Vec<u8>>,
    subject_id: Option<Vec<u8>>,
    details: Vec<u8>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl StoredRow {
    fn follows(self, head: &AuditHead) -> Result<AuditHead, AuditFault> {
        let number = self.number;
        match self.read() {
            Ok(row) => row.follows(head),
            Err(NotOurs) if number > head.number + 1 => Err(AuditFault::missing(head.number + 1)),
            Err(NotOurs) => Err(AuditFault::new(number, "its content was changed")),
        }
    }

    fn read(self) -> Result<AuditRow, NotOurs> {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|_| NotOurs);
        let id = |bytes: Vec<u8>| Uuid::from_slice(&bytes).map_err(|_| NotOurs);
        Ok(AuditRow {
            number: self.number,
            at: self.at,
            actor: text(self.actor)?,
            actor_id: self.actor_id.map(id).transpose()?,
            credential: self.credential.map(id).transpose()?,
            address: self.address.map(text).transpose()?,
            action: text(self.action)?,
            subject: self.subject.map(text).transpose()?,
            subject_id: self.subject_id.map(text).transpose()?,
            details: text(self.details)?,
            previous_hash: self.previous_hash,
            hash: self.hash,
        })
    }
}

/// The row holds what the program never writes.
struct NotOurs;

struct AuditRow {
    number: i64,
    at: i64,
    actor: String,
    actor_id: Option<Uuid>,
    credential: Option<Uuid>,
    address: Option<String>,
    action: String,
    subject: Option<String>,
    subject_id: Option<String>,
    details: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl AuditRow {
    /// SHA-256(0x00 ‖ previous hash ‖ canonical row).
    fn expected_hash(&self) -> [u8; 32] {
        let row: Value = json!({
            "number": self.number,
            "at": self.at,
            "actor": self.actor,
            "actor_id": self.actor_id,
            "credential": self.credential,
            "address": self.address,
            "action": self.action,
            "subject": self.subject,
            "subject_id": self.subject_id,
            "details": self.details,
        });
        Sha256::new()
            .chain_update([0])
            .chain_update(&self.previous_hash)
            .chain_update(canonical(&row))
            .finalize()
            .into()
    }

    fn follows(&self, head: &AuditHead) -> Result<AuditHead, AuditFault> {
        let fault = |detail| AuditFault::new(self.number, detail);
        if self.number <= head.number {
            return Err(fault("it stands before the first row"));
        }
        if self.number != head.number + 1 {
            return Err(AuditFault::missing(head.number + 1));
        }
        if self.previous_hash != head.hash {
            return Err(fault("it does not follow the row before it"));
        }
        let expected = self.expected_hash();
        if self.hash != expected {
            return Err(fault("its content was changed"));
        }
        Ok(AuditHead {
            number: self.number,
            hash: expected,
            at: Timestamp::from_millis(self.at),
        })
    }
}

fn as_hash(number: i64, bytes: Vec<u8>) -> Result<[u8; 32], StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::inconsistent("audit", number, "the hash has the wrong length"))
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot go wrong.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

fn read_head(text: &str) -> Option<(i64, String)> {
    let (number, hash) = text.split_once(':')?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((number.parse().ok()?, hash.to_ascii_lowercase())).filter(|_| is_hash)
}
