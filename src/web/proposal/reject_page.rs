//! The confirmation of a rejection: as easy as an approval, but for the reason.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::agent_words::agent_words;
use super::approve_page::{nothing_to_decide, reason_field};
use super::facts::heading;
use super::page::{diff_tables, notices, number_of_page};
use super::server_fns::Reject;
use super::warnings::warnings;
use crate::domain::{Proposal, ProposalStatus};
use crate::web::context::{self, Opened, Surroundings};
use crate::web::error::WebError;

use crate::web::links::{self, Notice};
use crate::web::ui::{Frame, loaded};

/// Confirms a rejection.
#[component]
pub fn RejectPage() -> impl IntoView {
    let number = number_of_page();
    let notice = Notice::read(&links::query());
    loaded(load(number, notice))
}

async fn load(number: Option<i64>, notice: Notice) -> Result<AnyView, WebError> {
    let technician = context::technician().await?;
    let opened = context::open(&technician.reviewer(), number).await?;
    let around = context::surroundings(Some(technician.person()));
    Ok(view! { <RejectView opened notice around /> }.into_any())
}

/// The confirmation, or why there is nothing to confirm.
#[component]
pub fn RejectView(opened: Opened, notice: Notice, around: Surroundings) -> impl IntoView {
    let proposal = &opened.proposal;
    let form = if proposal.status == ProposalStatus::Pending {
        reject_form(proposal, notice.typed.reason.clone())
    } else {
        nothing_to_decide(proposal)
    };
    let tables = diff_tables(&opened.diffs);
    let title = format!("Reject #{}", proposal.number);
    let content = view! {
        {heading(proposal)}
        {notices(&notice)}
        {form}
        {warnings(&opened)}
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">"What you reject"</h2>
            {tables}
        </section>
        {agent_words(proposal)}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>{content}</Frame>
    }
}

fn reject_form(proposal: &Proposal, reason: String) -> AnyView {
    view! {
        <form class="form" id="decision" tabindex="-1" method="post" action=Reject::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <input type="hidden" name="fingerprint" value=proposal.fingerprint.to_string() />
            {reason_field(reason, true, REJECTION_REASON)}
            <p class="actions">
                <button class="button button--primary js-key" data-key="r">
                    "Reject the proposal"
                </button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without deciding"
                </a>
            </p>
        </form>
    }
    .into_any()
}

const REJECTION_REASON: &str = "The agent reads it: say what is wrong and what would be right.";
