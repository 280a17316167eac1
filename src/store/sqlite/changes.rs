//! Changes of proposals, in the order in which they were committed, and who is told of them.
//!
//! Triggers write the rows of each status, so no statement can forget to. One task hands them out:
//! each commit of this process calls it, and it looks by itself for those of others, such as the
//! command line.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::watch;
use uuid::Uuid;

use super::rows::{named, time};
use super::{Store, Tx};
use crate::domain::{AgentId, ProposalId, Timestamp};
use crate::store::StoreError;
use crate::store::listening::{Listener, Listeners, StatusChange, Topic};

/// How many changes are handed out at a time.
const HANDFUL: i64 = 500;
/// How many rows one sweep deletes; what is left is done by the next.
const BATCH: i64 = 1_000;

/// Nothing was handed out since the start.
const NOTHING_YET: i64 = -1;

/// What was committed, and who is told.
#[derive(Debug)]
pub(super) struct Changes {
    commits: watch::Sender<()>,
    listeners: Arc<Listeners>,
    handed_out: AtomicI64,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            commits: watch::Sender::new(()),
            listeners: Arc::default(),
            handed_out: AtomicI64::new(NOTHING_YET),
        }
    }
}

impl Changes {
    /// This process has committed something.
    pub(super) fn committed(&self) {
        self.commits.send_replace(());
    }
}

impl Store {
    /// Waits for this from now on: what is read after this call and what wakes the listener is
    /// together everything.
    pub fn listen(&self, topic: Topic) -> Listener {
        Listeners::listen(&self.changes.listeners, topic)
    }

    /// Tells whenever something about proposals, agents or tokens was committed by this process.
    pub fn commits(&self) -> watch::Receiver<()> {
        self.changes.commits.subscribe()
    }

    /// Wakes those whom changes concern that were committed since this was last called, by whichever
    /// process. To be called by one task.
    ///
    /// # Errors
    /// If the database does not answer. What was not handed out is by the next call.
    pub async fn hand_out_changes(&self) -> Result<(), StoreError> {
        let after = self.changes.handed_out.load(Ordering::SeqCst);
        if after == NOTHING_YET {
            let newest = self.newest_change().await?;
            self.changes.handed_out.store(newest, Ordering::SeqCst);
            self.changes.listeners.wake_all();
            return Ok(());
        }
        loop {
            let after = self.changes.handed_out.load(Ordering::SeqCst);
            let rows = sqlx::query!(
                "SELECT number, agent_id AS \"agent_id: Uuid\", proposal_id AS \"proposal_id: Uuid\"
                FROM changes
                WHERE number > $1
                ORDER BY number
                LIMIT $2",
                after,
                HANDFUL,
            )
            .fetch_all(&self.readers)
            .await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            let last = last.number;
            for row in rows {
                self.changes
                    .listeners
                    .wake(Topic::Agent(AgentId(row.agent_id)));
                if let Some(id) = row.proposal_id {
                    self.changes.listeners.wake(Topic::Proposal(ProposalId(id)));
                }
            }
            self.changes.handed_out.store(last, Ordering::SeqCst);
        }
    }

    /// Tells everybody who waits, now and later, that nothing more will come.
    pub fn end_listening(&self) {
        self.changes.listeners.close();
    }

    /// The agent's changes after this number, the oldest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn changes_after(
        &self,
        agent: AgentId,
        number: i64,
        limit: u32,
    ) -> Result<Vec<StatusChange>, StoreError> {
        let rows = sqlx::query_as!(
            ChangeRow,
            "SELECT number, at, proposal_id AS \"proposal_id!: Uuid\", status AS \"status!\",
                is_read_back AS \"is_read_back: bool\"
            FROM changes INDEXED BY changes_of_agent
            WHERE agent_id = $1 AND proposal_id IS NOT NULL AND number > $2
            ORDER BY number
            LIMIT $3",
            agent.0,
            number,
            limit,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The agent's newest change; `None` if it has none.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn newest_change_of(
        &self,
        agent: AgentId,
    ) -> Result<Option<StatusChange>, StoreError> {
        let row = sqlx::query_as!(
            ChangeRow,
            "SELECT number, at, proposal_id AS \"proposal_id!: Uuid\", status AS \"status!\",
                is_read_back AS \"is_read_back: bool\"
            FROM changes INDEXED BY changes_of_agent
            WHERE agent_id = $1 AND proposal_id IS NOT NULL
            ORDER BY number DESC
            LIMIT 1",
            agent.0,
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The change of this number, if it is one of the agent's.
    ///
    /// # Errors
    /// If the database does not answer or the row makes no sense.
    pub async fn change_of(
        &self,
        agent: AgentId,
        number: i64,
    ) -> Result<Option<StatusChange>, StoreError> {
        let row = sqlx::query_as!(
            ChangeRow,
            "SELECT number, at, proposal_id AS \"proposal_id!: Uuid\", status AS \"status!\",
                is_read_back AS \"is_read_back: bool\"
            FROM changes
            WHERE agent_id = $1 AND proposal_id IS NOT NULL AND number = $2",
            agent.0,
            number,
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Deletes changes from before this moment. The newest of all stays, so that no number is given
    /// twice. Says how many.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn forget_changes(&self, before: Timestamp) -> Result<u64, StoreError> {
        let before = before.as_millis();
        let mut tx = self.begin().await?;
        let deleted = sqlx::query!(
            "DELETE FROM changes
            WHERE at < $1 AND number IN (
                SELECT number FROM changes
                WHERE number < (SELECT max(number) FROM changes)
                ORDER BY number
                LIMIT $2
            )",
            before,
            BATCH,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(deleted)
    }

    async fn newest_change(&self) -> Result<i64, StoreError> {
        let newest = sqlx::query_scalar!("SELECT max(number) AS \"newest: i64\" FROM changes")
            .fetch_one(&self.readers)
            .await?;
        Ok(newest.unwrap_or(0))
    }
}

/// Notes that what was written has been read back. Where that comes with the status, the status
/// tells it.
pub(super) async fn note_read_back(
    tx: &mut Tx,
    proposal: ProposalId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = at.as_millis();
    sqlx::query!(
        "INSERT INTO changes (at, agent_id, proposal_id, status, is_read_back)
        SELECT $2, agent_id, id, status, 1
        FROM proposals
        WHERE id = $1 AND status IN ('applied', 'partly_applied')",
        proposal.0,
        at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct ChangeRow {
    number: i64,
    at: i64,
    proposal_id: Uuid,
    status: String,
    is_read_back: bool,
}

impl TryFrom<ChangeRow> for StatusChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            at: time(row.at),
            proposal_id: ProposalId(row.proposal_id),
            status: named("changes", row.number, &row.status)?,
            is_read_back: row.is_read_back,
        })
    }
}
