//! Random histories of one approved item: crashes, lost and late answers, other editors, people,
//! and databases put back from a backup. A worker that follows the protocol keeps its invariants;
//! one that retries does not.
//!
//! `COUNTERSIGN_CRASH_LONG=1` lives a million of them instead of ten thousand.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::world::{APPROVED, BEFORE, Ending, Fate, SETTLE, World};
use crate::domain::{Case, ItemClass, ItemEvent, ItemState, Progress, Ruling, Word};

const HISTORIES: u32 = 10_000;
const LONG_HISTORIES: u32 = 1_000_000;

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told by its environment how long it may take"
)]
pub(super) fn histories() -> u32 {
    match std::env::var("COUNTERSIGN_CRASH_LONG").as_deref() {
        Ok("1") => LONG_HISTORIES,
        Ok(_) | Err(_) => HISTORIES,
    }
}

/// What the worker has in memory; a crash takes it away.
#[derive(Clone, Copy, Debug)]
enum Memory {
    Nothing,
    Checked,
    MaySend,
    Ended(Ending),
}

/// What was read, as far as it is no proof that the write was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    Unchanged,
    Otherwise(u8, u32),
}

/// How a worker deals with what it cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    FollowsTheProtocol,
    RetriesWhatIsUnclear,
    TrustsABackup,
}

/// What a backup holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disk {
    pub(super) item: Progress,
    value_before: u8,
    version_before: u32,
    census: u32,
    pub(super) settle_until: u64,
}

pub(super) struct Worker {
    habit: Habit,
    pub(super) world: World,
    memory: Memory,
    last_read: Option<Finding>,
    pub(super) disk: Disk,
    pub(super) backup: Option<Disk>,
    pub(super) was_restored: bool,
    /// Something else of its proposal was sent, so it does not go back to people.
    pub(super) is_bound: bool,
    // Counted for the invariants.
    granted: u32,
    intended: u32,
    intended_at: u64,
    pub(super) left: u32,
    has_open_send: bool,
    sent_again: u32,
}

pub(super) type Kept = Result<(), String>;

pub(super) fn require(holds: bool, invariant: &str) -> Kept {
    if holds {
        Ok(())
    } else {
        Err(invariant.to_owned())
    }
}

impl Worker {
    pub(super) fn new(class: ItemClass, habit: Habit) -> Self {
        Self {
            habit,
            world: World::new(class),
            memory: Memory::Nothing,
            last_read: None,
            disk: Disk {
                item: Progress::new(class).step(ItemEvent::Approved).unwrap(),
                value_before: BEFORE,
                version_before: 0,
                census: 0,
                settle_until: 0,
            },
            backup: None,
            was_restored: false,
            is_bound: false,
            granted: 1,
            intended: 0,
            intended_at: 0,
            left: 0,
            has_open_send: false,
            sent_again: 0,
        }
    }

    pub(super) fn commit(&mut self, event: ItemEvent) {
        self.disk.item = self
            .disk
            .item
            .step(event)
            .unwrap_or_else(|error| panic!("{error}"));
        self.memory = Memory::Nothing;
        self.last_read = None;
    }

    /// One step of sections 5 to 7, whichever is next.
    pub(super) fn work(&mut self, fate: Fate, can_read: bool) -> Kept {
        match (self.disk.item.state, self.memory) {
            (ItemState::Queued, _) => self.commit(ItemEvent::Claimed),
            (ItemState::Preparing, Memory::Checked) => {
                self.commit(ItemEvent::Intended);
                self.memory = Memory::MaySend;
                self.disk.version_before = self.world.version;
                self.disk.settle_until = self.world.now + SETTLE;
                self.intended += 1;
                self.intended_at = self.world.now;
            }
            (ItemState::Preparing, _) if can_read => self.preflight(),
            (ItemState::Preparing, _) => self.commit(ItemEvent::Released),
            (ItemState::Sending, Memory::Ended(ending)) => self.classify(ending),
            (ItemState::Sending, _) => return self.send(fate),
            (ItemState::Uncertain, _) if can_read => self.read(),
            _ => {}
        }
        Ok(())
    }

    fn preflight(&mut self) {
        let world = &self.world;
        let event = match self.disk.item.class {
            ItemClass::Set | ItemClass::Remove if !world.exists => Some(ItemEvent::RecordGone),
            ItemClass::Set if world.value == APPROVED => Some(ItemEvent::AlreadyInPlace),
            ItemClass::Set | ItemClass::Remove if world.value == self.disk.value_before => None,
            ItemClass::Once | ItemClass::Secret if world.created == self.disk.census => None,
            _ if self.disk.item.was_sent() || self.is_bound => Some(ItemEvent::Drifted),
            _ => Some(ItemEvent::Recalled),
        };
        match event {
            Some(event) => self.commit(event),
            None => self.memory = Memory::Checked,
        }
    }

    fn send(&mut self, fate: Fate) -> Kept {
        // An intention that is no longer fresh is not carried out, and its permit returns.
        if self.world.now > self.intended_at {
            self.granted += 1;
            self.memory = Memory::Ended(Ending::NotCarriedOut);
            return Ok(());
        }
        self.left += 1;
        require(
            self.left <= self.intended,
            "I1: nothing leaves without a permit used up",
        )?;
        require(
            self.intended <= self.granted,
            "I2: permits come from three places only",
        )?;
        if self.disk.item.class == ItemClass::Once {
            require(
                !self.has_open_send,
                "I6: an unclear create is not sent again",
            )?;
        }
        let ending = self.world.receive(fate);
        self.has_open_send |= matches!(ending, Ending::Unclear);
        self.granted += u32::from(matches!(ending, Ending::NotCarriedOut));
        self.memory = Memory::Ended(ending);
        Ok(())
    }

    fn classify(&mut self, ending: Ending) {
        let event = match ending {
            Ending::CarriedOut => ItemEvent::CarriedOut,
            Ending::NotCarriedOut => ItemEvent::NotCarriedOut,
            Ending::Refused { gone } => ItemEvent::Refused { gone },
            Ending::Unclear if self.habit == Habit::RetriesWhatIsUnclear => {
                ItemEvent::NotCarriedOut
            }
            Ending::Unclear => ItemEvent::EndedUnclear,
        };
        self.commit(event);
    }

    /// Positive evidence counts at once, negative only when settled and seen twice.
    fn read(&mut self) {
        let world = &self.world;
        let is_same = world.version == self.disk.version_before;
        let finding = match self.disk.item.class {
            ItemClass::Set if world.exists && world.value == APPROVED => None,
            ItemClass::Remove if !world.exists => None,
            ItemClass::Set | ItemClass::Remove if world.exists && is_same => {
                Some(Finding::Unchanged)
            }
            ItemClass::Set | ItemClass::Remove => {
                Some(Finding::Otherwise(world.value, world.version))
            }
            ItemClass::Once | ItemClass::Secret => match world.created - self.disk.census {
                0 => Some(Finding::Unchanged),
                1 => None,
                _ => Some(Finding::Otherwise(0, world.created)),
            },
        };
        let Some(finding) = finding else {
            return self.commit(ItemEvent::FoundApplied);
        };
        if world.now < self.disk.settle_until {
            return;
        }
        if self.last_read != Some(finding) {
            self.last_read = Some(finding);
            return;
        }
        match finding {
            Finding::Unchanged => {
                self.commit(ItemEvent::FoundUnchanged);
                self.granted += u32::from(self.disk.item.state == ItemState::Queued);
            }
            Finding::Otherwise(..) => self.commit(ItemEvent::CannotTell),
        }
    }

    pub(super) fn crash(&mut self) {
        self.memory = Memory::Nothing;
        self.last_read = None;
        match self.disk.item.state {
            ItemState::Preparing => self.commit(ItemEvent::Released),
            ItemState::Sending if self.habit == Habit::RetriesWhatIsUnclear => {
                self.has_open_send = true;
                self.commit(ItemEvent::NotCarriedOut);
            }
            ItemState::Sending => {
                self.has_open_send = true;
                self.commit(ItemEvent::EndedUnclear);
                self.disk.settle_until = self.world.now + SETTLE;
            }
            ItemState::Uncertain => self.disk.settle_until = self.world.now + SETTLE,
            _ => {}
        }
    }

    /// Puts the backup in place of the disk, some time after all that was sent has settled. Nothing
    /// of it counts as unsent.
    pub(super) fn restore(&mut self) {
        let Some(backup) = self.backup else { return };
        self.world.pass(SETTLE);
        self.crash();
        self.disk = backup;
        self.was_restored = true;
        self.memory = Memory::Nothing;
        self.last_read = None;
        let is_on_its_way = matches!(
            self.disk.item.state,
            ItemState::Queued | ItemState::Preparing | ItemState::Sending
        );
        if self.habit != Habit::FollowsTheProtocol {
            return self.crash();
        }
        if is_on_its_way {
            self.has_open_send = true;
            self.commit(ItemEvent::Restored);
        }
        self.disk.settle_until = self.world.now;
    }

    /// A person who looks before saying anything.
    fn person(&mut self, choice: u16) {
        let shows_the_write = self.world.shows_the_write();
        match self.disk.item.state {
            // A restored proposal is marked: what is there already is not approved once more.
            ItemState::None if self.was_restored && shows_the_write => {}
            ItemState::None if self.world.exists => self.approve(),
            ItemState::Unresolved if choice == 0 => self.says(Word::GiveUp),
            ItemState::Unresolved if shows_the_write => self.says(Word::Applied),
            ItemState::Unresolved if choice == 1 => self.says(Word::Close),
            ItemState::Unresolved => self.says(Word::SendAgain),
            _ => {}
        }
    }

    /// On the record as it is now.
    pub(super) fn approve(&mut self) {
        self.commit(ItemEvent::Approved);
        self.disk.value_before = self.world.value;
        self.disk.census = self.world.created;
        self.granted += 1;
    }

    fn says(&mut self, word: Word) {
        let items = [self.disk.item];
        let case = self.case(&items, 0);
        if let Ok(Ruling {
            item: Some((event, _)),
            ..
        }) = case.rule(word)
        {
            self.hears(event);
        }
    }

    pub(super) fn case<'a>(&self, items: &'a [Progress], position: usize) -> Case<'a> {
        Case {
            items,
            position,
            is_settled: self.world.now >= self.disk.settle_until,
            reading_agrees: !self.world.shows_the_write(),
        }
    }

    /// What follows from a person's word.
    pub(super) fn hears(&mut self, event: ItemEvent) {
        self.commit(event);
        if event == ItemEvent::SentAgainByPerson {
            self.disk.value_before = self.world.value;
            self.granted += 1;
            self.sent_again += 1;
            self.has_open_send = false;
        }
    }

    fn happens(&mut self, event: u16) -> Kept {
        let more = event / 16;
        match event % 16 {
            0..=5 => self.work(fate(more), true),
            6..=9 => self.work(Fate::Fine, true),
            10 => self.work(Fate::Fine, false),
            11 => {
                self.world.pass(u64::from(more % 40));
                Ok(())
            }
            12 => {
                self.crash();
                Ok(())
            }
            13 => {
                let value = [BEFORE, 2, 3][usize::from(more % 3)];
                self.world.edit(value);
                Ok(())
            }
            14 => {
                match more % 8 {
                    0 => self.world.delete(),
                    1 | 2 => self.backup = Some(self.disk),
                    3 => self.restore(),
                    _ => {}
                }
                Ok(())
            }
            _ => {
                self.person(more % 4);
                Ok(())
            }
        }
    }

    pub(super) fn check(&self) -> Kept {
        let item = &self.disk.item;
        let may_have_one = matches!(item.state, ItemState::Queued | ItemState::Preparing);
        require(
            item.permits == u32::from(may_have_one),
            "a permit where there is a send ahead",
        )?;
        require(
            self.world.created <= 1 + self.sent_again,
            "no create is doubled",
        )?;
        match item.state {
            ItemState::Applied => require(self.world.shows_the_write(), "applied is true"),
            ItemState::Failed => require(self.world.effects == 0, "failed is certain"),
            _ => Ok(()),
        }
    }

    /// Left alone, with everything working again.
    fn settle(&mut self) -> Kept {
        for _ in 0..40 {
            self.work(Fate::Fine, true)?;
            // What it intends it sends at once.
            if !matches!(self.memory, Memory::MaySend) {
                self.world.pass(5);
            }
            self.check()?;
        }
        let has_come_to_rest = self.disk.item.state.is_final()
            || matches!(
                self.disk.item.state,
                ItemState::Unresolved | ItemState::None
            );
        require(has_come_to_rest, "an approved write is never lost")?;
        let was_recalled = self.disk.item.state == ItemState::None;
        require(
            !was_recalled || self.was_restored || self.world.effects == 0,
            "what is recalled had no effect",
        )
    }
}

/// Never later than assumption A allows.
pub(super) fn fate(number: u16) -> Fate {
    match number % 6 {
        0 => Fate::Fine,
        1 => Fate::AnswerLost,
        2 => Fate::RequestLost,
        3 => Fate::Late(1 + u64::from(number / 6) % (SETTLE - 1)),
        4 => Fate::NotCarriedOut,
        _ => Fate::Refused,
    }
}

/// Where the item ends, if the invariants are kept, and whether a backup was put back.
fn live(class: ItemClass, habit: Habit, events: &[u16]) -> Result<(ItemState, bool), String> {
    let mut worker = Worker::new(class, habit);
    for event in events {
        worker.happens(*event)?;
        worker.check()?;
    }
    worker.settle()?;
    Ok((worker.disk.item.state, worker.was_restored))
}

fn history() -> impl Strategy<Value = (ItemClass, Vec<u16>)> {
    let class = prop_oneof![
        Just(ItemClass::Set),
        Just(ItemClass::Remove),
        Just(ItemClass::Once)
    ];
    (class, prop::collection::vec(any::<u16>(), 5..80))
}

/// The same histories every time, for both workers.
pub(super) fn runner() -> TestRunner {
    let config = Config {
        cases: histories(),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn a_worker_that_follows_the_protocol_keeps_its_invariants() {
    let ends = RefCell::new(BTreeMap::new());
    let restored = Cell::new(0);
    let held = runner().run(&history(), |(class, events)| {
        let habit = Habit::FollowsTheProtocol;
        let (end, was_restored) = live(class, habit, &events).map_err(TestCaseError::fail)?;
        restored.set(restored.get() + u32::from(was_restored));
        *ends.borrow_mut().entry((class, end)).or_insert(0) += 1;
        Ok(())
    });
    held.unwrap();
    println!(
        "battery | model | {} histories, {} with a backup put back, 0 broken invariants",
        histories(),
        restored.get()
    );
    assert!(restored.get() > 500, "{} backups put back", restored.get());
    let ends = ends.into_inner();
    for class in [ItemClass::Set, ItemClass::Remove, ItemClass::Once] {
        for end in [
            ItemState::Applied,
            ItemState::Failed,
            ItemState::Unresolved,
            ItemState::GivenUp,
        ] {
            assert!(
                ends.get(&(class, end)) > Some(&5),
                "{class} {end}: {ends:?}"
            );
        }
    }
}

/// Outside assumption A, which the histories keep to: the write takes effect after all, later than
/// it was waited for. A change is then made twice with the same value, a removal meets a record
/// that is gone, and of a create there is one, because only a person could have sent another.
#[test]
fn what_arrives_after_its_settle_time_does_no_harm() {
    for class in [ItemClass::Set, ItemClass::Remove, ItemClass::Once] {
        let mut worker = Worker::new(class, Habit::FollowsTheProtocol);
        let late = Fate::Late(SETTLE + 10);
        while worker.disk.item.state != ItemState::Uncertain {
            worker.work(late, true).unwrap();
        }
        worker.world.pass(SETTLE);
        for _ in 0..10 {
            worker.work(Fate::Fine, true).unwrap();
        }
        let (state, sends) = match class {
            ItemClass::Set | ItemClass::Remove => (ItemState::Applied, 2),
            ItemClass::Once | ItemClass::Secret => (ItemState::Unresolved, 1),
        };
        assert_eq!(
            (worker.disk.item.state, worker.left),
            (state, sends),
            "{class}"
        );
        worker.world.pass(20);
        let world = &worker.world;
        match class {
            ItemClass::Set => assert_eq!((world.value, world.effects), (APPROVED, 2)),
            ItemClass::Remove => assert_eq!((world.exists, world.effects), (false, 1)),
            ItemClass::Once | ItemClass::Secret => assert_eq!(world.created, 1),
        }
        worker.check().unwrap();
    }
}

#[test]
fn a_worker_that_retries_what_is_unclear_is_found_out() {
    let doubled = Cell::new(0);
    let violated = Cell::new(0);
    let count = |(class, events): (ItemClass, Vec<u16>)| {
        if let Err(invariant) = live(class, Habit::RetriesWhatIsUnclear, &events) {
            violated.set(violated.get() + 1);
            doubled.set(doubled.get() + i32::from(invariant.starts_with("I6")));
        }
        Ok(())
    };
    runner().run(&history(), count).unwrap();
    println!(
        "battery | naive model | {} histories, {} broken invariants, {} doubled creates",
        histories(),
        violated.get(),
        doubled.get()
    );
    assert!(violated.get() > 1000, "{} histories", violated.get());
    assert!(doubled.get() > 100, "{} creates", doubled.get());
}

#[test]
fn a_worker_that_trusts_a_backup_is_found_out() {
    let doubled = Cell::new(0);
    let count = |(class, events): (ItemClass, Vec<u16>)| {
        if let Err(invariant) = live(class, Habit::TrustsABackup, &events) {
            doubled.set(doubled.get() + i32::from(!invariant.starts_with("I6")));
        }
        Ok(())
    };
    runner().run(&history(), count).unwrap();
    assert!(doubled.get() > 10, "{} histories", doubled.get());
}
