//! The moments at which the process may die, with their names in section 9 of the replay protocol.
//!
//! In a debug build a test can stop whoever passes one of them, for good, and end the server there.
//! In a release build passing one is nothing at all.

/// A moment at which a death of the process is told from one a little earlier or later by what is
/// stored. `c6` and `c7` lie on the way to IT Glue and back, where no code of ours runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashPoint {
    /// `c1`: a proposal is stored, and nobody was told.
    Proposed,
    /// `c2`: a decision is stored, and nobody was told.
    Decided,
    /// `c3`: an item was claimed.
    Claimed,
    /// `c4`: the record was read before the write.
    Preflighted,
    /// `c5`: the intention is stored, and no byte was sent.
    Intended,
    /// `c8`: IT Glue has answered, and that is not stored.
    Answered,
    /// `c9`: the outcome is stored, and nothing was read back.
    Ended,
    /// `c10`: an unclear send was looked into, and what was found is not stored.
    Looked,
    /// `c11`: a person's word is stored, and nobody was told.
    Resolved,
}

impl CrashPoint {
    /// Goes on, unless a test has set a trap here. The position is that of the item, 0 where there
    /// is none.
    #[cfg(debug_assertions)]
    pub async fn pass(self, position: u32) {
        if trap::springs(self, position) {
            std::future::pending::<()>().await;
        }
    }

    /// Goes on.
    #[cfg(not(debug_assertions))]
    #[inline]
    pub fn pass(self, _position: u32) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// Sets a trap for all that runs on this thread: whoever passes a point for which it says true
    /// never goes on.
    #[cfg(debug_assertions)]
    pub fn set_trap(trap: trap::Trap) {
        trap::set(trap);
    }
}

#[cfg(debug_assertions)]
mod trap {
    use std::cell::RefCell;
    use std::sync::Arc;

    use super::CrashPoint;

    /// Whether the passing of this point, by the item at this position, is the last.
    pub type Trap = Arc<dyn Fn(CrashPoint, u32) -> bool + Send + Sync>;

    thread_local! {
        static TRAP: RefCell<Option<Trap>> = const { RefCell::new(None) };
    }

    pub(super) fn set(trap: Trap) {
        TRAP.with_borrow_mut(|place| *place = Some(trap));
    }

    pub(super) fn springs(point: CrashPoint, position: u32) -> bool {
        TRAP.with_borrow(|trap| trap.as_ref().is_some_and(|trap| trap(point, position)))
    }
}
