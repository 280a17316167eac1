//! The agent's own words, in a box of their own: what they claim is no fact.

use leptos::prelude::*;

use crate::domain::Proposal;
use crate::web::ui::Foreign;

/// Summary and reason as the agent gave them.
pub fn agent_words(proposal: &Proposal) -> AnyView {
    let reason = proposal.reason.clone().map(|reason| {
        view! {
            <p class="agent-words__text">
                <Foreign text=reason />
            </p>
        }
    });
    let (title, author) = match &proposal.reversal {
        None => ("In the agent’s words", proposal.agent.name.clone()),
        Some(reversal) => ("In the words of whoever proposes it", reversal.name.clone()),
    };
    view! {
        <section class="agent-words" aria-labelledby="agent-words">
            <h2 id="agent-words">{title}</h2>
            <p class="muted">
                "Written by " <Foreign text=author /> "; nobody has checked it."
            </p>
            <p class="agent-words__text">
                <Foreign text=proposal.summary.clone() />
            </p>
            {reason}
        </section>
    }
    .into_any()
}
