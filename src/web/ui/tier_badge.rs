//! How much care something needs, and where it stands: a word each, with a shape or a color beside.

use leptos::prelude::*;

use crate::domain::{ProposalStatus, Tier};

/// A tier as shape and word.
#[component]
pub fn TierBadge(
    /// The tier.
    tier: Tier,
) -> impl IntoView {
    let (shape, word) = match tier {
        Tier::Routine => ("○", "routine"),
        Tier::Elevated => ("◇", "elevated"),
        Tier::Critical => ("▲", "critical"),
    };
    view! {
        <span class="tier-badge" data-tier=tier.as_str()>
            <span aria-hidden="true">{shape}</span>
            " "
            {word}
        </span>
    }
}

/// Where a proposal stands, in a few words.
#[component]
pub fn StatusWord(
    /// Where it stands.
    status: ProposalStatus,
) -> impl IntoView {
    view! {
        <span class="status-word" data-status=status.as_str()>
            {words(status)}
        </span>
    }
}

const fn words(status: ProposalStatus) -> &'static str {
    match status {
        ProposalStatus::Pending => "waits for a decision",
        ProposalStatus::SentBack => "sent back to the agent",
        ProposalStatus::Held => "approved, held",
        ProposalStatus::Queued => "approved, waits its turn",
        ProposalStatus::Applying => "being written",
        ProposalStatus::Checking => "answer lost, checking",
        ProposalStatus::NeedsAttention => "needs a look",
        ProposalStatus::Applied => "applied",
        ProposalStatus::Failed => "failed",
        ProposalStatus::PartlyApplied => "partly applied",
        ProposalStatus::ClosedUnknown => "closed, outcome unknown",
        ProposalStatus::Rejected => "rejected",
        ProposalStatus::Withdrawn => "withdrawn by the agent",
        ProposalStatus::Expired => "expired",
    }
}
