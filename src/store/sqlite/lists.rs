//! Pages of proposals. Each reads an index in its order and stops at the end of the page.

use std::collections::HashSet;

use super::own_clients::{OwnClients, latest_of_own};
use super::{Store, Tx};
use crate::domain::{AgentId, OrganizationScope, PermissionGroup, Proposal, ProposalStatus, Tier};
use crate::store::{Lane, LaneCounts, Page, ProposalFilter, QueueCursor, QueueFilter, StoreError};

/// Lanes are counted up to here; beyond, people do not care and the count would cost.
const COUNT_LIMIT: i64 = 500;
/// So many rows of a lane are looked at for one page of those that fit.
const LOOK: u32 = 1_000;

/// Where a list begins that shows what changed last first.
const LATEST: QueueCursor = QueueCursor {
    care: 0,
    at: i64::MAX,
    number: i64::MAX,
};

impl Store {
    /// An agent's own proposals, newest first, from below this number.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn proposals_of_agent(
        &self,
        agent: AgentId,
        filter: &ProposalFilter,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Page<Proposal, i64>, StoreError> {
        let below = below.unwrap_or(i64::MAX);
        let status = filter.status.map(ProposalStatus::as_str);
        let group = filter.group.map(crate::domain::PermissionGroup::as_str);
        let one_more = i64::from(limit) + 1;
        // The first condition that is there chooses the index; the others only filter.
        let numbers = if let Some(ticket) = &filter.ticket {
            sqlx::query_scalar!(
                "SELECT number
                FROM proposals
                WHERE agent_id = $1 AND ticket_id = $2 AND number < $3
                    AND ($4 IS NULL OR status = $4)
                    AND ($5 IS NULL OR permission_group = $5)
                    AND ($6 IS NULL OR organization_id = $6)
                ORDER BY number DESC
                LIMIT $7",
                agent.0,
                ticket,
                below,
                status,
                group,
                filter.organization_id,
                one_more,
            )
            .fetch_all(&self.readers)
            .await?
        } else if let Some(organization) = &filter.organization_id {
            sqlx::query_scalar!(
                "SELECT number
                FROM proposals
                WHERE agent_id = $1 AND organization_id = $2 AND number < $3
                    AND ($4 IS NULL OR status = $4)
                    AND ($5 IS NULL OR permission_group = $5)
                ORDER BY number DESC
                LIMIT $6",
                agent.0,
                organization,
                below,
                status,
                group,
                one_more,
            )
            .fetch_all(&self.readers)
            .await?
        } else if let Some(status) = status {
            sqlx::query_scalar!(
                "SELECT number
                FROM proposals
                WHERE agent_id = $1 AND status = $2 AND number < $3
                    AND ($4 IS NULL OR permission_group = $4)
                ORDER BY number DESC
                LIMIT $5",
                agent.0,
                status,
                below,
                group,
                one_more,
            )
            .fetch_all(&self.readers)
            .await?
        } else if let Some(group) = group {
            sqlx::query_scalar!(
                "SELECT number
                FROM proposals
                WHERE agent_id = $1 AND permission_group = $2 AND number < $3
                ORDER BY number DESC
                LIMIT $4",
                agent.0,
                group,
                below,
                one_more,
            )
            .fetch_all(&self.readers)
            .await?
        } else {
            sqlx::query_scalar!(
                "SELECT number
                FROM proposals
                WHERE agent_id = $1 AND number < $2
                ORDER BY number DESC
                LIMIT $3",
                agent.0,
                below,
                one_more,
            )
            .fetch_all(&self.readers)
            .await?
        };
        self.page_below(&numbers, limit).await
    }

    /// A page of a lane of the queue. What waits is ordered by tier, then by turn:
    /// the time left, where an agent with much that waits lets others go first; the other
    /// lanes show what changed last first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn queue(
        &self,
        scope: &OrganizationScope,
        lane: Lane,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Page<Proposal, QueueCursor>, StoreError> {
        let rows = self.rows_of(scope, lane, from, limit).await?;
        self.page_of(rows, limit).await
    }

    /// The same of those that fit. So many rows of the lane are looked at and no more; a page may
    /// be short, or empty, and still have a next one.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn queue_matching(
        &self,
        scope: &OrganizationScope,
        lane: Lane,
        filter: &QueueFilter,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Page<Proposal, QueueCursor>, StoreError> {
        if filter.asks_for_nothing() {
            return self.queue(scope, lane, from, limit).await;
        }
        let mut looked_at = self.rows_of(scope, lane, from, LOOK).await?;
        let look = usize::try_from(LOOK).unwrap_or(usize::MAX);
        let saw_all = looked_at.len() <= look;
        looked_at.truncate(look);
        let last = looked_at.last().copied().filter(|_| !saw_all);
        let numbers: Vec<i64> = looked_at.iter().map(|row| row.number).collect();
        let fitting: HashSet<i64> = self.fitting(&numbers, filter).await?.into_iter().collect();
        looked_at.retain(|row| fitting.contains(&row.number));
        let page = self.page_of(looked_at, limit).await?;
        Ok(Page {
            next: page.next.or(last),
            ..page
        })
    }

    async fn rows_of(
        &self,
        scope: &OrganizationScope,
        lane: Lane,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        let own = self.own_clients(scope).await?;
        match (lane, statuses_of(lane)) {
            (Lane::ReadsDifferently, _) => self.differing(own.as_ref(), from, limit).await,
            (_, [ProposalStatus::Pending]) => self.waiting(own.as_ref(), from, limit).await,
            (_, statuses) => self.latest(own.as_ref(), statuses, from, limit).await,
        }
    }

    /// Those of the proposals with these numbers that are what is looked for.
    async fn fitting(&self, numbers: &[i64], filter: &QueueFilter) -> Result<Vec<i64>, StoreError> {
        let numbers = super::rows::to_json(&numbers);
        let agent = filter.agent.map(|agent| agent.0);
        let group = filter.group.map(PermissionGroup::as_str);
        let tier = filter.tier.map(Tier::as_str);
        let organization = filter.organization.map(|id| id.to_string());
        Ok(sqlx::query_scalar!(
            "SELECT p.number
            FROM json_each($1) AS looked_at
            CROSS JOIN proposals AS p ON p.number = looked_at.value
            WHERE ($2 IS NULL OR p.agent_id = $2)
                AND ($3 IS NULL OR p.permission_group = $3)
                AND ($4 IS NULL OR p.tier = $4)
                AND ($5 IS NULL OR p.organization_id = $5
                    OR instr(lower(p.organization_name), lower($5)) > 0)
                AND ($6 IS NULL OR p.ticket_id = $6)
                AND ($7 IS NULL OR instr(lower(p.resource_name), lower($7)) > 0
                    OR instr(lower(p.summary), lower($7)) > 0)
                AND ($8 IS NULL OR p.organization_id = $8)",
            numbers,
            agent,
            group,
            tier,
            filter.client,
            filter.ticket,
            filter.text,
            organization,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// Proposals in one state: what waits by tier and turn, others latest first.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn proposals_with_status(
        &self,
        scope: &OrganizationScope,
        status: ProposalStatus,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Page<Proposal, QueueCursor>, StoreError> {
        let own = self.own_clients(scope).await?;
        let rows = if status == ProposalStatus::Pending {
            self.waiting(own.as_ref(), from, limit).await?
        } else {
            self.latest(own.as_ref(), &[status], from, limit).await?
        };
        self.page_of(rows, limit).await
    }

    /// All proposals, newest first, from below this number.
    ///
    /// # Errors
    /// If the database does not answer or a row makes no sense.
    pub async fn all_proposals(
        &self,
        scope: &OrganizationScope,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Page<Proposal, i64>, StoreError> {
        let below = below.unwrap_or(i64::MAX);
        let one_more = i64::from(limit) + 1;
        if let Some(own) = self.own_clients(scope).await? {
            let numbers = self.numbers_of_own(&own, below, one_more).await?;
            return self.page_below(&numbers, limit).await;
        }
        let numbers = sqlx::query_scalar!(
            "SELECT number FROM proposals WHERE number < $1 ORDER BY number DESC LIMIT $2",
            below,
            one_more,
        )
        .fetch_all(&self.readers)
        .await?;
        self.page_below(&numbers, limit).await
    }

    /// One more row was read than the page holds, to know whether there is a next one.
    async fn page_below(
        &self,
        numbers: &[i64],
        limit: u32,
    ) -> Result<Page<Proposal, i64>, StoreError> {
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let shown = numbers.get(..page).unwrap_or(numbers);
        let next = (numbers.len() > page)
            .then(|| shown.last().copied())
            .flatten();
        Ok(Page {
            items: self.proposals_by_number(shown).await?,
            next,
        })
    }

    /// The same for rows of the queue.
    async fn page_of(
        &self,
        mut rows: Vec<QueueCursor>,
        limit: u32,
    ) -> Result<Page<Proposal, QueueCursor>, StoreError> {
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > page;
        rows.truncate(page);
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        Ok(Page {
            items: self.proposals_by_number(&numbers).await?,
            next: rows.last().copied().filter(|_| has_more),
        })
    }

    async fn waiting(
        &self,
        own: Option<&OwnClients>,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        let from = from.unwrap_or(QueueCursor {
            care: i64::MAX,
            at: i64::MIN,
            number: i64::MIN,
        });
        let one_more = i64::from(limit) + 1;
        match own {
            Some(own) => self.waiting_of_own(own, from, one_more).await,
            None => self.waiting_page(from, one_more).await,
        }
    }

    async fn waiting_page(
        &self,
        from: QueueCursor,
        one_more: i64,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        Ok(sqlx::query_as!(
            QueueCursor,
            "SELECT care, turn_at AS \"at!\", number
            FROM proposals
            WHERE status = 'pending' AND care <= $1
                AND (care < $1 OR (turn_at, number) > ($2, $3))
            ORDER BY care DESC, turn_at, number
            LIMIT $4",
            from.care,
            from.at,
            from.number,
            one_more,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    async fn differing(
        &self,
        own: Option<&OwnClients>,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        let from = from.unwrap_or(LATEST);
        let one_more = i64::from(limit) + 1;
        match own {
            Some(own) => self.differing_of_own(own, from, one_more).await,
            None => self.differing_page(from, one_more).await,
        }
    }

    async fn differing_page(
        &self,
        from: QueueCursor,
        one_more: i64,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        Ok(sqlx::query_as!(
            QueueCursor,
            "SELECT care, updated_at AS at, number
            FROM proposals
            WHERE reads_back_differently = 1 AND (updated_at, number) < ($1, $2)
            ORDER BY updated_at DESC, number DESC
            LIMIT $3",
            from.at,
            from.number,
            one_more,
        )
        .fetch_all(&self.readers)
        .await?)
    }

    /// Each status is read in the order of its index; the few pages are merged here.
    async fn latest(
        &self,
        own: Option<&OwnClients>,
        statuses: &[ProposalStatus],
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Vec<QueueCursor>, StoreError> {
        let from = from.unwrap_or(LATEST);
        let one_more = i64::from(limit) + 1;
        let mut rows = Vec::new();
        // One moment for all of them: what moves from one status to another is seen once.
        let mut tx = self.readers.begin().await?;
        for status in statuses {
            rows.extend(match own {
                Some(own) => latest_of_own(&mut tx, own, *status, from, one_more).await?,
                None => latest_page(&mut tx, *status, from, one_more).await?,
            });
        }
        tx.commit().await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.number)));
        Ok(rows)
    }

    /// How many proposals stand in each lane, counted no further than people care to know.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn lane_counts(&self, scope: &OrganizationScope) -> Result<LaneCounts, StoreError> {
        match self.own_clients(scope).await? {
            Some(own) => self.counts_of_own(&own, COUNT_LIMIT).await,
            None => self.counts().await,
        }
    }

    async fn counts(&self) -> Result<LaneCounts, StoreError> {
        let row = sqlx::query!(
            "SELECT
                (SELECT count(*) FROM (
                    SELECT 1 FROM proposals WHERE status = 'pending' LIMIT $1
                )) AS \"needs_you!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1 FROM proposals WHERE status = 'sent_back' LIMIT $1
                )) AS \"sent_back!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1 FROM proposals
                    WHERE status IN ('held', 'queued', 'applying', 'checking')
                    LIMIT $1
                )) AS \"applying!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1 FROM proposals
                    WHERE status IN (
                        'needs_attention', 'failed', 'partly_applied', 'closed_unknown'
                    )
                    LIMIT $1
                )) AS \"failed!: u32\",
                (SELECT count(*) FROM (
                    SELECT 1 FROM proposals WHERE reads_back_differently = 1 LIMIT $1
                )) AS \"reads_differently!: u32\"",
            COUNT_LIMIT,
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(LaneCounts {
            needs_you: row.needs_you,
            sent_back: row.sent_back,
            applying: row.applying,
            failed: row.failed,
            reads_differently: row.reads_differently,
        })
    }
}

/// The states of a lane.
const fn statuses_of(lane: Lane) -> &'static [ProposalStatus] {
    use ProposalStatus as Status;
    match lane {
        Lane::NeedsYou => &[Status::Pending],
        Lane::SentBack => &[Status::SentBack],
        Lane::Applying => &[
            Status::Held,
            Status::Queued,
            Status::Applying,
            Status::Checking,
        ],
        Lane::Failed => &[
            Status::NeedsAttention,
            Status::Failed,
            Status::PartlyApplied,
            Status::ClosedUnknown,
        ],
        // Not a state of its own: see `differing`.
        Lane::ReadsDifferently => &[],
        Lane::Done => &[
            Status::Applied,
            Status::Rejected,
            Status::Withdrawn,
            Status::Expired,
        ],
    }
}

async fn latest_page(
    tx: &mut Tx,
    status: ProposalStatus,
    from: QueueCursor,
    one_more: i64,
) -> Result<Vec<QueueCursor>, StoreError> {
    let status = status.as_str();
    Ok(sqlx::query_as!(
        QueueCursor,
        "SELECT care, updated_at AS at, number
        FROM proposals
        WHERE status = $1 AND (updated_at, number) < ($2, $3)
        ORDER BY updated_at DESC, number DESC
        LIMIT $4",
        status,
        from.at,
        from.number,
        one_more,
    )
    .fetch_all(&mut **tx)
    .await?)
}
