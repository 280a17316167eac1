//! Reads, with an eye on the clock: when the last answer was there, and what IT Glue's clock said.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use crate::domain::{Clock, ConnectionId, Route, Timestamp};
use crate::itglue::{Answer, Cache, ReadError, Reads};

/// A reader that remembers its last answer.
pub(super) struct Observing<'a, R> {
    reader: &'a R,
    clock: &'a Arc<dyn Clock>,
    last: Mutex<Option<Answered>>,
}

/// When an answer was there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    /// For deadlines inside the process.
    pub(super) instant: Instant,
    /// The time of day, which goes on while the machine sleeps.
    pub(super) at: Timestamp,
    /// IT Glue's clock against ours, in milliseconds.
    pub(super) date_offset: Option<i64>,
}

impl Answered {
    /// How long ago it was, by whichever clock says more.
    pub(super) fn age_millis(&self, now: Timestamp) -> i64 {
        let passed = i64::try_from(self.instant.elapsed().as_millis()).unwrap_or(i64::MAX);
        passed.max(now.millis_since(self.at))
    }
}

impl<'a, R: Reads> Observing<'a, R> {
    pub(super) fn new(reader: &'a R, clock: &'a Arc<dyn Clock>) -> Self {
        Self {
            reader,
            clock,
            last: Mutex::new(None),
        }
    }

    /// The last answer; now, if there was none.
    pub(super) fn last(&self) -> Answered {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.unwrap_or_else(|| Answered {
            instant: Instant::now(),
            at: self.clock.now(),
            date_offset: None,
        })
    }
}

impl<R: Reads> Reads for Observing<'_, R> {
    async fn read(&self, route: &Route) -> Result<Answer, ReadError> {
        let answer = self.reader.read(route).await?;
        let at = self.clock.now();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Answered {
            instant: answer.received_at,
            at,
            date_offset: answer.upstream_date.map(|date| date.millis_since(at)),
        });
        Ok(answer)
    }

    fn connection(&self) -> ConnectionId {
        self.reader.connection()
    }

    fn cache(&self) -> &Cache {
        self.reader.cache()
    }
}
