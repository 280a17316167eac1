//! How well a proposal can be undone, and what was proposed to undo it.

use leptos::prelude::*;

use super::words::count;
use crate::diff::UndoClass;
use crate::domain::Proposal;
use crate::web::context::Opened;
use crate::web::links::{self, Form};
use crate::web::ui::{Foreign, StatusWord};

/// What undoing would come to, said before anything is approved.
pub fn undoing(opened: &Opened) -> AnyView {
    let undoing = &opened.undoing;
    let others = undoing
        .items
        .iter()
        .filter(|item| item.class != undoing.class)
        .count();
    let others = (others > 0).then(|| {
        view! {
            <p class="muted">
                "This is about the worst of " {undoing.items.len()} "; better for "
                {count(others, "record", "records")} "."
            </p>
        }
    });
    view! {
        <section class="card" id="undoing" aria-labelledby="undoing-title">
            <h2 id="undoing-title">"Undo afterwards: " {class_words(undoing.class)}</h2>
            <p>
                <Foreign text=undoing.reason.clone() />
            </p>
            {others}
        </section>
    }
    .into_any()
}

/// The class as people read it.
pub const fn class_words(class: UndoClass) -> &'static str {
    match class {
        UndoClass::Exact => "exact",
        UndoClass::Recreate => "anew, with another id",
        UndoClass::ByHand => "by hand",
    }
}

/// The proposals that take this one back, and the way to make one.
pub fn reverts(opened: &Opened, may_revert: bool) -> Option<AnyView> {
    let rows: Vec<AnyView> = opened
        .reverts
        .iter()
        .map(|revert| {
            view! {
                <li>
                    <a href=links::proposal(revert.number)>"#" {revert.number}</a>
                    " "
                    <StatusWord status=revert.status />
                </li>
            }
            .into_any()
        })
        .collect();
    let has_open = opened
        .reverts
        .iter()
        .any(|revert| !revert.status.is_final());
    let href = links::form(opened.proposal.number, Form::Revert);
    let way = (may_revert && !has_open).then(|| {
        view! {
            <p class="actions">
                <a class="button" href=href>
                    "Revert…"
                </a>
            </p>
        }
    });
    if rows.is_empty() && way.is_none() {
        return None;
    }
    let list = (!rows.is_empty()).then(|| {
        view! {
            <p>"Proposed to take this back:"</p>
            <ul class="banner__list">{rows}</ul>
        }
    });
    let view = view! {
        <section class="card" aria-labelledby="reverts">
            <h2 id="reverts">"Take it back"</h2>
            {list}
            {way}
        </section>
    };
    Some(view.into_any())
}

/// Who proposes: the agent, or the person who takes something of its back.
pub fn proposer(proposal: &Proposal) -> AnyView {
    let agent = view! {
        <span class="agent">
            <Foreign text=proposal.agent.name.clone() />
        </span>
    };
    match &proposal.reversal {
        None => agent.into_any(),
        Some(reversal) => view! {
            <Foreign text=reversal.name.clone() />
            ", to take back "
            <a href=links::proposal(reversal.number)>"#" {reversal.number}</a>
            " of "
            {agent}
        }
        .into_any(),
    }
}
