//! Where a decision begins: the links to the two confirmations, or why there are none.

use leptos::prelude::*;

use super::standing::Standing;
use super::words::approval;
use crate::domain::Proposal;
use crate::draft::can_be_edited;
use crate::web::context::Opened;
use crate::web::links::{self, Form};

/// The decision bar at the end of a proposal.
pub fn decision_bar(standing: Standing, opened: &Opened) -> Option<AnyView> {
    let content = match standing {
        Standing::NotWaiting => return None,
        Standing::MayDecide { is_own } => choices(opened, is_own),
        Standing::LooksOnly => note("Auditors look and do not decide."),
        Standing::Expired => note("The time to decide is over. Nothing was written."),
        Standing::Unread => unread(&opened.proposal),
    };
    let view = view! {
        <section class="bar" id="decision" tabindex="-1" aria-label="Decision">
            {content}
        </section>
    };
    Some(view.into_any())
}

fn choices(opened: &Opened, is_own: bool) -> AnyView {
    let number = opened.proposal.number;
    let own = is_own.then(|| {
        let whose = match opened.proposal.reversal {
            Some(_) => "You proposed it.",
            None => "You answer for this agent.",
        };
        view! {
            <p class="bar__note">
                {whose}
                " A colleague decides what is critical; an approval by you is refused unless there \
                 is no other technician."
            </p>
        }
    });
    view! {
        {own}
        <p class="actions">
            <a
                class="button button--primary js-key"
                data-key="a"
                title="Key: a"
                href=links::form(number, Form::Approve)
            >
                {approval(&opened.proposal, &opened.diffs)}
                "…"
            </a>
            {can_be_edited(&opened.proposal).then(|| edit_link(number))}
            {send_back_link(&opened.proposal)}
            {reject_link(number)}
        </p>
    }
    .into_any()
}

fn note(text: &'static str) -> AnyView {
    view! { <p class="bar__note">{text}</p> }.into_any()
}

/// Saying no, or sending back, needs nothing from IT Glue.
fn unread(proposal: &Proposal) -> AnyView {
    let number = proposal.number;
    view! {
        <p class="bar__note">"Approving is off: what the record holds now is not known."</p>
        <p class="actions">
            <a class="button js-key" data-key="l" href=links::proposal(number)>"Read it again"</a>
            {send_back_link(proposal)}
            {reject_link(number)}
        </p>
    }
    .into_any()
}

fn edit_link(number: i64) -> AnyView {
    let href = links::form(number, Form::Edit);
    view! { <a class="button js-key" data-key="e" title="Key: e" href=href>"Edit…"</a> }.into_any()
}

/// Where a person proposed it, no agent would answer.
fn send_back_link(proposal: &Proposal) -> Option<AnyView> {
    let href = links::form(proposal.number, Form::SendBack);
    proposal.reversal.is_none().then(|| {
        view! { <a class="button js-key" data-key="b" title="Key: b" href=href>"Send back…"</a> }
            .into_any()
    })
}

fn reject_link(number: i64) -> AnyView {
    let href = links::form(number, Form::Reject);
    view! { <a class="button js-key" data-key="r" title="Key: r" href=href>"Reject…"</a> }
        .into_any()
}
