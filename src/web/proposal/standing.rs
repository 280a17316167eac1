//! Whether the person who looks can decide now; the stage has the last word.

use crate::domain::{ProposalStatus, Role, Tier};
use crate::draft::has_changed_something;
use crate::web::context::Opened;
use crate::web::context::Viewer;

/// How a person stands to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// May decide; critical proposals of one's own, or of one's own agent, only where nobody else
    /// could.
    MayDecide {
        /// Whether the person answers for it, and that matters.
        is_own: bool,
    },
    /// An auditor looks and does not decide.
    LooksOnly,
    /// What the record holds now is not known, or nothing to write to, so nobody approves.
    Unread,
    /// The time is over.
    Expired,
    /// It does not wait for a decision.
    NotWaiting,
}

impl Standing {
    /// How this person stands to this proposal.
    pub fn of(viewer: &Viewer, opened: &Opened) -> Self {
        let proposal = &opened.proposal;
        if proposal.status != ProposalStatus::Pending {
            return Self::NotWaiting;
        }
        if !viewer.role.may_decide() {
            return Self::LooksOnly;
        }
        if proposal.expires_at <= opened.at {
            return Self::Expired;
        }
        if opened.live_read_at.is_none() {
            return Self::Unread;
        }
        Self::MayDecide {
            is_own: proposal.tier == Tier::Critical && proposal.answerable() == Some(viewer.id),
        }
    }
}

/// Whether the person may take the approval back: whoever gave it, or an administrator.
pub fn may_undo(viewer: &Viewer, opened: &Opened) -> bool {
    let proposal = &opened.proposal;
    let decided_by = proposal
        .decision
        .as_ref()
        .and_then(|decision| decision.person);
    let is_early = matches!(
        proposal.status,
        ProposalStatus::Held | ProposalStatus::Queued
    );
    is_early
        && !proposal.was_sent()
        && (decided_by == Some(viewer.id) || viewer.role == Role::Administrator)
}

/// Whether the person may say what became of it.
pub fn may_resolve(viewer: &Viewer, opened: &Opened) -> bool {
    opened.proposal.status == ProposalStatus::NeedsAttention && viewer.role.may_decide()
}

/// Whether the person may say that they have seen that the record does not show all of it.
pub fn may_see(viewer: &Viewer, opened: &Opened) -> bool {
    opened.proposal.differs_unseen && viewer.role.may_decide()
}

/// Whether the person may propose to take it back: it has changed something, and can be undone at
/// least in part.
pub fn may_revert(viewer: &Viewer, opened: &Opened) -> bool {
    let proposal = &opened.proposal;
    proposal.status.is_final()
        && proposal.items.iter().any(has_changed_something)
        && opened.undoing.is_offered
        && viewer.role.may_decide()
}
