//! Pages of the queue.

use super::{Review, ReviewError};
use crate::access::Reviewer;
use crate::domain::{Proposal, Timestamp};
use crate::store::{Lane, LaneCounts, QueueCursor};

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    /// The proposals, in order.
    pub proposals: Vec<Proposal>,
    /// Where the next page begins.
    pub next: Option<QueueCursor>,
    /// How many stand in each lane.
    pub counts: LaneCounts,
    /// When it was read.
    pub at: Timestamp,
}

impl Review {
    /// A page of a lane.
    ///
    /// # Errors
    /// The tables.
    pub async fn queue(
        &self,
        _who: &Reviewer,
        lane: Lane,
        from: Option<QueueCursor>,
        limit: u32,
    ) -> Result<QueuePage, ReviewError> {
        let page = self.store.queue(lane, from, limit).await?;
        Ok(QueuePage {
            proposals: page.items,
            next: page.next,
            counts: self.store.lane_counts().await?,
            at: self.clock.now(),
        })
    }
}
