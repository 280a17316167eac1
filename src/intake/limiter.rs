//! How much a token may send, and which of its idempotency keys are being worked on.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::IntakeSettings;
use crate::domain::TokenId;

/// Counts requests per token.
pub(super) struct Limiter {
    per_token: DefaultKeyedRateLimiter<TokenId>,
    clock: DefaultClock,
}

impl Limiter {
    pub(super) fn new(settings: &IntakeSettings) -> Self {
        let burst = NonZeroU32::new(settings.rate_requests).unwrap_or(NonZeroU32::MIN);
        let period = Duration::from_secs(u64::from(settings.rate_seconds.max(1))) / burst.get();
        let quota = Quota::with_period(period)
            .unwrap_or_else(|| Quota::per_second(burst))
            .allow_burst(burst);
        Self {
            per_token: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }

    /// Counts one request.
    ///
    /// # Errors
    /// How long to wait, if it is one too many.
    pub(super) fn count(&self, token: TokenId) -> Result<(), Duration> {
        self.per_token
            .check_key(&token)
            .map_err(|until| until.wait_time_from(self.clock.now()))
    }
}

/// The idempotency keys that are being worked on.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashSet<(TokenId, String)>>>);

impl InFlight {
    /// Marks a key until the guard is dropped. `None`: somebody works on it already.
    pub(super) fn enter(&self, token: TokenId, key: &str) -> Option<InFlightGuard> {
        let entry = (token, key.to_owned());
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(entry.clone()).then(|| InFlightGuard {
            keys: self.clone(),
            entry,
        })
    }
}

/// A key that is being worked on.
pub(super) struct InFlightGuard {
    keys: InFlight,
    entry: (TokenId, String),
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        let mut keys = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.entry);
    }
}
