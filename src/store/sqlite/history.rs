//! The history: what was decided, the newest first. A page looks at so many decisions and no more,
//! whatever is asked for; it may therefore be short although there is a next one.

use std::collections::HashMap;

use uuid::Uuid;

use super::Store;
use super::own_clients::OwnClients;
use super::rows::{DecisionColumns, count, from_json, named, time, when};
use crate::domain::{
    AgentId, DecisionVerdict, OrganizationScope, Proposal, ProposalId, ResultKind, Timestamp,
    UserId,
};
use crate::store::{
    HistoryCursor, HistoryEntry, HistoryFilter, Page, PastDecision, PastRevision, StoreError,
};

/// Where part of what is asked for is no index, so many decisions are looked at for one page.
const LOOK: i64 = 2_000;
/// More earlier revisions or decisions of one proposal nobody needs to see.
const MOST: i64 = 50;
/// More names than this nobody looks through.
const MOST_NAMES: i64 = 500;

impl Store {
    /// A page of what was decided about these clients, the newest first. It may be short, or empty,
    /// and still have a next one.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn history(
        &self,
        scope: &OrganizationScope,
        filter: &HistoryFilter,
        from: Option<HistoryCursor>,
        limit: u32,
    ) -> Result<Page<HistoryEntry, HistoryCursor>, StoreError> {
        let latest = HistoryCursor::after(filter.until);
        let from = from.map_or(latest, |from| from.min(latest));
        let mut rows = self
            .decided_below(scope, filter, from, i64::from(limit) + 1)
            .await?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > page;
        rows.truncate(page);
        let next = if has_more {
            rows.last().map(DecisionRow::cursor)
        } else {
            self.last_looked_at(filter, from).await?
        };
        let items = self.entries(rows, filter.result).await?;
        Ok(Page { items, next })
    }

    /// What was decided about a proposal in all its rounds, the oldest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn decisions_of(&self, id: ProposalId) -> Result<Vec<PastDecision>, StoreError> {
        let rows = sqlx::query_as!(
            DecisionRow,
            "SELECT p.number AS \"number!\", d.proposal_id AS \"proposal_id!: Uuid\",
                    d.round AS \"round!\",
                d.person AS \"person: Uuid\", d.decided_by, d.name, d.verdict, d.fingerprint,
                d.shown, d.edits, d.reason, d.at AS \"at!\", d.undone_at
            FROM decisions AS d
            CROSS JOIN proposals AS p ON p.id = d.proposal_id
            WHERE d.proposal_id = $1
            ORDER BY d.round DESC, d.person DESC
            LIMIT $2",
            id.0,
            MOST,
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().rev().map(PastDecision::try_from).collect()
    }

    /// What the agent had proposed, before it or a technician changed it, the oldest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn revisions_of(&self, id: ProposalId) -> Result<Vec<PastRevision>, StoreError> {
        const TABLE: &str = "revisions";
        let rows = sqlx::query!(
            "SELECT revision, method, path, body, summary, reason, replaced_at
            FROM revisions
            WHERE proposal_id = $1
            ORDER BY revision DESC
            LIMIT $2",
            id.0,
            MOST,
        )
        .fetch_all(&self.readers)
        .await?;
        let mut revisions = Vec::with_capacity(rows.len());
        for row in rows.into_iter().rev() {
            let body = row.body.as_deref();
            revisions.push(PastRevision {
                revision: count(TABLE, id, row.revision)?,
                method: named(TABLE, id, &row.method)?,
                body: body.map(|body| from_json(TABLE, id, body)).transpose()?,
                path: row.path,
                summary: row.summary,
                reason: row.reason,
                replaced_at: time(row.replaced_at),
            });
        }
        Ok(revisions)
    }

    /// The agents there are, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn agent_names(&self) -> Result<Vec<(AgentId, String)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id AS \"id: Uuid\", name FROM agents ORDER BY name COLLATE NOCASE LIMIT $1",
            MOST_NAMES,
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (AgentId(row.id), row.name))
            .collect())
    }

    /// The people there are, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn person_names(&self) -> Result<Vec<(UserId, String)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id AS \"id: Uuid\", name FROM users ORDER BY name COLLATE NOCASE LIMIT $1",
            MOST_NAMES,
        )
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (UserId(row.id), row.name))
            .collect())
    }

    /// The decisions that fit among those that are looked at: of the two lists of these, one is
    /// empty.
    async fn decided_below(
        &self,
        scope: &OrganizationScope,
        filter: &HistoryFilter,
        from: HistoryCursor,
        limit: i64,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        let own = self.own_clients(scope).await?;
        Ok(sqlx::query_as!(
            DecisionRow,
            "SELECT p.number AS \"number!\", d.proposal_id AS \"proposal_id!: Uuid\",
                d.round AS \"round!\",
                d.person AS \"person: Uuid\", d.decided_by, d.name, d.verdict, d.fingerprint,
                d.shown, d.edits, d.reason, d.at AS \"at!\", d.undone_at
            FROM (
                SELECT *
                FROM (
                    SELECT proposal_id, round, person
                    FROM decisions
                    WHERE $13 IS NULL AND (at, proposal_id, round) < ($1, $2, $3) AND at >= $4
                    ORDER BY at DESC, proposal_id DESC, round DESC
                    LIMIT $5
                )
                UNION ALL
                SELECT *
                FROM (
                    SELECT proposal_id, round, person
                    FROM decisions
                    WHERE person = $13 AND (at, proposal_id, round) < ($1, $2, $3) AND at >= $4
                    ORDER BY at DESC, proposal_id DESC, round DESC
                    LIMIT $5
                )
            ) AS looked_at
            CROSS JOIN decisions AS d ON d.proposal_id = looked_at.proposal_id
                AND d.round = looked_at.round AND d.person = looked_at.person
            CROSS JOIN proposals AS p ON p.id = d.proposal_id
            WHERE ($6 IS NULL OR p.clients IN (SELECT value FROM json_each($6)))
                AND ($7 IS NULL OR p.agent_id = $7)
                AND ($8 IS NULL OR d.verdict = $8)
                AND ($9 IS NULL OR p.organization_id = $9)
                AND ($10 IS NULL OR p.ticket_id = $10)
                AND ($11 IS NULL OR d.round = p.round AND d.undone_at IS NULL AND (
                    p.status IN ('partly_applied', 'closed_unknown', 'needs_attention', 'failed')
                    OR EXISTS (SELECT 1 FROM items WHERE proposal_id = p.id AND result = $11)
                ))
            ORDER BY d.at DESC, d.proposal_id DESC, d.round DESC
            LIMIT $12",
            from.at,
            from.proposal,
            from.round,
            filter.since.map_or(i64::MIN, Timestamp::as_millis),
            LOOK,
            own.as_ref().map(OwnClients::as_json),
            filter.agent.map(|agent| agent.0),
            filter.verdict.map(DecisionVerdict::as_str),
            filter.organization.map(|id| id.to_string()),
            filter.ticket.as_deref(),
            filter.result.map(ResultKind::as_str),
            limit,
            filter.person.map(|person| person.0),
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// The last decision that a page looks at; none if it sees the oldest.
    async fn last_looked_at(
        &self,
        filter: &HistoryFilter,
        from: HistoryCursor,
    ) -> Result<Option<HistoryCursor>, StoreError> {
        Ok(sqlx::query_as!(
            HistoryCursor,
            "SELECT at AS \"at!: i64\", proposal AS \"proposal!: Uuid\", round AS \"round!: i64\"
            FROM (
                SELECT at, proposal_id AS proposal, round
                FROM decisions
                WHERE $5 IS NULL AND (at, proposal_id, round) < ($1, $2, $3) AND at >= $4
                ORDER BY at DESC, proposal_id DESC, round DESC
                LIMIT 1 OFFSET $6
            )
            UNION ALL
            SELECT *
            FROM (
                SELECT at, proposal_id, round
                FROM decisions
                WHERE person = $5 AND (at, proposal_id, round) < ($1, $2, $3) AND at >= $4
                ORDER BY at DESC, proposal_id DESC, round DESC
                LIMIT 1 OFFSET $6
            )",
            from.at,
            from.proposal,
            from.round,
            filter.since.map_or(i64::MIN, Timestamp::as_millis),
            filter.person.map(|person| person.0),
            LOOK - 1,
        )
        .fetch_optional(&self.readers)
        .await?)
    }

    /// With their proposals, in this order; those alone of which this came.
    async fn entries(
        &self,
        rows: Vec<DecisionRow>,
        result: Option<ResultKind>,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let mut numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let proposals = self.proposals_by_number(&numbers).await?;
        let proposals: HashMap<i64, Proposal> = proposals
            .into_iter()
            .map(|proposal| (proposal.number, proposal))
            .collect();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(proposal) = proposals.get(&row.number).cloned() else {
                continue;
            };
            let came_of_it = proposal.outcome().map(|outcome| outcome.result);
            if result.is_some() && came_of_it != result {
                continue;
            }
            entries.push(HistoryEntry {
                decided: row.try_into()?,
                proposal,
            });
        }
        Ok(entries)
    }
}

struct DecisionRow {
    number: i64,
    proposal_id: Uuid,
    round: i64,
    person: Uuid,
    decided_by: String,
    name: String,
    verdict: String,
    fingerprint: Vec<u8>,
    shown: Vec<u8>,
    edits: Option<Vec<u8>>,
    reason: Option<String>,
    at: i64,
    undone_at: Option<i64>,
}

impl DecisionRow {
    const fn cursor(&self) -> HistoryCursor {
        HistoryCursor {
            at: self.at,
            proposal: self.proposal_id,
            round: self.round,
        }
    }
}

impl TryFrom<DecisionRow> for PastDecision {
    type Error = StoreError;

    fn try_from(row: DecisionRow) -> Result<Self, StoreError> {
        let columns = DecisionColumns {
            round: row.round,
            by: row.decided_by,
            person: Some(row.person),
            name: row.name,
            verdict: row.verdict,
            fingerprint: row.fingerprint,
            shown: row.shown,
            edits: row.edits,
            reason: row.reason,
            at: row.at,
        };
        Ok(Self {
            undone_at: when(row.undone_at),
            decision: columns.decision(row.proposal_id)?,
        })
    }
}
