//! A record in IT Glue, no larger than needed: one value, others who edit it, and a network that
//! loses answers and delivers late.

use crate::domain::ItemClass;

/// The value before the write.
pub(super) const BEFORE: u8 = 0;
/// The value that was approved. Others never write it.
pub(super) const APPROVED: u8 = 1;
/// Assumption A: what has not taken effect so long after it was sent never will.
pub(super) const SETTLE: u64 = 36;

/// What happens to a request on its way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    Fine,
    AnswerLost,
    RequestLost,
    /// The answer is lost, and the request takes effect this much later.
    Late(u64),
    NotCarriedOut,
    Refused,
}

/// How the send ended, as far as the sender can see.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    CarriedOut,
    NotCarriedOut,
    Refused { gone: bool },
    Unclear,
}

#[derive(Debug)]
pub(super) struct World {
    class: ItemClass,
    pub(super) now: u64,
    pub(super) value: u8,
    pub(super) exists: bool,
    /// Counts the writes on the record, as `updated-at` would.
    pub(super) version: u32,
    /// Records that equal the one to be created.
    pub(super) created: u32,
    /// How often our write took effect.
    pub(super) effects: u32,
    on_its_way: Vec<u64>,
}

impl World {
    pub(super) const fn new(class: ItemClass) -> Self {
        Self {
            class,
            now: 0,
            value: BEFORE,
            exists: true,
            version: 0,
            created: 0,
            effects: 0,
            on_its_way: Vec::new(),
        }
    }

    pub(super) fn pass(&mut self, time: u64) {
        for _ in 0..time {
            self.now += 1;
            let now = self.now;
            let waiting = self.on_its_way.len();
            self.on_its_way.retain(|arrives_at| *arrives_at > now);
            for _ in self.on_its_way.len()..waiting {
                self.take_effect();
            }
        }
    }

    pub(super) const fn edit(&mut self, value: u8) {
        if self.exists {
            self.value = value;
            self.version += 1;
        }
    }

    pub(super) const fn delete(&mut self) {
        self.exists = false;
    }

    pub(super) fn receive(&mut self, fate: Fate) -> Ending {
        match fate {
            Fate::Fine if self.take_effect() => Ending::CarriedOut,
            Fate::Fine => Ending::Refused { gone: true },
            Fate::AnswerLost => {
                self.take_effect();
                Ending::Unclear
            }
            Fate::RequestLost => Ending::Unclear,
            Fate::Late(delay) => {
                self.on_its_way.push(self.now + delay);
                Ending::Unclear
            }
            Fate::NotCarriedOut => Ending::NotCarriedOut,
            Fate::Refused => Ending::Refused { gone: false },
        }
    }

    fn take_effect(&mut self) -> bool {
        match self.class {
            ItemClass::Set if self.exists => self.edit(APPROVED),
            ItemClass::Remove if self.exists => self.delete(),
            ItemClass::Set | ItemClass::Remove => return false,
            ItemClass::Once | ItemClass::Secret => self.created += 1,
        }
        self.effects += 1;
        true
    }

    /// Whether the write may be called applied.
    pub(super) const fn shows_the_write(&self) -> bool {
        match self.class {
            ItemClass::Remove => !self.exists,
            ItemClass::Set | ItemClass::Once | ItemClass::Secret => self.effects > 0,
        }
    }
}
