//! One agent that listens.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::feed::{FeedError, FeedParts, OpenStream};
use super::place::Place;
use crate::access::Agent;
use crate::domain::{Proposal, Timestamp};
use crate::store::{Listener, StatusChange, Woken};

/// Whoever hears nothing for this long is told that there is nothing, or a proxy would hang up.
const QUIET: Duration = Duration::from_secs(15);
/// How many changes are read at a time by one that was away.
const PAGE: u32 = 100;

/// What is heard next.
#[derive(Debug)]
pub enum Next {
    /// A proposal changed its status, or its write was read back.
    Changed(Box<Happened>),
    /// The place that was named is not known: something may have been missed.
    Reset,
    /// Nothing for a while.
    Quiet,
    /// The server stops, and listening goes on from the same place when it is back.
    Stopping,
}

/// A change of a proposal.
#[derive(Debug)]
pub struct Happened {
    /// What changed, to what, when.
    pub change: StatusChange,
    /// The proposal as it is now.
    pub proposal: Proposal,
}

/// One agent that listens, until it is dropped.
pub struct Subscription {
    pub(super) parts: FeedParts,
    pub(super) agent: Agent,
    pub(super) listener: Listener,
    pub(super) expires_at: Timestamp,
    pub(super) place: Place,
    pub(super) is_reset: bool,
    /// Whether there may be more than was read.
    pub(super) is_behind: bool,
    /// Whether something happened that was not looked at.
    pub(super) is_woken: bool,
    pub(super) read: VecDeque<StatusChange>,
    pub(super) _open: OpenStream,
}

impl Subscription {
    /// The place after everything that was heard.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// What is heard next, as soon as it is there. May be given up and asked again.
    ///
    /// # Errors
    /// [`FeedError`]: nothing more will be heard. With [`FeedError::Access`] the agent lost the
    /// right to listen.
    pub async fn next(&mut self) -> Result<Next, FeedError> {
        if std::mem::take(&mut self.is_reset) {
            return Ok(Next::Reset);
        }
        let quiet_at = Instant::now() + QUIET;
        loop {
            self.keep_right().await?;
            if let Some(happened) = self.read_next().await? {
                return Ok(Next::Changed(Box::new(happened)));
            }
            let until = quiet_at.min(Instant::now() + self.until_expiry());
            match timeout_at(until, self.listener.woken()).await {
                Ok(Woken::Changed) => self.is_woken = true,
                Ok(Woken::Stopping) => return Ok(Next::Stopping),
                Err(_) if Instant::now() >= quiet_at => return Ok(Next::Quiet),
                Err(_) => {}
            }
        }
    }

    /// The right to listen ends at once where it is taken away, and by itself at its time.
    async fn keep_right(&mut self) -> Result<(), FeedError> {
        self.is_woken |= self.listener.take_woken();
        let has_expired = self.parts.clock.now() >= self.expires_at;
        if self.is_woken || has_expired {
            self.expires_at = self.parts.access.still_admits(&self.agent).await?;
            self.is_behind = true;
            self.is_woken = false;
        }
        Ok(())
    }

    async fn read_next(&mut self) -> Result<Option<Happened>, FeedError> {
        let store = &self.parts.store;
        loop {
            if self.read.is_empty() && self.is_behind {
                let page = store.changes_after(self.agent.id(), self.place.number, PAGE);
                self.read = page.await?.into();
                self.is_behind = !self.read.is_empty();
            }
            let Some(change) = self.read.front().copied() else {
                return Ok(None);
            };
            let proposal = store.proposal(change.proposal_id).await?;
            self.read.pop_front();
            self.place = Place::after(&change);
            if let Some(proposal) = proposal {
                return Ok(Some(Happened { change, proposal }));
            }
        }
    }

    fn until_expiry(&self) -> Duration {
        let millis = self.expires_at.millis_since(self.parts.clock.now());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0).max(1))
    }
}
