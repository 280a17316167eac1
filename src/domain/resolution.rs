//! What a person says of an item that reading could not tell about, and what that makes of it
//! (replay protocol, section 8).

use super::lifecycle::{ItemEvent, ItemState, Progress};
use super::names::named_enum;

named_enum! {
    /// What a person found out, or wants.
    pub enum Resolution {
        /// It was carried out.
        Applied = "applied",
        /// It was not carried out.
        NotApplied = "not_applied",
        /// Nobody can find out.
        GiveUp = "give_up",
        /// What still waits behind it is not to be sent.
        SkipRest = "skip_rest",
        /// What still waits behind it goes on without it.
        Resume = "resume",
    }
}

named_enum! {
    /// What becomes of an item that was not carried out.
    pub enum FollowUp {
        /// It is sent once more.
        SendAgain = "send_again",
        /// It stays as it is.
        Close = "close",
    }
}

named_enum! {
    /// A person's word, whole.
    pub enum Word {
        /// It is there.
        Applied = "applied",
        /// It is not there; send it again.
        SendAgain = "send_again",
        /// It is not there; leave it.
        Close = "close",
        /// Nobody can find out.
        GiveUp = "give_up",
        /// Leave the rest.
        SkipRest = "skip_rest",
        /// Go on with the rest.
        Resume = "resume",
    }
}

impl Word {
    /// From its two parts; none if they do not belong together.
    pub const fn of(resolution: Resolution, then: Option<FollowUp>) -> Option<Self> {
        match (resolution, then) {
            (Resolution::Applied, None) => Some(Self::Applied),
            (Resolution::NotApplied, Some(FollowUp::SendAgain)) => Some(Self::SendAgain),
            (Resolution::NotApplied, Some(FollowUp::Close)) => Some(Self::Close),
            (Resolution::GiveUp, None) => Some(Self::GiveUp),
            (Resolution::SkipRest, None) => Some(Self::SkipRest),
            (Resolution::Resume, None) => Some(Self::Resume),
            (Resolution::NotApplied, None)
            | (
                Resolution::Applied
                | Resolution::GiveUp
                | Resolution::SkipRest
                | Resolution::Resume,
                Some(_),
            ) => None,
        }
    }

    /// Its first part.
    pub const fn resolution(self) -> Resolution {
        match self {
            Self::Applied => Resolution::Applied,
            Self::SendAgain | Self::Close => Resolution::NotApplied,
            Self::GiveUp => Resolution::GiveUp,
            Self::SkipRest => Resolution::SkipRest,
            Self::Resume => Resolution::Resume,
        }
    }

    /// Its second part.
    pub const fn then(self) -> Option<FollowUp> {
        match self {
            Self::SendAgain => Some(FollowUp::SendAgain),
            Self::Close => Some(FollowUp::Close),
            Self::Applied | Self::GiveUp | Self::SkipRest | Self::Resume => None,
        }
    }
}

/// What a person's word is about.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The items of the proposal, in order.
    pub items: &'a [Progress],
    /// Which of them.
    pub position: usize,
    /// Whether what is still on its way can no longer take effect.
    pub is_settled: bool,
    /// Whether reading shows that it was not carried out.
    pub reading_agrees: bool,
}

/// What a person's word brings about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What happens to the item, and where it stands then; nothing if only the rest is meant.
    pub item: Option<(ItemEvent, Progress)>,
    /// The items that are not to be sent any more.
    pub skipped: Vec<usize>,
    /// Whether the proposal ends without those that were not applied.
    pub leaves_rest: bool,
    /// Whether what waits behind the item goes on although it, and maybe others before it, did not
    /// end well.
    pub passes_over: bool,
}

/// Why a person's word brings about nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRuling {
    /// The proposal has no such item.
    #[error("there is no such item")]
    NoSuchItem,
    /// The item is not one that a person has to tell about.
    #[error("the item is {}", .0.as_str())]
    NotUnresolved(ItemState),
    /// What was sent may still take effect.
    #[error("it may still arrive")]
    NotSettled,
    /// Nothing waits, and nothing that failed keeps the proposal open.
    #[error("nothing is left to skip or to go on with")]
    NothingLeft,
}

impl Case<'_> {
    /// What the word brings about.
    ///
    /// # Errors
    /// [`NoRuling`]: the word does not fit where the items stand.
    pub fn rule(&self, word: Word) -> Result<Ruling, NoRuling> {
        let item = self.items.get(self.position).ok_or(NoRuling::NoSuchItem)?;
        let event = match word {
            Word::SkipRest => return self.skip_rest(),
            Word::Resume => return self.resume(item.state),
            Word::SendAgain | Word::Close if !self.is_settled => {
                return Err(match item.state {
                    ItemState::Unresolved => NoRuling::NotSettled,
                    state => NoRuling::NotUnresolved(state),
                });
            }
            Word::Applied => ItemEvent::FoundByPerson,
            Word::SendAgain => ItemEvent::SentAgainByPerson,
            // What never left is certain without any reading.
            Word::Close if self.reading_agrees || !item.was_sent() => ItemEvent::LeftByPerson,
            Word::GiveUp if !item.was_sent() => ItemEvent::LeftByPerson,
            Word::Close | Word::GiveUp => ItemEvent::GivenUpByPerson,
        };
        let to = item
            .step(event)
            .map_err(|refusal| NoRuling::NotUnresolved(refusal.state))?;
        let is_over = self
            .items
            .iter()
            .enumerate()
            .all(|(position, other)| position == self.position || other.state.is_final());
        Ok(Ruling {
            item: Some((event, to)),
            skipped: Vec::new(),
            leaves_rest: is_over && to.state.is_final(),
            passes_over: false,
        })
    }

    fn skip_rest(&self) -> Result<Ruling, NoRuling> {
        let skipped: Vec<usize> = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.state == ItemState::Queued && !item.was_sent())
            .map(|(position, _)| position)
            .collect();
        let has_failed = self
            .items
            .iter()
            .any(|item| item.state == ItemState::Failed);
        // What was sent before may wait once more, now or after it was looked for: nobody can call it
        // never tried, so it goes on and the proposal stays open for it.
        let may_wait_again = self.items.iter().any(|item| match item.state {
            ItemState::Queued => item.was_sent(),
            ItemState::Preparing | ItemState::Sending | ItemState::Uncertain => true,
            ItemState::None
            | ItemState::Unresolved
            | ItemState::Applied
            | ItemState::Failed
            | ItemState::Skipped
            | ItemState::GivenUp => false,
        });
        if skipped.is_empty() && (!has_failed || may_wait_again) {
            return Err(NoRuling::NothingLeft);
        }
        Ok(Ruling {
            item: None,
            skipped,
            leaves_rest: !may_wait_again,
            passes_over: false,
        })
    }

    /// Past an item that ended otherwise than well, to those that wait behind it.
    fn resume(&self, state: ItemState) -> Result<Ruling, NoRuling> {
        if !matches!(state, ItemState::Failed | ItemState::GivenUp) {
            return Err(NoRuling::NotUnresolved(state));
        }
        let waits = |item: &Progress| item.state == ItemState::Queued;
        if !self.items.iter().skip(self.position).any(waits) {
            return Err(NoRuling::NothingLeft);
        }
        Ok(Ruling {
            item: None,
            skipped: Vec::new(),
            leaves_rest: false,
            passes_over: true,
        })
    }
}
