//! Until when sends settle, by a clock that nobody sets: a machine's clock that jumps ahead does not
//! make a request arrive any sooner.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Item, ItemId, Timestamp};

/// The sends of this process that settle. What was sent before the process began settles anew when
/// it is found, so nothing is missing here that matters.
#[derive(Debug, Default)]
pub(super) struct Settles(Mutex<HashMap<ItemId, Instant>>);

impl Settles {
    /// From now on the last send of an item settles.
    pub(super) fn begin(&self, item: ItemId, millis: i64) {
        let millis = u64::try_from(millis).unwrap_or(0);
        let until = Instant::now() + Duration::from_millis(millis);
        let mut all = self.lock();
        all.retain(|_, until| *until > Instant::now());
        all.insert(item, until);
    }

    /// Until when the send of an item settles, if the clock says that it has and it has not.
    pub(super) fn prolonged(&self, item: &Item, now: Timestamp) -> Option<Timestamp> {
        let until = *self.lock().get(&item.id)?;
        let left = until.checked_duration_since(Instant::now())?;
        let left = i64::try_from(left.as_millis()).unwrap_or(i64::MAX);
        let seems_over = item.settle_until.is_none_or(|until| until <= now);
        (seems_over && left > 0).then(|| now.plus_millis(left))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ItemId, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
