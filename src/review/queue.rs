//! Pages of the queue: whoever is limited to some clients sees those of their clients alone.

use super::{Review, ReviewError};
use crate::access::Reviewer;
use crate::domain::{Claim, Proposal, ProposalStatus, Timestamp};
use crate::store::{Lane, LaneCounts, Page, QueueCursor, QueueFilter};

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// The proposals, in order.
    pub proposals: Vec<Proposal>,
    /// Who is on which of them: number, claim.
    pub claims: Vec<(i64, Claim)>,
    /// Where the next page begins.
    pub next: Option<QueueCursor>,
    /// How many stand in each lane.
    pub counts: LaneCounts,
    /// When it was read.
    pub at: Timestamp,
}

impl Review {
    /// Proposals in one state; what waits by tier and time left, others latest first.
    ///
    /// # Errors
    /// The tables.
    pub async fn with_status(
        &self,
        who: &Reviewer,
        status: ProposalStatus,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<Page<Proposal, QueueCursor>, ReviewError> {
        Ok(self
            .store
            .proposals_with_status(who.person().organizations(), status, from, limit)
            .await?)
    }

    /// All proposals, newest first, from below this number.
    ///
    /// # Errors
    /// The tables.
    pub async fn all(
        &self,
        who: &Reviewer,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Page<Proposal, i64>, ReviewError> {
        let own = who.person().organizations();
        Ok(self.store.all_proposals(own, below, limit).await?)
    }

    /// A page of those of a lane that fit. It may be short, or empty, and still have a next one.
    ///
    /// # Errors
    /// The tables.
    pub async fn queue(
        &self,
        who: &Reviewer,
        lane: Lane,
        filter: &QueueFilter,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<QueuePage, ReviewError> {
        let own = who.person().organizations();
        let page = self.store.queue_matching(own, lane, filter, from, limit);
        let page = page.await?;
        Ok(QueuePage {
            claims: self.claims(&page.items).await?,
            proposals: page.items,
            next: page.next,
            counts: self.store.lane_counts(own).await?,
            at: self.clock.now(),
        })
    }
}
