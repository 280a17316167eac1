//! How long to wait after a try that could not even begin.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::settings::ReplaySettings;
use crate::domain::ItemId;
use crate::secrets::random;

const FIRST_SECONDS: i64 = 1;
const LONGEST_SECONDS: i64 = 5 * 60;
/// Far longer than the longest wait: what is not tried again by then has ended otherwise.
const REMEMBERED: Duration = Duration::from_hours(1);

/// How often in a row the tries of each item failed. A wait for the budget, for a pause or for a
/// restart is none. Kept in memory only: a restart forgives.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<ItemId, (u32, Instant)>>);

impl Failures {
    /// Notes one more; the wait before the next try, in milliseconds: any time up to a limit that
    /// doubles with every failure, so that what failed together is not tried together.
    pub(super) fn back_off(&self, settings: &ReplaySettings, item: ItemId) -> i64 {
        let drawn = u64::from_le_bytes(random::bytes());
        let limit = limit(settings, self.note(item)).unsigned_abs();
        i64::try_from(drawn % limit.saturating_add(1)).unwrap_or(0)
    }

    /// A try got as far as it should.
    pub(super) fn forget(&self, item: ItemId) {
        self.lock().remove(&item);
    }

    fn note(&self, item: ItemId) -> u32 {
        let now = Instant::now();
        let mut all = self.lock();
        all.retain(|_, (_, at)| now.duration_since(*at) < REMEMBERED);
        let in_a_row = all.get(&item).map_or(0, |(count, _)| *count) + 1;
        all.insert(item, (in_a_row, now));
        in_a_row
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ItemId, (u32, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limit(settings: &ReplaySettings, in_a_row: u32) -> i64 {
    let doubled = in_a_row.saturating_sub(1).min(20);
    let seconds = FIRST_SECONDS
        .saturating_mul(1_i64 << doubled)
        .min(LONGEST_SECONDS);
    settings.scaled_millis(seconds)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_wait_doubles_up_to_five_minutes() {
        let limits = [0, 1, 2, 4, 9, 10, u32::MAX]
            .map(|in_a_row| limit(&ReplaySettings::default(), in_a_row) / 1000);
        assert_eq!(limits, [1, 1, 2, 8, 256, 300, 300]);
    }

    #[test]
    fn each_item_has_failures_of_its_own_that_are_forgotten() {
        let failures = Failures::default();
        let [one, other] = [1, 2].map(|id| ItemId(Uuid::from_u128(id)));
        let noted = [one, one, other, one].map(|item| failures.note(item));
        assert_eq!(noted, [1, 2, 1, 3]);
        failures.forget(one);
        assert_eq!((failures.note(one), failures.note(other)), (1, 2));
    }

    #[test]
    fn the_wait_is_drawn_below_its_limit() {
        let settings = ReplaySettings::default();
        let first = |id| Failures::default().back_off(&settings, ItemId(Uuid::from_u128(id)));
        assert!((0..200).all(|id| (0..=1000).contains(&first(id))));
    }
}
