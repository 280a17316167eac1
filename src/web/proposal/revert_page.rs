//! The confirmation of a revert: what would be put back, what would not, and that it is proposed
//! and not written.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::facts::heading;
use super::page::{diff_tables, number_of_page};
use super::server_fns::Revert;
use super::undoing::class_words;
use crate::web::context::{self, RevertChange, RevertPlan, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Banner, Field, Foreign, FormProblems, Frame, Input, Mood, loaded};

/// Confirms that a revert is proposed.
#[component]
pub fn RevertPage() -> impl IntoView {
    loaded(load(number_of_page()))
}

async fn load(number: Option<i64>) -> Result<AnyView, WebError> {
    let technician = context::technician().await?;
    let plan = context::plan_revert(&technician, number).await?;
    let around = context::surroundings(Some(technician.person()));
    let refused = context::refused().await;
    Ok(view! { <RevertView plan around refused /> }.into_any())
}

/// What a revert would do, and the form, or why there is nothing to propose.
#[component]
pub fn RevertView(plan: RevertPlan, around: Surroundings, refused: Refused) -> impl IntoView {
    let proposal = &plan.proposal;
    let content = match (&plan.open, &plan.change) {
        (Some(open), _) => proposed_already(open.number),
        (None, Err(why)) => nothing_to_propose(why.clone(), proposal.number),
        (None, Ok(change)) => form(&plan, change, &refused),
    };
    let title = format!("Revert #{}", proposal.number);
    let content = view! {
        {heading(proposal)}
        <FormProblems refused />
        {content}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>
            {content}
        </Frame>
    }
}

fn form(plan: &RevertPlan, change: &RevertChange, refused: &Refused) -> AnyView {
    let proposal = &plan.proposal;
    let tables = diff_tables(&change.diffs);
    let left_out: Vec<AnyView> = change
        .warnings
        .iter()
        .map(|warning| {
            let text = warning.detail.clone();
            view! { <li><Foreign text /></li> }.into_any()
        })
        .collect();
    let left_out = (!left_out.is_empty()).then(|| {
        view! {
            <Banner mood=Mood::Warning title="Not all of it".to_owned()>
                <ul class="banner__list">{left_out}</ul>
            </Banner>
        }
    });
    view! {
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">"What the revert would change"</h2>
            <p class="muted">
                "Undo: " {class_words(plan.undoing.class)} ". "
                <Foreign text=plan.undoing.reason.clone() />
            </p>
            {left_out}
            {tables}
        </section>
        <form class="form" id="decision" tabindex="-1" method="post" action=Revert::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <p>
                "This writes nothing. It makes a proposal in your name, which waits in the queue until \
                 somebody approves it."
            </p>
            <Field
                state=refused.field("reason")
                label="Reason"
                input=Input::Lines(3)
                hint="Whoever decides reads it. The agent does not."
                is_optional=true
            />
            <p class="actions">
                <button class="button button--primary">"Propose the revert"</button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without proposing"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn proposed_already(number: i64) -> AnyView {
    view! {
        <Banner mood=Mood::Information title="It is proposed already".to_owned()>
            <p>
                <a href=links::proposal(number)>"#" {number}</a>
                " takes this back and waits for its end. There is no second one until then."
            </p>
        </Banner>
    }
    .into_any()
}

fn nothing_to_propose(why: String, number: i64) -> AnyView {
    view! {
        <Banner mood=Mood::Warning title="There is nothing to propose".to_owned()>
            <p>
                <Foreign text=why />
            </p>
        </Banner>
        <p class="actions">
            <a class="button" href=links::proposal(number)>
                "Back to the proposal"
            </a>
        </p>
    }
    .into_any()
}
