//! The confirmation of sending a proposal back: the agent reads why, and may propose it anew.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::agent_words::agent_words;
use super::approve_page::nothing_to_decide;
use super::facts::heading;
use super::page::{diff_tables, number_of_page};
use super::server_fns::SendBack;
use super::warnings::warnings;
use crate::domain::{Proposal, ProposalStatus};
use crate::web::context::{self, Opened, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, Input, loaded};

/// Confirms that a proposal is sent back.
#[component]
pub fn SendBackPage() -> impl IntoView {
    loaded(load(number_of_page()))
}

async fn load(number: Option<i64>) -> Result<AnyView, WebError> {
    let technician = context::technician().await?;
    let opened = context::open(&technician.reviewer(), number).await?;
    let around = context::surroundings(Some(technician.person()));
    let refused = context::refused().await;
    Ok(view! { <SendBackView opened refused around /> }.into_any())
}

/// The confirmation, or why there is nothing to confirm.
#[component]
pub fn SendBackView(opened: Opened, refused: Refused, around: Surroundings) -> impl IntoView {
    let proposal = &opened.proposal;
    let may_go_back = proposal.status == ProposalStatus::Pending && proposal.reversal.is_none();
    let form = if may_go_back {
        send_back_form(proposal, &refused)
    } else {
        nothing_to_decide(proposal)
    };
    let tables = diff_tables(&opened.diffs);
    let title = format!("Send back #{}", proposal.number);
    let content = view! {
        {heading(proposal)}
        <FormProblems refused title="It was not sent back" />
        {form}
        {warnings(&opened)}
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">"What you send back"</h2>
            {tables}
        </section>
        {agent_words(proposal)}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>
            {content}
        </Frame>
    }
}

fn send_back_form(proposal: &Proposal, refused: &Refused) -> AnyView {
    view! {
        <form class="form" id="decision" tabindex="-1" method="post" action=SendBack::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <input type="hidden" name="fingerprint" value=proposal.fingerprint.to_string() />
            <Field
                state=refused.field("reason")
                label="Reason"
                input=Input::Lines(3)
                hint="The agent reads it: say what to change. It may then propose a new revision. At \
                most 2,000 characters."
            />
            <p class="actions">
                <button class="button button--primary js-key" data-key="b">
                    "Send the proposal back"
                </button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without deciding"
                </a>
            </p>
        </form>
    }
    .into_any()
}
