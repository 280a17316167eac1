//! Random histories of one approved item: crashes, lost and late answers, other editors, people.
//! A worker that follows the protocol keeps its invariants; one that retries does not.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::world::{APPROVED, BEFORE, Ending, Fate, SETTLE, World};
use crate::domain::{ItemClass, ItemEvent, ItemState, Progress};

const HISTORIES: u32 = 10_000;

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

struct Worker {
    retries_what_is_unclear: bool,
    world: World,
    memory: Memory,
    last_read: Option<Finding>,
    // On disk.
    item: Progress,
    value_before: u8,
    version_before: u32,
    census: u32,
    settle_until: u64,
    // Counted for the invariants.
    granted: u32,
    intended: u32,
    left: u32,
    has_open_send: bool,
    sent_again: u32,
}

type Kept = Result<(), String>;

fn require(holds: bool, invariant: &str) -> Kept {
    if holds {
        Ok(())
    } else {
        Err(invariant.to_owned())
    }
}

impl Worker {
    fn new(class: ItemClass, retries_what_is_unclear: bool) -> Self {
        Self {
            retries_what_is_unclear,
            world: World::new(class),
            memory: Memory::Nothing,
            last_read: None,
            item: Progress::new(class).step(ItemEvent::Approved).unwrap(),
            value_before: BEFORE,
            version_before: 0,
            census: 0,
            settle_until: 0,
            granted: 1,
            intended: 0,
            left: 0,
            has_open_send: false,
            sent_again: 0,
        }
    }

    fn commit(&mut self, event: ItemEvent) {
        self.item = self
            .item
            .step(event)
            .unwrap_or_else(|error| panic!("{error}"));
        self.memory = Memory::Nothing;
        self.last_read = None;
    }

    /// One step of sections 5 to 7, whichever is next.
    fn work(&mut self, fate: Fate, can_read: bool) -> Kept {
        match (self.item.state, self.memory) {
            (ItemState::Queued, _) => self.commit(ItemEvent::Claimed),
            (ItemState::Preparing, Memory::Checked) => {
                self.commit(ItemEvent::Intended);
                self.memory = Memory::MaySend;
                self.version_before = self.world.version;
                self.settle_until = self.world.now + SETTLE;
                self.intended += 1;
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
        let event = match self.item.class {
            ItemClass::Set | ItemClass::Remove if !world.exists => Some(ItemEvent::RecordGone),
            ItemClass::Set if world.value == APPROVED => Some(ItemEvent::AlreadyInPlace),
            ItemClass::Set | ItemClass::Remove if world.value == self.value_before => None,
            ItemClass::Once | ItemClass::Secret if world.created == self.census => None,
            _ if self.item.was_sent() => Some(ItemEvent::Drifted),
            _ => Some(ItemEvent::Recalled),
        };
        match event {
            Some(event) => self.commit(event),
            None => self.memory = Memory::Checked,
        }
    }

    fn send(&mut self, fate: Fate) -> Kept {
        self.left += 1;
        require(
            self.left <= self.intended,
            "I1: nothing leaves without a permit used up",
        )?;
        require(
            self.intended <= self.granted,
            "I2: permits come from three places only",
        )?;
        if self.item.class == ItemClass::Once {
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
            Ending::Unclear if self.retries_what_is_unclear => ItemEvent::NotCarriedOut,
            Ending::Unclear => ItemEvent::EndedUnclear,
        };
        self.commit(event);
    }

    /// Positive evidence counts at once, negative only when settled and seen twice.
    fn read(&mut self) {
        let world = &self.world;
        let is_same = world.version == self.version_before;
        let finding = match self.item.class {
            ItemClass::Set if world.exists && world.value == APPROVED => None,
            ItemClass::Remove if !world.exists => None,
            ItemClass::Set | ItemClass::Remove if world.exists && is_same => {
                Some(Finding::Unchanged)
            }
            ItemClass::Set | ItemClass::Remove => {
                Some(Finding::Otherwise(world.value, world.version))
            }
            ItemClass::Once | ItemClass::Secret => match world.created - self.census {
                0 => Some(Finding::Unchanged),
                1 => None,
                _ => Some(Finding::Otherwise(0, world.created)),
            },
        };
        let Some(finding) = finding else {
            return self.commit(ItemEvent::FoundApplied);
        };
        if world.now < self.settle_until {
            return;
        }
        if self.last_read != Some(finding) {
            self.last_read = Some(finding);
            return;
        }
        match finding {
            Finding::Unchanged => {
                self.commit(ItemEvent::FoundUnchanged);
                self.granted += u32::from(self.item.state == ItemState::Queued);
            }
            Finding::Otherwise(..) => self.commit(ItemEvent::CannotTell),
        }
    }

    fn crash(&mut self) {
        self.memory = Memory::Nothing;
        self.last_read = None;
        match self.item.state {
            ItemState::Preparing => self.commit(ItemEvent::Released),
            ItemState::Sending if self.retries_what_is_unclear => {
                self.has_open_send = true;
                self.commit(ItemEvent::NotCarriedOut);
            }
            ItemState::Sending => {
                self.has_open_send = true;
                self.commit(ItemEvent::EndedUnclear);
                self.settle_until = self.world.now + SETTLE;
            }
            ItemState::Uncertain => self.settle_until = self.world.now + SETTLE,
            _ => {}
        }
    }

    /// A person who looks before saying anything.
    fn person(&mut self, choice: u16) {
        match self.item.state {
            ItemState::None if self.world.exists => {
                self.commit(ItemEvent::Approved);
                self.value_before = self.world.value;
                self.census = self.world.created;
                self.granted += 1;
            }
            ItemState::Unresolved if self.world.now < self.settle_until => {}
            ItemState::Unresolved if choice == 0 => self.commit(ItemEvent::GivenUpByPerson),
            ItemState::Unresolved if self.world.shows_the_write() => {
                self.commit(ItemEvent::FoundByPerson);
            }
            ItemState::Unresolved if choice == 1 => self.commit(ItemEvent::LeftByPerson),
            ItemState::Unresolved => {
                self.commit(ItemEvent::SentAgainByPerson);
                self.value_before = self.world.value;
                self.granted += 1;
                self.sent_again += 1;
                self.has_open_send = false;
            }
            _ => {}
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
                if more.is_multiple_of(8) {
                    self.world.delete();
                }
                Ok(())
            }
            _ => {
                self.person(more % 4);
                Ok(())
            }
        }
    }

    fn check(&self) -> Kept {
        let item = &self.item;
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
            self.world.pass(5);
            self.check()?;
        }
        let has_come_to_rest = self.item.state.is_final()
            || matches!(self.item.state, ItemState::Unresolved | ItemState::None);
        require(has_come_to_rest, "an approved write is never lost")?;
        let was_recalled = self.item.state == ItemState::None;
        require(
            !was_recalled || self.world.effects == 0,
            "what is recalled had no effect",
        )
    }
}

fn fate(number: u16) -> Fate {
    match number % 6 {
        0 => Fate::Fine,
        1 => Fate::AnswerLost,
        2 => Fate::RequestLost,
        3 => Fate::Late(1 + u64::from(number / 6) % (SETTLE - 1)),
        4 => Fate::NotCarriedOut,
        _ => Fate::Refused,
    }
}

/// Where the item ends, if the invariants are kept.
fn live(
    class: ItemClass,
    retries_what_is_unclear: bool,
    events: &[u16],
) -> Result<ItemState, String> {
    let mut worker = Worker::new(class, retries_what_is_unclear);
    for event in events {
        worker.happens(*event)?;
        worker.check()?;
    }
    worker.settle()?;
    Ok(worker.item.state)
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
fn runner() -> TestRunner {
    let config = Config {
        cases: HISTORIES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn a_worker_that_follows_the_protocol_keeps_its_invariants() {
    let ends = RefCell::new(BTreeMap::new());
    let held = runner().run(&history(), |(class, events)| {
        let end = live(class, false, &events).map_err(TestCaseError::fail)?;
        *ends.borrow_mut().entry((class, end)).or_insert(0) += 1;
        Ok(())
    });
    held.unwrap();
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

#[test]
fn a_worker_that_retries_what_is_unclear_is_found_out() {
    let doubled = Cell::new(0);
    let violated = Cell::new(0);
    let count = |(class, events): (ItemClass, Vec<u16>)| {
        if let Err(invariant) = live(class, true, &events) {
            violated.set(violated.get() + 1);
            doubled.set(doubled.get() + i32::from(invariant.starts_with("I6")));
        }
        Ok(())
    };
    runner().run(&history(), count).unwrap();
    assert!(violated.get() > 1000, "{} histories", violated.get());
    assert!(doubled.get() > 100, "{} creates", doubled.get());
}
