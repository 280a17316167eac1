//! How fast a connection may ask: a bucket of requests that fills steadily and starts empty.
//!
//! The bucket holds 5 % of what IT Glue allows and fills with 90 % of its rate, so that no window
//! sees more than 95 %, even right after a restart. Replay has a share that intake cannot take.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What IT Glue allows: requests in a window of time. Written `3000/300s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: u32,
    per: Duration,
}

impl Rate {
    /// The fewest requests a bucket can hold: one item reads, writes and reads back.
    const LEAST_CAPACITY: u32 = 3;

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// In how much time.
    pub const fn per(self) -> Duration {
        self.per
    }

    /// 5 % of the requests, at least three.
    fn capacity(self) -> u32 {
        (self.requests / 20).max(Self::LEAST_CAPACITY)
    }

    /// The time in which the bucket gains one request, at 90 % of the rate.
    fn interval(self) -> Duration {
        let nanos = self.per.as_nanos() * 10;
        let nanos = nanos.div_ceil(u128::from(self.requests) * 9);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            requests: 3000,
            per: Duration::from_mins(5),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}s", self.requests, self.per.as_secs())
    }
}

impl FromStr for Rate {
    type Err = BadRate;

    fn from_str(text: &str) -> Result<Self, BadRate> {
        let (requests, per) = text.split_once('/').ok_or(BadRate)?;
        let requests: u32 = requests.parse().map_err(|_| BadRate)?;
        let seconds: u32 = per
            .strip_suffix('s')
            .and_then(|seconds| seconds.parse().ok())
            .ok_or(BadRate)?;
        if !(1..=1_000_000).contains(&requests) || !(1..=86_400).contains(&seconds) {
            return Err(BadRate);
        }
        Ok(Self {
            requests,
            per: Duration::from_secs(seconds.into()),
        })
    }
}

/// A text that is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is written requests/seconds, such as 3000/300s")]
pub struct BadRate;

/// What requests are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Carrying out what was approved.
    Replay,
    /// Reading for agents and for new proposals. Cannot take the last 20 %.
    Intake,
}

/// No request is left for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the budget of requests to IT Glue is used up")]
pub struct BudgetExhausted {
    /// When there will be enough, if nobody else takes them.
    pub retry_after: Duration,
}

/// What was asked within the last window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetUse {
    /// How many requests, by this process.
    pub used: u32,
    /// How many IT Glue allows.
    pub limit: u32,
    /// In how many seconds.
    pub per_seconds: u32,
}

/// The requests one connection has left.
#[derive(Debug)]
pub struct Budget {
    rate: Rate,
    interval: Duration,
    capacity: u32,
    begun_at: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the bucket would have been empty, had nothing flowed over since. What it holds is the
    /// time passed since then, one request for each interval.
    empty_at: Instant,
    /// How many takes for replay are waiting; while there is one, intake takes nothing.
    waiting_replays: usize,
    /// How many were taken in each of the last parts of the window, and which part was the last.
    parts: [u32; PARTS],
    last_part: u64,
}

/// The window is looked at in so many parts.
const PARTS: usize = 20;

impl Budget {
    /// An empty bucket.
    pub fn new(rate: Rate) -> Self {
        Self::starting_at(rate, Instant::now())
    }

    fn starting_at(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            interval: rate.interval(),
            capacity: rate.capacity(),
            begun_at: now,
            state: Mutex::new(State {
                empty_at: now,
                waiting_replays: 0,
                parts: [0; PARTS],
                last_part: 0,
            }),
        }
    }

    /// What was taken within the last window of time.
    pub fn usage(&self) -> BudgetUse {
        self.usage_at(Instant::now())
    }

    fn usage_at(&self, now: Instant) -> BudgetUse {
        let mut state = self.lock();
        state.turn_to(self.part_at(now));
        BudgetUse {
            used: state.parts.iter().sum(),
            limit: self.rate.requests(),
            per_seconds: u32::try_from(self.rate.per().as_secs()).unwrap_or(u32::MAX),
        }
    }

    /// Counts the parts of the window since the beginning.
    fn part_at(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.begun_at).as_nanos();
        let length = (self.rate.per().as_nanos() / PARTS as u128).max(1);
        u64::try_from(since / length).unwrap_or(u64::MAX)
    }

    /// Takes that many requests at once; more than the bucket can ever give count as all it can.
    ///
    /// # Errors
    /// The time until there will be enough. Nothing was taken.
    pub fn try_take(&self, requests: u32, purpose: Purpose) -> Result<(), Duration> {
        self.try_take_at(Instant::now(), requests, purpose)
    }

    /// As [`Budget::try_take`], but waits for them, up to a limit.
    ///
    /// # Errors
    /// [`BudgetExhausted`] at once if it is clear that the wait would be longer than that.
    pub async fn take(
        &self,
        requests: u32,
        purpose: Purpose,
        wait_at_most: Duration,
    ) -> Result<(), BudgetExhausted> {
        let give_up_at = Instant::now() + wait_at_most;
        let _waiting = (purpose == Purpose::Replay).then(|| WaitingReplay::new(self));
        loop {
            let Err(wait) = self.try_take(requests, purpose) else {
                return Ok(());
            };
            if Instant::now() + wait > give_up_at {
                return Err(BudgetExhausted { retry_after: wait });
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn try_take_at(&self, now: Instant, requests: u32, purpose: Purpose) -> Result<(), Duration> {
        let mut state = self.lock();
        let full = self.interval * self.capacity;
        let reserve = match purpose {
            Purpose::Replay => Duration::ZERO,
            Purpose::Intake => full / 5,
        };
        let price = (self.interval * requests.min(self.capacity)).min(full.saturating_sub(reserve));
        let held = now.saturating_duration_since(state.empty_at).min(full);
        let needed = price + reserve;
        let stands_back = purpose == Purpose::Intake && state.waiting_replays > 0;
        if stands_back {
            return Err(needed.saturating_sub(held).max(self.interval));
        }
        if held < needed {
            return Err(needed.saturating_sub(held));
        }
        let left = held.saturating_sub(price);
        state.empty_at = now.checked_sub(left).unwrap_or(now);
        state.note(self.part_at(now), requests);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets the parts that lie further back than the window.
    fn turn_to(&mut self, part: u64) {
        let passed = part.saturating_sub(self.last_part).min(PARTS as u64);
        let first = part.saturating_sub(passed).saturating_add(1);
        for gone in first..=part {
            *self.count_of(gone) = 0;
        }
        self.last_part = self.last_part.max(part);
    }

    fn note(&mut self, part: u64, requests: u32) {
        self.turn_to(part);
        let count = self.count_of(part);
        *count = count.saturating_add(requests);
    }

    fn count_of(&mut self, part: u64) -> &mut u32 {
        let place = usize::try_from(part % PARTS as u64).unwrap_or_default();
        self.parts
            .get_mut(place)
            .expect("a remainder by the number of parts is one of them")
    }
}

/// Holds intake back as long as it lives.
struct WaitingReplay<'a>(&'a Budget);

impl<'a> WaitingReplay<'a> {
    fn new(budget: &'a Budget) -> Self {
        budget.lock().waiting_replays += 1;
        Self(budget)
    }
}

impl Drop for WaitingReplay<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.waiting_replays = state.waiting_replays.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[rstest]
    #[case("3000/300s", 150, Duration::from_nanos(111_111_112))]
    #[case("60/60s", 3, Duration::from_nanos(1_111_111_112))]
    #[case("1/1s", 3, Duration::from_nanos(1_111_111_112))]
    fn a_rate_gives_capacity_and_refill(
        #[case] text: &str,
        #[case] capacity: u32,
        #[case] interval: Duration,
    ) {
        let rate: Rate = text.parse().unwrap();
        assert_eq!(rate.to_string(), text);
        assert_eq!(rate.capacity(), capacity);
        assert_eq!(rate.interval(), interval);
    }

    #[rstest]
    #[case("")]
    #[case("3000")]
    #[case("3000/300")]
    #[case("3000/300m")]
    #[case("0/300s")]
    #[case("3000/0s")]
    #[case("-1/300s")]
    #[case("99999999999/300s")]
    fn what_is_not_a_rate_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<Rate>(), Err(BadRate));
    }

    #[test]
    fn it_starts_empty_and_fills() {
        let start = Instant::now();
        let budget = Budget::starting_at(Rate::default(), start);
        let wait = budget.try_take_at(start, 3, Purpose::Replay).unwrap_err();
        assert_eq!(wait, Duration::from_nanos(333_333_336));
        assert_eq!(budget.try_take_at(start + wait, 3, Purpose::Replay), Ok(()));
        assert!(
            budget
                .try_take_at(start + wait, 1, Purpose::Replay)
                .is_err()
        );
    }

    #[test]
    fn intake_leaves_a_fifth_to_replay() {
        let start = Instant::now();
        let budget = Budget::starting_at(Rate::default(), start);
        let later = start + 60 * SECOND;
        assert_eq!(budget.try_take_at(later, 120, Purpose::Intake), Ok(()));
        assert!(budget.try_take_at(later, 1, Purpose::Intake).is_err());
        assert_eq!(budget.try_take_at(later, 30, Purpose::Replay), Ok(()));
        assert!(budget.try_take_at(later, 1, Purpose::Replay).is_err());
    }

    #[test]
    fn no_window_sees_more_than_its_share_even_across_restarts() {
        let start = Instant::now();
        let mut taken = 0;
        for minute in 0..5 {
            let restart = start + 60 * SECOND * minute;
            let budget = Budget::starting_at(Rate::default(), restart);
            for tenth in 0..600 {
                let now = restart + SECOND / 10 * tenth;
                while budget.try_take_at(now, 1, Purpose::Replay).is_ok() {
                    taken += 1;
                }
            }
        }
        assert!(taken <= 2850, "{taken}");
        assert!(taken > 2600, "{taken}");
    }

    #[test]
    fn the_smallest_bucket_serves_intake_and_replay() {
        let start = Instant::now();
        let budget = Budget::starting_at("1/1s".parse().unwrap(), start);
        let later = start + 60 * SECOND;
        assert_eq!(budget.try_take_at(later, 1, Purpose::Intake), Ok(()));
        let much_later = later + 60 * SECOND;
        assert_eq!(budget.try_take_at(much_later, 3, Purpose::Replay), Ok(()));
    }

    #[test]
    fn intake_stands_back_while_replay_waits() {
        let start = Instant::now();
        let budget = Budget::starting_at(Rate::default(), start);
        let later = start + 60 * SECOND;
        let waiting = WaitingReplay::new(&budget);
        assert!(budget.try_take_at(later, 1, Purpose::Intake).is_err());
        assert_eq!(budget.try_take_at(later, 1, Purpose::Replay), Ok(()));
        drop(waiting);
        assert_eq!(budget.try_take_at(later, 1, Purpose::Intake), Ok(()));
    }

    #[test]
    fn what_was_used_is_counted_for_one_window() {
        let start = Instant::now();
        let budget = Budget::starting_at(Rate::default(), start);
        let used_at = |seconds: u32| budget.usage_at(start + SECOND * seconds).used;
        assert_eq!(used_at(0), 0);
        let take = |seconds: u32, requests| {
            let at = start + SECOND * seconds;
            budget.try_take_at(at, requests, Purpose::Replay).unwrap();
        };
        take(60, 3);
        take(90, 2);
        assert_eq!((used_at(91), used_at(355)), (5, 5));
        assert_eq!((used_at(376), used_at(1_000)), (2, 0));
        take(2_000, 1);
        assert_eq!(used_at(2_001), 1);
        assert_eq!(budget.usage_at(start).limit, 3000);
    }

    #[tokio::test]
    async fn a_take_waits_or_says_at_once_that_it_would_be_too_long() {
        let budget = Budget::new("3000/3s".parse().unwrap());
        let taken = budget.take(3, Purpose::Replay, SECOND).await;
        assert_eq!(taken, Ok(()));
        let slow = Budget::new(Rate::default());
        let begun = Instant::now();
        let refused = slow.take(100, Purpose::Intake, SECOND).await;
        assert!(refused.unwrap_err().retry_after > 10 * SECOND);
        assert!(begun.elapsed() < SECOND);
    }
}
