//! Claims and comments: what technicians tell each other about a proposal.

use uuid::Uuid;

use super::rows::{time, to_json};
use super::{Store, Tx, audit};
use crate::domain::{AuditEvent, Claim, Comment, CommentText, ProposalId, UserId};
use crate::store::{Commented, StoreError};

/// So many comments of one proposal are taken.
const MOST_COMMENTS: i64 = 200;

impl Store {
    /// Notes that this person is on a proposal, in the place of whoever was. Saying it again changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if it does not wait for people.
    pub async fn claim_proposal(
        &self,
        id: ProposalId,
        person: UserId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let at = event.at.as_millis();
        let mut tx = self.begin().await?;
        let changed = sqlx::query!(
            "INSERT INTO claims (proposal_id, person, at)
            SELECT id, $2, $3 FROM proposals
            WHERE id = $1 AND status = 'pending' AND expires_at > $3
            ON CONFLICT (proposal_id) DO UPDATE SET person = $2, at = $3 WHERE person <> $2",
            id.0,
            person.0,
            at,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed == 0 {
            return require_claim(tx, id, person).await;
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await
    }

    /// Notes that this person is no longer on a proposal. Where they were not, nothing changes.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn release_claim(
        &self,
        id: ProposalId,
        person: UserId,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let released = sqlx::query!(
            "DELETE FROM claims WHERE proposal_id = $1 AND person = $2",
            id.0,
            person.0,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if released == 0 {
            tx.rollback().await?;
            return Ok(());
        }
        audit::append(&mut tx, event).await?;
        self.commit(tx).await
    }

    /// Who is on which of the proposals with these numbers.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn claims_of(&self, numbers: &[i64]) -> Result<Vec<(i64, Claim)>, StoreError> {
        let numbers = to_json(&numbers);
        let rows = sqlx::query!(
            "SELECT p.number, k.person AS \"person: Uuid\", u.name, k.at
            FROM json_each($1) AS asked
            CROSS JOIN proposals AS p ON p.number = asked.value
            CROSS JOIN claims AS k ON k.proposal_id = p.id
            CROSS JOIN users AS u ON u.id = k.person",
            numbers,
        )
        .fetch_all(&self.readers)
        .await?;
        let claims = rows.into_iter().map(|row| {
            let claim = Claim {
                person: UserId(row.person),
                name: row.name,
                at: time(row.at),
            };
            (row.number, claim)
        });
        Ok(claims.collect())
    }

    /// Keeps a comment. The same text by the same person right after it is the same comment.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn comment_on(
        &self,
        id: ProposalId,
        person: UserId,
        text: &CommentText,
        event: &AuditEvent,
    ) -> Result<Commented, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(repeated) = repeated(&mut tx, id, person, text.as_str()).await? {
            tx.rollback().await?;
            return Ok(Commented::Repeated(repeated));
        }
        let (at, text) = (event.at.as_millis(), text.as_str());
        let added = sqlx::query_scalar!(
            "INSERT INTO comments (proposal_id, person, text, at)
            SELECT $1, $2, $3, $4
            WHERE (SELECT count(*) FROM comments WHERE proposal_id = $1) < $5
            RETURNING id AS \"id!\"",
            id.0,
            person.0,
            text,
            at,
            MOST_COMMENTS,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(added) = added else {
            tx.rollback().await?;
            return Ok(Commented::Full);
        };
        audit::append(&mut tx, event).await?;
        self.commit(tx).await?;
        Ok(Commented::New(added))
    }

    /// The comments of a proposal, the oldest first.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn comments_of(&self, id: ProposalId) -> Result<Vec<Comment>, StoreError> {
        let rows = sqlx::query!(
            "SELECT c.id, c.person AS \"person: Uuid\", u.name, c.text, c.at
            FROM comments AS c
            CROSS JOIN users AS u ON u.id = c.person
            WHERE c.proposal_id = $1
            ORDER BY c.id",
            id.0,
        )
        .fetch_all(&self.readers)
        .await?;
        let comments = rows.into_iter().map(|row| Comment {
            id: row.id,
            person: UserId(row.person),
            name: row.name,
            text: row.text,
            at: time(row.at),
        });
        Ok(comments.collect())
    }
}

/// Nothing was changed: right if the person has the claim already.
async fn require_claim(mut tx: Tx, id: ProposalId, person: UserId) -> Result<(), StoreError> {
    let is_theirs = sqlx::query_scalar!(
        "SELECT EXISTS (
            SELECT 1 FROM claims WHERE proposal_id = $1 AND person = $2
        ) AS \"exists!: bool\"",
        id.0,
        person.0,
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.rollback().await?;
    is_theirs.then_some(()).ok_or(StoreError::Changed)
}

/// The last comment, if it is this person's and says this.
async fn repeated(
    tx: &mut Tx,
    id: ProposalId,
    person: UserId,
    text: &str,
) -> Result<Option<i64>, StoreError> {
    let last = sqlx::query!(
        "SELECT id, person AS \"person: Uuid\", text
        FROM comments
        WHERE proposal_id = $1
        ORDER BY id DESC
        LIMIT 1",
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(last
        .filter(|last| last.person == person.0 && last.text == text)
        .map(|last| last.id))
}
