//! Who may listen, from where on, and how many streams one token may have.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::place::Place;
use super::subscription::Subscription;
use crate::access::{Access, AccessError, Agent};
use crate::domain::{Clock, TokenId};
use crate::store::{Store, StoreError, Topic};

/// Enough for every program that shares a token, and few enough that one token does not take up the
/// connections of all.
const MOST_STREAMS: u32 = 8;

/// What the feed is made of.
#[derive(Clone)]
pub struct FeedParts {
    /// The tables.
    pub store: Store,
    /// Says who may still listen.
    pub access: Access,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Tells agents what becomes of their proposals. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    parts: FeedParts,
    open: OpenStreams,
}

/// Why nobody listens.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The token has as many streams as it may.
    #[error("the token has {MOST_STREAMS} streams already")]
    TooMany,
    /// The token opens nothing any more.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The tables.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Feed {
    /// Over these parts.
    pub fn new(parts: FeedParts) -> Self {
        let open = OpenStreams::default();
        Self { parts, open }
    }

    /// Listens to what becomes of the agent's own proposals: after what it heard last, else from
    /// now on. What is no place of this agent's, or is no longer kept, is answered by a
    /// subscription that begins now and says so.
    ///
    /// # Errors
    /// [`FeedError`]: nobody listens.
    pub async fn listen(
        &self,
        agent: Agent,
        last: Option<&str>,
    ) -> Result<Subscription, FeedError> {
        let token = agent.token_id();
        let open = self.open.enter(token).ok_or(FeedError::TooMany)?;
        // Before the place is looked up: what is committed between the two is in the one or wakes
        // the other.
        let listener = self.parts.store.listen(Topic::Agent(agent.id()));
        let expires_at = self.parts.access.still_admits(&agent).await?;
        let known = match last {
            None => Some(self.newest(&agent).await?),
            Some(last) => self.known(&agent, last).await?,
        };
        let place = match known {
            Some(place) => place,
            None => self.newest(&agent).await?,
        };
        Ok(Subscription {
            parts: self.parts.clone(),
            agent,
            listener,
            expires_at,
            place,
            is_reset: known.is_none(),
            is_behind: true,
            is_woken: false,
            read: VecDeque::new(),
            _open: open,
        })
    }

    /// The place that the agent names, if it is one of its own that is still kept.
    async fn known(&self, agent: &Agent, last: &str) -> Result<Option<Place>, StoreError> {
        let Some(place) = Place::parse(last) else {
            return Ok(None);
        };
        if place == Place::START {
            return Ok(Some(place));
        }
        let change = self.parts.store.change_of(agent.id(), place.number).await?;
        Ok(change
            .filter(|change| Place::after(change) == place)
            .map(|_| place))
    }

    async fn newest(&self, agent: &Agent) -> Result<Place, StoreError> {
        let newest = self.parts.store.newest_change_of(agent.id()).await?;
        Ok(newest.map_or(Place::START, |change| Place::after(&change)))
    }
}

/// How many streams each token has.
#[derive(Clone, Default)]
struct OpenStreams(Arc<Mutex<HashMap<TokenId, u32>>>);

impl OpenStreams {
    /// Counts one more until it is dropped. `None`: the token has enough.
    fn enter(&self, token: TokenId) -> Option<OpenStream> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(token).or_default();
        if *count >= MOST_STREAMS {
            return None;
        }
        *count += 1;
        Some(OpenStream {
            open: self.clone(),
            token,
        })
    }
}

/// One open stream.
pub(super) struct OpenStream {
    open: OpenStreams,
    token: TokenId,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.open.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = open.entry(self.token) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_token_has_so_many_streams_and_gets_them_back() {
        let open = OpenStreams::default();
        let (one, other) = (TokenId(Uuid::from_u128(1)), TokenId(Uuid::from_u128(2)));
        let mut mine: Vec<OpenStream> = (0..MOST_STREAMS)
            .map(|_| open.enter(one).unwrap())
            .collect();
        assert!(open.enter(one).is_none());
        let theirs = open.enter(other);
        assert!(theirs.is_some());
        mine.pop();
        let again = open.enter(one);
        assert!(again.is_some() && open.enter(one).is_none());
        drop((mine, theirs, again));
        assert!(open.0.lock().unwrap().is_empty());
    }
}
