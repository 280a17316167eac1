//! The life of an item and of its proposal, as a pure machine: state and event give the next state.
//!
//! The invariants I1 to I9 of the replay protocol rest on this file. A *send permit* is used up by
//! a durable commit before the first byte of a write leaves; permits come from an approval, from
//! proof that a send was not carried out, or from a person, and from nothing else.

use serde::{Deserialize, Serialize};

use super::names::named_enum;
use super::resource::ItemClass;

/// How long after its approval the value of a password can be collected.
pub const COLLECT_SECONDS: i64 = 10 * 60;

named_enum! {
    /// Where an item stands.
    pub enum ItemState {
        /// Not approved.
        None = "none",
        /// Approved; waits for its turn.
        Queued = "queued",
        /// Claimed by the worker; nothing was sent.
        Preparing = "preparing",
        /// The intention is on disk; bytes may have left.
        Sending = "sending",
        /// The send ended unclear; IT Glue is being read.
        Uncertain = "uncertain",
        /// Reading could not tell; a person has to.
        Unresolved = "unresolved",
        /// Final: IT Glue carried it out.
        Applied = "applied",
        /// Final: it changed nothing, and that is certain.
        Failed = "failed",
        /// Final: an earlier item did not end well, so this one was never tried.
        Skipped = "skipped",
        /// Final: a person gave up finding out.
        GivenUp = "given_up",
    }
}

impl ItemState {
    /// Whether nothing will change any more.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Applied | Self::Failed | Self::Skipped | Self::GivenUp
        )
    }
}

named_enum! {
    /// Where a proposal stands.
    pub enum ProposalStatus {
        /// Waits for a person.
        Pending = "pending",
        /// Waits for the agent.
        SentBack = "sent_back",
        /// Approved; undo is still possible.
        Held = "held",
        /// Approved; waits for its turn.
        Queued = "queued",
        /// An item is being prepared or sent.
        Applying = "applying",
        /// An item's answer was lost; IT Glue is being read.
        Checking = "checking",
        /// A person has to find out, or some items were applied and others not.
        NeedsAttention = "needs_attention",
        /// Final: every item was applied.
        Applied = "applied",
        /// Final: nothing was changed by it, and that is certain.
        Failed = "failed",
        /// Final: some items were applied, the rest given up by a person.
        PartlyApplied = "partly_applied",
        /// Final: a person gave up; nobody knows.
        ClosedUnknown = "closed_unknown",
        /// Final: a person said no.
        Rejected = "rejected",
        /// Final: the agent took it back.
        Withdrawn = "withdrawn",
        /// Final: nobody decided in time.
        Expired = "expired",
    }
}

impl ProposalStatus {
    /// Whether nothing will change any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Applied
            | Self::Failed
            | Self::PartlyApplied
            | Self::ClosedUnknown
            | Self::Rejected
            | Self::Withdrawn
            | Self::Expired => true,
            Self::Pending
            | Self::SentBack
            | Self::Held
            | Self::Queued
            | Self::Applying
            | Self::Checking
            | Self::NeedsAttention => false,
        }
    }

    /// Whether it ended, or still stands, before anything could have been sent.
    pub const fn is_before_sending(self) -> bool {
        match self {
            Self::Pending
            | Self::SentBack
            | Self::Held
            | Self::Queued
            | Self::Rejected
            | Self::Withdrawn
            | Self::Expired => true,
            Self::Applying
            | Self::Checking
            | Self::NeedsAttention
            | Self::Applied
            | Self::Failed
            | Self::PartlyApplied
            | Self::ClosedUnknown => false,
        }
    }

    /// The status of an approved proposal whose items stand like this.
    pub fn of_items(items: &[ItemState]) -> Self {
        let any = |state: ItemState| items.contains(&state);
        let all = |states: &[ItemState]| items.iter().all(|item| states.contains(item));
        let still_waits = any(ItemState::Queued) || any(ItemState::Preparing);
        if items.is_empty() {
            return Self::Queued;
        }
        if any(ItemState::Unresolved)
            || any(ItemState::Failed) && (any(ItemState::Applied) || still_waits)
            || any(ItemState::GivenUp) && still_waits
        {
            return Self::NeedsAttention;
        }
        if any(ItemState::Uncertain) {
            return Self::Checking;
        }
        if any(ItemState::Preparing)
            || any(ItemState::Sending)
            || any(ItemState::Applied) && any(ItemState::Queued)
        {
            return Self::Applying;
        }
        if any(ItemState::GivenUp) {
            return Self::ClosedUnknown;
        }
        if all(&[ItemState::Applied]) {
            return Self::Applied;
        }
        if any(ItemState::Applied) {
            return Self::PartlyApplied;
        }
        if all(&[ItemState::Failed, ItemState::Skipped]) {
            return Self::Failed;
        }
        Self::Queued
    }

    /// The status of a proposal whose rest a person has given up: an item that failed on the way no
    /// longer keeps it open.
    pub fn without_the_rest(items: &[ItemState]) -> Self {
        let left: Vec<ItemState> = items
            .iter()
            .map(|state| match state {
                ItemState::Failed => ItemState::Skipped,
                state => *state,
            })
            .collect();
        Self::of_items(&left)
    }

    /// The status of an approved proposal of which a person let the rest go on past some items, each
    /// with whether it is one of those.
    pub fn past_some(items: &[(ItemState, bool)]) -> Self {
        let goes_on = items.iter().any(|(state, _)| !state.is_final());
        let counted: Vec<ItemState> = items
            .iter()
            .map(|(state, is_passed)| match state {
                ItemState::Failed if *is_passed => ItemState::Skipped,
                // That nobody knows what came of it is told once the rest has ended.
                ItemState::GivenUp if *is_passed && goes_on => ItemState::Skipped,
                state => *state,
            })
            .collect();
        Self::of_items(&counted)
    }
}

named_enum! {
    /// Why an item is unresolved.
    pub enum UnresolvedReason {
        /// The record moved, or something else stood in the way for too long, while other items of the
        /// proposal were already sent.
        Drift = "drift",
        /// The record shows neither what was nor what was approved.
        Conflict = "conflict",
        /// Only a secret changes, and this key cannot read secrets.
        SecretUnreadable = "secret_unreadable",
        /// No record like the one that was sent.
        NotFound = "not_found",
        /// Two or more records like the one that was sent.
        Ambiguous = "ambiguous",
        /// Nothing to search by.
        NoSearch = "no_search",
    }
}

/// Where an item stands and what it may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Its class, from the catalogue.
    pub class: ItemClass,
    /// Its state.
    pub state: ItemState,
    /// Send permits left: 0 or 1.
    pub permits: u32,
    /// Sends that are not proven to have been without effect.
    pub sends: u32,
    /// How often settled evidence has returned the permit by itself; at most once.
    pub returns: u32,
    /// The fencing token: how often it was claimed.
    pub attempt: u32,
}

/// What happens to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemEvent {
    /// The proposal was approved.
    Approved,
    /// The approval was undone, or the record moved before anything was sent.
    Recalled,
    /// The worker takes it up.
    Claimed,
    /// The worker lets go without having sent anything: read failed, budget, stop, crash.
    Released,
    /// The record already is as approved.
    AlreadyInPlace,
    /// The record is gone.
    RecordGone,
    /// The policy as it is now says no.
    PolicyRefused,
    /// The record moved, or something else stood in the way for too long, while other items were
    /// already sent.
    Drifted,
    /// The intention to send is being written down.
    Intended,
    /// Proof that the send was not carried out: no connection, 429, key refused.
    NotCarriedOut,
    /// IT Glue said it was carried out.
    CarriedOut,
    /// IT Glue refused it in its own words.
    Refused {
        /// It answered that the record does not exist (any more).
        gone: bool,
    },
    /// Nobody can tell from the ending whether it was carried out.
    EndedUnclear,
    /// Reading shows that it was carried out.
    FoundApplied,
    /// Settled reading shows that it was not carried out.
    FoundUnchanged,
    /// Reading cannot tell.
    CannotTell,
    /// The agent collects the value that it may read: from now on it was handed out.
    Collected,
    /// The time in which a value could be collected is over.
    NotCollected,
    /// An earlier item did not end well.
    Skipped,
    /// The tables are older than what was sent: nobody can tell what left since.
    Restored,
    /// The same for an item behind another on its target, where one at a time can be looked for
    /// (I4): it keeps its place and loses its permit.
    RestoredBehind,
    /// Nothing is ahead of such an item any more: it is looked for, if reading can tell what it made
    /// from what the others made, or else given to a person.
    LookedFor,
    /// A person has found that it was carried out.
    FoundByPerson,
    /// A person has found that it was not carried out, and wants it sent once more.
    SentAgainByPerson,
    /// A person has found that it was not carried out, reading agrees, and it stays so.
    LeftByPerson,
    /// A person gave up finding out.
    GivenUpByPerson,
}

/// An event that cannot happen in this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot happen to an item that is {}", state.as_str())]
pub struct TransitionError {
    /// The state.
    pub state: ItemState,
    /// The event.
    pub event: ItemEvent,
}

impl Progress {
    /// An item that nobody has approved.
    pub const fn new(class: ItemClass) -> Self {
        Self {
            class,
            state: ItemState::None,
            permits: 0,
            sends: 0,
            returns: 0,
            attempt: 0,
        }
    }

    /// What the event makes of it.
    ///
    /// # Errors
    /// [`TransitionError`] if the event cannot happen in this state: the caller's view is old.
    pub const fn step(self, event: ItemEvent) -> Result<Self, TransitionError> {
        use ItemEvent as E;
        use ItemState as S;
        let next = match (self.state, event) {
            (S::None, E::Approved) | (S::Unresolved, E::SentAgainByPerson) => {
                self.to(S::Queued).permit(1)
            }
            (S::Queued | S::Preparing, E::Recalled) if !self.was_sent() => {
                self.to(S::None).permit(0)
            }
            (S::Queued, E::Claimed) if self.permits > 0 => self.to(S::Preparing).claimed(),
            (S::Queued, E::Collected) if self.permits > 0 && self.is_secret() => {
                self.to(S::Applied).permit(0)
            }
            (S::Queued, E::NotCollected) if self.is_secret() => self.to(S::Failed).permit(0),
            (S::Queued | S::None, E::Skipped) if !self.was_sent() => self.to(S::Skipped).permit(0),
            (S::Preparing, E::Released) => self.to(S::Queued),
            (S::Preparing, E::AlreadyInPlace) if matches!(self.class, ItemClass::Set) => {
                self.to(S::Applied).permit(0)
            }
            (S::Preparing, E::RecordGone) => match self.class {
                ItemClass::Remove if self.was_sent() => self.to(S::Applied).permit(0),
                ItemClass::Remove | ItemClass::Set | ItemClass::Once | ItemClass::Secret => {
                    self.without_effect(0).permit(0)
                }
            },
            (S::Preparing, E::PolicyRefused) => self.without_effect(0).permit(0),
            (S::Preparing, E::Drifted) => self.to(S::Unresolved).permit(0),
            (S::Uncertain, E::CannotTell) => self.to(S::Unresolved),
            (S::Preparing, E::Intended) if self.permits > 0 => self.to(S::Sending).sent(),
            (S::Sending, E::NotCarriedOut) => self.to(S::Queued).returned(),
            (S::Sending, E::CarriedOut)
            | (S::Uncertain, E::FoundApplied)
            | (S::Unresolved, E::FoundByPerson) => self.to(S::Applied),
            (S::Sending, E::Refused { gone }) => match self.class {
                ItemClass::Remove if gone && (self.sends > 1 || self.returns > 0) => {
                    self.to(S::Applied)
                }
                ItemClass::Remove | ItemClass::Set | ItemClass::Once | ItemClass::Secret => {
                    self.without_effect(1)
                }
            },
            (S::Sending, E::EndedUnclear) => self.to(S::Uncertain),
            (S::Uncertain, E::FoundUnchanged) => match self.class {
                ItemClass::Set | ItemClass::Remove if self.returns == 0 => Self {
                    returns: 1,
                    ..self.to(S::Queued).returned()
                },
                ItemClass::Set | ItemClass::Remove | ItemClass::Once | ItemClass::Secret => {
                    self.to(S::Unresolved)
                }
            },
            (S::Queued | S::Preparing | S::Sending, E::Restored) => self.doubted().to(S::Uncertain),
            (S::Queued, E::RestoredBehind) => self.doubted(),
            (S::Queued, E::LookedFor) if self.permits == 0 && self.was_sent() => match self.class {
                ItemClass::Set | ItemClass::Remove => self.to(S::Uncertain),
                ItemClass::Once | ItemClass::Secret => self.to(S::Unresolved),
            },
            (S::Unresolved, E::LeftByPerson) => self.to(S::Failed),
            (S::Unresolved, E::GivenUpByPerson) => self.to(S::GivenUp),
            (state, event) => return Err(TransitionError { state, event }),
        };
        Ok(next)
    }

    /// Whether a write of it may ever have reached IT Glue: a send whose effect is open, or one
    /// that only settled reading says had none. An answer that proves it does not count.
    pub const fn was_sent(self) -> bool {
        self.sends > 0 || self.returns > 0
    }

    const fn is_secret(self) -> bool {
        matches!(self.class, ItemClass::Secret)
    }

    const fn to(self, state: ItemState) -> Self {
        Self { state, ..self }
    }

    /// The end of an item that changed nothing, if that is certain: besides the sends that are
    /// known to have had no effect there must be none.
    const fn without_effect(self, known: u32) -> Self {
        if self.sends > known {
            self.to(ItemState::Unresolved)
        } else {
            self.to(ItemState::Failed)
        }
    }

    /// A permit that the tables still show may have been used up.
    const fn doubted(self) -> Self {
        Self {
            permits: 0,
            sends: self.sends + self.permits,
            ..self
        }
    }

    const fn permit(self, permits: u32) -> Self {
        Self { permits, ..self }
    }

    const fn claimed(self) -> Self {
        Self {
            attempt: self.attempt + 1,
            ..self
        }
    }

    const fn sent(self) -> Self {
        Self {
            permits: self.permits - 1,
            sends: self.sends + 1,
            ..self
        }
    }

    const fn returned(self) -> Self {
        Self {
            permits: self.permits + 1,
            sends: self.sends - 1,
            ..self
        }
    }
}
