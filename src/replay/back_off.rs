//! How long to wait after a try that could not even begin, and when waiting no longer helps.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::settings::ReplaySettings;
use crate::domain::ItemId;
use crate::secrets::random;

const FIRST_SECONDS: i64 = 1;
const LONGEST_SECONDS: i64 = 5 * 60;
/// So many in a row are no hiccup: the waits between them come to some minutes.
const LASTING: u32 = 10;
/// Far longer than the longest wait: what is not tried again by then has ended otherwise.
const REMEMBERED: Duration = Duration::from_hours(1);

/// How often in a row the tries of each item failed, and why the last did. A wait for the budget, for
/// a pause or for a restart is none. Kept in memory only: a restart forgives.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<ItemId, Failing>>);

#[derive(Debug)]
struct Failing {
    in_a_row: u32,
    at: Instant,
    why: String,
}

impl Failures {
    /// Notes one more; the wait before the next try, in milliseconds: any time up to a limit that
    /// doubles with every failure, so that what failed together is not tried together.
    pub(super) fn back_off(&self, settings: &ReplaySettings, item: ItemId, why: &str) -> i64 {
        let drawn = u64::from_le_bytes(random::bytes());
        let limit = limit(settings, self.note(item, why)).unsigned_abs();
        i64::try_from(drawn % limit.saturating_add(1)).unwrap_or(0)
    }

    /// A try got as far as it should.
    pub(super) fn forget(&self, item: ItemId) {
        self.lock().remove(&item);
    }

    /// Why the last try failed, if so many before it did that the next will hardly fare better.
    pub(super) fn lasting(&self, item: ItemId) -> Option<String> {
        let mut all = self.lock();
        forget_old(&mut all, Instant::now());
        all.get(&item)
            .filter(|failing| failing.in_a_row >= LASTING)
            .map(|failing| failing.why.clone())
    }

    fn note(&self, item: ItemId, why: &str) -> u32 {
        let at = Instant::now();
        let mut all = self.lock();
        forget_old(&mut all, at);
        let in_a_row = all.get(&item).map_or(0, |failing| failing.in_a_row) + 1;
        let why = why.to_owned();
        all.insert(item, Failing { in_a_row, at, why });
        in_a_row
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ItemId, Failing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_old(all: &mut HashMap<ItemId, Failing>, now: Instant) {
    all.retain(|_, failing| now.duration_since(failing.at) < REMEMBERED);
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
        let noted = [one, one, other, one].map(|item| failures.note(item, "no answer"));
        assert_eq!(noted, [1, 2, 1, 3]);
        failures.forget(one);
        let noted = [one, other].map(|item| failures.note(item, "no answer"));
        assert_eq!(noted, [1, 2]);
    }

    #[test]
    fn what_failed_ten_times_in_a_row_lasts_until_it_is_forgotten() {
        let failures = Failures::default();
        let item = ItemId(Uuid::from_u128(1));
        for _ in 0..9 {
            failures.note(item, "no answer");
            assert_eq!(failures.lasting(item), None);
        }
        failures.note(item, "forbidden");
        assert_eq!(failures.lasting(item).as_deref(), Some("forbidden"));
        assert_eq!(failures.lasting(ItemId(Uuid::from_u128(2))), None);
        failures.forget(item);
        assert_eq!(failures.lasting(item), None);
    }

    #[test]
    fn the_wait_is_drawn_below_its_limit() {
        let settings = ReplaySettings::default();
        let first =
            |id| Failures::default().back_off(&settings, ItemId(Uuid::from_u128(id)), "no answer");
        assert!((0..200).all(|id| (0..=1000).contains(&first(id))));
    }
}
