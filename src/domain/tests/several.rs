//! Random histories of proposals of one to five items: each item lives as in `histories`, in order,
//! and people say what becomes of the rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::histories::{Habit, Kept, Worker, fate, histories, require, runner};
use super::world::{BEFORE, Fate};
use crate::domain::{ItemClass, ItemEvent, ItemState, Progress, ProposalStatus, Word};

/// What a backup holds beside the items.
#[derive(Clone, Debug, Default)]
struct Rest {
    passed: BTreeSet<usize>,
    is_left: bool,
}

struct Several {
    workers: Vec<Worker>,
    rest: Rest,
    backup: Option<Rest>,
    /// How it ended, and with which items.
    ended: Option<(ProposalStatus, Vec<Progress>)>,
}

impl Several {
    fn new(classes: &[ItemClass]) -> Self {
        let worker = |class: &ItemClass| Worker::new(*class, Habit::FollowsTheProtocol);
        Self {
            workers: classes.iter().map(worker).collect(),
            rest: Rest::default(),
            backup: None,
            ended: None,
        }
    }

    fn items(&self) -> Vec<Progress> {
        self.workers.iter().map(|worker| worker.disk.item).collect()
    }

    fn any(&self, state: ItemState) -> bool {
        self.items().iter().any(|item| item.state == state)
    }

    /// As the store keeps it; what waits for a decision stands in its items alone.
    fn status(&self) -> ProposalStatus {
        let states = self.items().into_iter().map(|item| item.state);
        if self.any(ItemState::None) {
            return ProposalStatus::Pending;
        }
        if self.rest.is_left {
            return ProposalStatus::without_the_rest(&states.collect::<Vec<_>>());
        }
        let places = states.enumerate();
        let states = places.map(|(place, state)| (state, self.rest.passed.contains(&place)));
        ProposalStatus::past_some(&states.collect::<Vec<_>>())
    }

    /// Those before it are applied, or a person let the rest go on past them.
    fn is_its_turn(&self, place: usize) -> bool {
        let may_claim = matches!(
            self.status(),
            ProposalStatus::Queued | ProposalStatus::Applying
        );
        self.is_free(place) && may_claim
    }

    fn is_free(&self, place: usize) -> bool {
        let mut before = self.items().into_iter().take(place).enumerate();
        before.all(|(place, item)| match item.state {
            ItemState::Applied => true,
            ItemState::Failed | ItemState::GivenUp | ItemState::Skipped if self.rest.is_left => {
                true
            }
            _ => self.rest.passed.contains(&place),
        })
    }

    fn work(&mut self, place: usize, fate: Fate, can_read: bool) -> Kept {
        let waits = self.workers[place].disk.item.state == ItemState::Queued;
        let is_its_turn = self.is_its_turn(place);
        if waits && !is_its_turn {
            return Ok(());
        }
        let is_bound = self
            .items()
            .into_iter()
            .enumerate()
            .any(|(other, item)| other != place && (item.was_sent() || item.state.is_final()));
        let worker = &mut self.workers[place];
        worker.is_bound = is_bound;
        let left = worker.left;
        worker.work(fate, can_read)?;
        let (has_left, state) = (worker.left > left, worker.disk.item.state);
        if state == ItemState::None {
            self.goes_back()?;
        }
        require(
            !has_left || self.is_free(place),
            "nothing leaves before those ahead of it ended well",
        )
    }

    /// A proposal goes back before people whole, and only if nothing of it was ever sent.
    fn goes_back(&mut self) -> Kept {
        for worker in &mut self.workers {
            let item = worker.disk.item;
            require(!item.was_sent(), "what goes back was never sent")?;
            if item.state != ItemState::None {
                worker.commit(ItemEvent::Recalled);
            }
        }
        Ok(())
    }

    fn person(&mut self, choice: u16) {
        match self.status() {
            ProposalStatus::Pending => {
                let is_there = |one: &Worker| one.was_restored && one.world.shows_the_write();
                let may_approve = |one: &Worker| !is_there(one) && one.world.exists;
                if self.workers.iter().all(may_approve) {
                    self.workers.iter_mut().for_each(Worker::approve);
                }
            }
            ProposalStatus::NeedsAttention => self.says(choice),
            _ => {}
        }
    }

    fn says(&mut self, choice: u16) {
        let items = self.items();
        let open = items
            .iter()
            .position(|item| item.state == ItemState::Unresolved);
        let stuck = items
            .iter()
            .rposition(|item| matches!(item.state, ItemState::Failed | ItemState::GivenUp));
        let Some(place) = open.or(stuck) else { return };
        let shows_the_write = self.workers[place].world.shows_the_write();
        let word = match (open, choice % 8) {
            (_, 0) => Word::SkipRest,
            (None, 1 | 2) => return,
            (None, _) => Word::Resume,
            (Some(_), 1) => Word::GiveUp,
            (Some(_), _) if shows_the_write => Word::Applied,
            (Some(_), 2 | 3) => Word::Close,
            (Some(_), _) => Word::SendAgain,
        };
        let Ok(ruling) = self.workers[place].case(&items, place).rule(word) else {
            return;
        };
        if let Some((event, _)) = ruling.item {
            self.workers[place].hears(event);
        }
        for skipped in ruling.skipped {
            self.workers[skipped].commit(ItemEvent::Skipped);
        }
        if ruling.passes_over {
            let is_over =
                |item: &Progress| matches!(item.state, ItemState::Failed | ItemState::GivenUp);
            let over = (0..=place).filter(|place| is_over(&items[*place]));
            self.rest.passed.extend(over);
        }
        self.rest.is_left |= ruling.leaves_rest;
    }

    fn happens(&mut self, event: u16) -> Kept {
        let more = event / 16;
        let place = usize::from(more / 64) % self.workers.len();
        match event % 16 {
            0..=4 => return self.work(place, fate(more), true),
            5..=8 => return self.work(place, Fate::Fine, true),
            9 => return self.work(place, Fate::Fine, false),
            10 => {
                for worker in &mut self.workers {
                    worker.world.pass(u64::from(more % 40));
                }
            }
            11 => self.workers.iter_mut().for_each(Worker::crash),
            12 => self.workers[place]
                .world
                .edit([BEFORE, 2, 3][usize::from(more % 3)]),
            13 => match more % 8 {
                0 => self.workers[place].world.delete(),
                1 | 2 => self.back_up(),
                3 => self.restore(),
                _ => {}
            },
            _ => self.person(more),
        }
        Ok(())
    }

    fn back_up(&mut self) {
        self.backup = Some(self.rest.clone());
        for worker in &mut self.workers {
            worker.backup = Some(worker.disk);
        }
    }

    fn restore(&mut self) {
        let Some(rest) = self.backup.clone() else {
            return;
        };
        self.rest = rest;
        self.ended = None;
        self.workers.iter_mut().for_each(Worker::restore);
    }

    fn check(&mut self) -> Kept {
        for worker in &self.workers {
            worker.check()?;
            let is_skipped = worker.disk.item.state == ItemState::Skipped;
            require(
                !is_skipped || worker.world.effects == 0 || worker.was_restored,
                "what is skipped was never sent",
            )?;
        }
        let (status, items) = (self.status(), self.items());
        if let Some((ended, with)) = &self.ended {
            return require(
                status == *ended && items == *with,
                "I7: final states never change",
            );
        }
        if !status.is_final() {
            return Ok(());
        }
        let all = |state| items.iter().all(|item| item.state == state);
        let effects: u32 = self.workers.iter().map(|one| one.world.effects).sum();
        require(
            items.iter().all(|item| item.state.is_final()),
            "a proposal ends with its items",
        )?;
        require(
            (status == ProposalStatus::Applied) == all(ItemState::Applied),
            "applied is all of it",
        )?;
        require(
            status != ProposalStatus::Failed || effects == 0,
            "failed is certain of all of it",
        )?;
        require(
            (status == ProposalStatus::ClosedUnknown) == self.any(ItemState::GivenUp),
            "what nobody knows is told",
        )?;
        self.ended = Some((status, items));
        Ok(())
    }

    /// Left alone, with everything working again.
    fn settle(&mut self) -> Kept {
        for round in 0..60 * self.workers.len() {
            let place = round % self.workers.len();
            // What is intended is sent at once.
            self.work(place, Fate::Fine, true)?;
            while self.workers[place].disk.item.state == ItemState::Sending {
                self.work(place, Fate::Fine, true)?;
            }
            for worker in &mut self.workers {
                if worker.disk.item.state == ItemState::Uncertain {
                    worker.world.pass(5);
                }
            }
            self.check()?;
        }
        let status = self.status();
        require(
            status.is_final()
                || matches!(
                    status,
                    ProposalStatus::NeedsAttention | ProposalStatus::Pending
                ),
            "what was approved is never lost",
        )
    }
}

fn history() -> impl Strategy<Value = (Vec<ItemClass>, Vec<u16>)> {
    let class = prop_oneof![
        Just(ItemClass::Set),
        Just(ItemClass::Remove),
        Just(ItemClass::Once)
    ];
    (
        prop::collection::vec(class, 1..=5),
        prop::collection::vec(any::<u16>(), 5..160),
    )
}

#[test]
fn proposals_of_several_items_keep_the_order_and_tell_the_truth() {
    let ends = RefCell::new(BTreeMap::new());
    let held = runner().run(&history(), |(classes, events)| {
        let mut several = Several::new(&classes);
        for event in events {
            several.happens(event).map_err(TestCaseError::fail)?;
            several.check().map_err(TestCaseError::fail)?;
        }
        several.settle().map_err(TestCaseError::fail)?;
        if classes.len() > 1 {
            *ends.borrow_mut().entry(several.status()).or_insert(0) += 1;
        }
        Ok(())
    });
    held.unwrap();
    println!(
        "battery | model of several | {} histories, 0 broken invariants",
        histories()
    );
    let ends = ends.into_inner();
    for end in [
        ProposalStatus::Applied,
        ProposalStatus::Failed,
        ProposalStatus::PartlyApplied,
        ProposalStatus::ClosedUnknown,
        ProposalStatus::NeedsAttention,
        ProposalStatus::Pending,
    ] {
        assert!(ends.get(&end) > Some(&5), "{end}: {ends:?}");
    }
}
