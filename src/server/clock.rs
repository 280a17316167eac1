//! The clock, and the ids that carry its time. Nothing else asks the machine for either.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use uuid::{ContextV7, Uuid};

use crate::domain::Timestamp;

/// Gives the time and new ids. Clones share one time, which never runs backwards.
#[derive(Clone)]
pub struct Clock(Arc<Shared>);

struct Shared {
    source: Source,
    latest: Mutex<Latest>,
}

/// A time that was given, and when, by a clock that nobody sets.
#[derive(Clone, Copy)]
struct Latest {
    millis: i64,
    at: Instant,
}

enum Source {
    Machine {
        ids: Mutex<ContextV7>,
        last_look: Mutex<(Instant, i64)>,
        /// How far a test has set it, forth or back.
        shift: AtomicI64,
    },
    Manual {
        at: AtomicI64,
        ids_made: AtomicU64,
    },
}

impl crate::domain::Clock for Clock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }

    fn new_id(&self) -> Uuid {
        Self::new_id(self)
    }
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::of(Source::Machine {
            ids: Mutex::new(ContextV7::new()),
            last_look: Mutex::new((Instant::now(), machine_millis())),
            shift: AtomicI64::new(0),
        })
    }

    /// The time now: never earlier than any time given before, whatever happens to the machine's
    /// clock. Where that was set back, time goes on from where it was, or nothing would end until
    /// the machine's clock is there again.
    pub fn now(&self) -> Timestamp {
        let millis = self.0.source.millis();
        let mut latest = self.0.lock();
        let at_least = self.0.source.at_least(*latest);
        if millis >= at_least {
            *latest = Latest {
                millis,
                at: Instant::now(),
            };
        }
        Timestamp::from_millis(millis.max(at_least))
    }

    /// From now on never earlier than this: what was stored last, before the process started.
    pub fn resume_after(&self, stored: Timestamp) {
        let mut latest = self.0.lock();
        if stored.as_millis() > self.0.source.at_least(*latest) {
            *latest = Latest {
                millis: stored.as_millis(),
                at: Instant::now(),
            };
        }
    }

    /// Sets the machine's clock forth or back, as far as this process can tell.
    #[cfg(debug_assertions)]
    pub fn set_machine(&self, by_millis: i64) {
        if let Source::Machine { shift, .. } = &self.0.source {
            shift.fetch_add(by_millis, Ordering::SeqCst);
        }
    }

    /// How far the time given is ahead of the machine's clock: more than nothing after that was set back.
    pub fn ahead_millis(&self) -> i64 {
        self.now()
            .as_millis()
            .saturating_sub(self.0.source.millis())
    }

    /// How far the machine's clock jumped since this was asked last, measured against time that merely
    /// passes; negative if it was set back. A machine that slept jumped forward.
    pub fn take_jump_millis(&self) -> i64 {
        let Source::Machine { last_look, .. } = &self.0.source else {
            return 0;
        };
        let mut last_look = last_look.lock().unwrap_or_else(PoisonError::into_inner);
        let (instant, millis) = (Instant::now(), machine_millis());
        let passed = instant.saturating_duration_since(last_look.0).as_millis();
        let moved = millis.saturating_sub(last_look.1);
        *last_look = (instant, millis);
        moved.saturating_sub(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// A new id of version 7: later ids of one process sort after earlier ones.
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_millis()).unwrap_or(0);
        match &self.0.source {
            Source::Machine { ids, .. } => {
                let nanos = u32::try_from(millis % 1000 * 1_000_000).unwrap_or(0);
                #[expect(clippy::disallowed_methods, reason = "this is the one place")]
                Uuid::new_v7(uuid::Timestamp::from_unix(ids, millis / 1000, nanos))
            }
            Source::Manual { ids_made, .. } => {
                let mut counter = [0; 10];
                let number = ids_made.fetch_add(1, Ordering::SeqCst) + 1;
                for (slot, byte) in counter.iter_mut().rev().zip(number.to_le_bytes()) {
                    *slot = byte;
                }
                uuid::Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
            }
        }
    }

    fn of(source: Source) -> Self {
        Self(Arc::new(Shared {
            source,
            latest: Mutex::new(Latest {
                millis: i64::MIN,
                at: Instant::now(),
            }),
        }))
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    fn millis(&self) -> i64 {
        match self {
            Self::Machine { shift, .. } => machine_millis() + shift.load(Ordering::SeqCst),
            Self::Manual { at, .. } => at.load(Ordering::SeqCst),
        }
    }

    /// The earliest that it can be now, if it was that late then.
    fn at_least(&self, latest: Latest) -> i64 {
        match self {
            Self::Machine { .. } => {
                let passed = latest.at.elapsed().as_millis();
                latest
                    .millis
                    .saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
            }
            Self::Manual { .. } => latest.millis,
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

fn machine_millis() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let now = jiff::Timestamp::now();
    now.as_millisecond()
}

/// A clock for tests: it stands still until it is moved, and its ids count up from one.
#[derive(Clone, Debug)]
pub struct ManualClock(Clock);

impl ManualClock {
    /// Stands at this time.
    pub fn starting_at(time: Timestamp) -> Self {
        Self(Clock::of(Source::Manual {
            at: AtomicI64::new(time.as_millis()),
            ids_made: AtomicU64::new(0),
        }))
    }

    /// The clock to hand to what is tested.
    pub fn clock(&self) -> Clock {
        self.0.clone()
    }

    /// Sets the machine's clock, forth or back. The time given does not run backwards with it.
    pub fn set(&self, time: Timestamp) {
        if let Source::Manual { at, .. } = &self.0.0.source {
            at.store(time.as_millis(), Ordering::SeqCst);
        }
    }

    /// Lets this much time pass.
    pub fn advance_millis(&self, millis: i64) {
        if let Source::Manual { at, .. } = &self.0.0.source {
            at.fetch_add(millis, Ordering::SeqCst);
        }
    }

    /// Lets this many seconds pass.
    pub fn advance_seconds(&self, seconds: i64) {
        self.advance_millis(seconds.saturating_mul(1000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn time_passes_only_when_it_is_told_to() {
        let manual = ManualClock::starting_at(START);
        let clock = manual.clock();
        assert_eq!(clock.now(), START);
        manual.advance_seconds(5);
        assert_eq!(clock.now(), START.plus_seconds(5));
        assert_eq!(clock.clone().now(), clock.now());
    }

    #[test]
    fn time_never_runs_backwards() {
        let manual = ManualClock::starting_at(START);
        let clock = manual.clock();
        clock.now();
        manual.set(START.plus_seconds(-3600));
        assert_eq!(clock.now(), START);
        assert_eq!(clock.ahead_millis(), 3_600_000);
        manual.set(START.plus_seconds(1));
        assert_eq!(clock.now(), START.plus_seconds(1));
        assert_eq!(clock.ahead_millis(), 0);
    }

    #[test]
    fn time_goes_on_where_the_machines_clock_was_set_back() {
        let clock = Clock::system();
        let before = clock.now();
        clock.set_machine(-3_600_000);
        assert!(clock.now() >= before);
        assert!((3_595_000..=3_600_000).contains(&clock.ahead_millis()));
        let (begun, from) = (Instant::now(), clock.now());
        while begun.elapsed().as_millis() < 20 {
            std::hint::spin_loop();
        }
        let passed = clock.now().millis_since(from);
        assert!(passed >= 19, "{passed} ms");
        clock.set_machine(7_200_000);
        assert!(clock.now().millis_since(before) >= 3_600_000);
        assert_eq!(clock.ahead_millis(), 0);
    }

    #[test]
    fn time_goes_on_from_what_was_stored() {
        let clock = ManualClock::starting_at(START).clock();
        clock.resume_after(START.plus_seconds(60));
        assert_eq!(clock.now(), START.plus_seconds(60));
        clock.resume_after(START);
        assert_eq!(clock.now(), START.plus_seconds(60));
    }

    #[test]
    fn ids_of_tests_are_the_same_each_time() {
        let clock = ManualClock::starting_at(START).clock();
        assert_eq!(
            clock.new_id().to_string(),
            "01a3185c-5000-7000-8000-000000000001"
        );
        assert_eq!(
            clock.new_id().to_string(),
            "01a3185c-5000-7000-8000-000000000002"
        );
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        for clock in [Clock::system(), ManualClock::starting_at(START).clock()] {
            let ids: Vec<Uuid> = (0..1000).map(|_| clock.new_id()).collect();
            assert!(ids.is_sorted_by(|a, b| a < b));
            assert!(ids.iter().all(|id| id.get_version_num() == 7));
        }
    }

    #[test]
    fn the_machines_clock_is_of_this_age_and_does_not_jump() {
        let clock = Clock::system();
        assert!(clock.now() > Timestamp::from_millis(1_700_000_000_000));
        assert!(clock.take_jump_millis().abs() < 1000);
    }
}
