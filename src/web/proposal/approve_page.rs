//! The confirmation of an approval: the change once more, and what its tier asks for.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::agent_words::agent_words;
use super::confirmation::{Asked, marks};
use super::facts::heading;
use super::page::{item_title, number_of_page, reading};
use super::server_fns::Approve;
use super::standing::Standing;
use super::undoing::undoing;
use super::warnings::warnings;
use super::words::approval;
use crate::domain::Proposal;
use crate::web::context::{AtHand, Opened, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{DiffTable, Field, Foreign, FormProblems, Frame, Input, StepUpFields, loaded};

/// Confirms an approval.
#[component]
pub fn ApprovePage() -> impl IntoView {
    loaded(load(number_of_page()))
}

async fn load(number: Option<i64>) -> Result<AnyView, WebError> {
    let AtHand {
        opened,
        around,
        viewer,
        refused,
        ..
    } = AtHand::of(number).await?;
    Ok(view! { <ApproveView opened refused around viewer /> }.into_any())
}

/// The confirmation, or why there is nothing to confirm.
#[component]
pub fn ApproveView(
    opened: Opened,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let form = match Standing::of(&viewer, &opened) {
        Standing::MayDecide { .. } => approve_form(&opened, &refused, viewer),
        Standing::LooksOnly | Standing::Unread | Standing::Expired | Standing::NotWaiting => {
            nothing_to_decide(&opened.proposal)
        }
    };
    view! {
        <Title text=format!("Approve #{}", opened.proposal.number) />
        <Frame around has_decision=true>
            {heading(&opened.proposal)}
            <FormProblems refused title="It was not approved" />
            {reading(&opened)}
            {warnings(&opened)}
            {form}
        </Frame>
    }
}

/// The page of the proposal says why; here is only the way there.
pub fn nothing_to_decide(proposal: &Proposal) -> AnyView {
    view! {
        <p id="decision" tabindex="-1">
            "This cannot be decided here and now. "
            <a href=links::proposal(proposal.number)>"See how the proposal stands"</a>
        </p>
    }
    .into_any()
}

fn approve_form(opened: &Opened, refused: &Refused, viewer: Viewer) -> AnyView {
    let proposal = &opened.proposal;
    let kept = refused.values("keep");
    let is_one = opened.diffs.len() == 1;
    let tables: Vec<AnyView> = opened
        .diffs
        .iter()
        .enumerate()
        .map(|(position, diff)| {
            let title = (!is_one).then(|| item_title(position, diff.record.name.clone()));
            let marks = Some(marks(opened, diff, &kept))
                .filter(|marks| marks.needs_seen || !marks.keepable.is_empty());
            view! {
                {title}
                <DiffTable diff=diff.clone() position marks />
            }
            .into_any()
        })
        .collect();
    view! {
        <form class="form" method="post" action=Approve::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="fingerprint" value=proposal.fingerprint.to_string() />
            <h2>"What you approve"</h2>
            {tables}
            {undoing(opened)}
            {agent_words(proposal)}
            {confirmation(opened, refused, viewer)}
        </form>
    }
    .into_any()
}

fn confirmation(opened: &Opened, refused: &Refused, viewer: Viewer) -> AnyView {
    let asked = Asked::of(opened);
    let fields = confirmation_fields(&asked, viewer, refused);
    let button = if asked.is_critical {
        "button button--critical js-key"
    } else {
        "button button--primary js-key"
    };
    view! {
        <section class="bar bar--form" id="decision" tabindex="-1" aria-label="Decision">
            {fields}
            <p class="actions">
                <button class=button data-key="a">
                    {approval(&opened.proposal, &opened.diffs)}
                </button>
                <a class="button" href=links::proposal(opened.proposal.number)>
                    "Back without deciding"
                </a>
            </p>
        </section>
    }
    .into_any()
}

/// What an approval asks for beside the marks in its table: the name, the reason, the proof.
pub fn confirmation_fields(asked: &Asked, viewer: Viewer, refused: &Refused) -> AnyView {
    let proof = asked
        .is_critical
        .then(|| view! { <StepUpFields viewer refused=refused.clone() /> });
    view! {
        {asked.is_critical.then(|| name_field(&asked.name))}
        <Field
            state=refused.field("reason")
            label="Reason"
            input=Input::Lines(3)
            hint="Kept with the decision. At most 2,000 characters."
            is_optional=!asked.is_critical
        />
        {proof}
    }
    .into_any()
}

fn name_field(name: &str) -> AnyView {
    view! {
        <div class="field">
            <label for="name">"Type " <strong><Foreign text=name.to_owned() /></strong></label>
            <p class="field__hint" id="name-hint">
                "So that the client is the one you think. Upper and lower case do not matter."
            </p>
            <input
                class="input"
                id="name"
                name="name"
                autocomplete="off"
                aria-describedby="name-hint"
                required
            />
        </div>
    }
    .into_any()
}
