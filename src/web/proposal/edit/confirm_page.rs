//! The confirmation of an edited approval: what comes of the edits, and what its tier asks for.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::fields::handed_over;
use super::server_fns::{ApproveEdited, edited};
use crate::domain::Fingerprint;
use crate::draft::Given;
use crate::web::context::{self, AtHand, Opened, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::forms::Failure;
use crate::web::handoff::Refused;
use crate::web::links::{self, Form};
use crate::web::proposal::agent_words::agent_words;
use crate::web::proposal::approve_page::{confirmation_fields, nothing_to_decide};
use crate::web::proposal::confirmation::Asked;
use crate::web::proposal::facts::heading;
use crate::web::proposal::page::{item_title, number_of_page, reading};
use crate::web::proposal::standing::Standing;
use crate::web::proposal::undoing::undoing;
use crate::web::proposal::warnings::warnings;
use crate::web::proposal::words::approval;
use crate::web::ui::{DiffTable, FormProblems, Frame, Marks, loaded};

/// Confirms an approval with edits.
#[component]
pub fn ConfirmEditPage() -> impl IntoView {
    loaded(load(number_of_page()))
}

async fn load(number: Option<i64>) -> Result<AnyView, WebError> {
    let AtHand {
        technician,
        opened,
        around,
        viewer,
        refused,
    } = AtHand::of(number).await?;
    let shown = opened.proposal.fingerprint;
    let Ok(given) = handed_over(&refused) else {
        return Ok(view! { <NotThere opened around /> }.into_any());
    };
    let opened = match edited(&technician, opened, &given).await {
        Ok(opened) => opened,
        Err(Failure::Form { .. } | Failure::Page(WebError::ChangedSinceShown)) => {
            return Ok(view! { <Outdated number refused around /> }.into_any());
        }
        Err(Failure::Page(error)) => return Err(error),
    };
    Ok(view! { <ConfirmEditView opened shown given refused around viewer /> }.into_any())
}

/// What comes of the edits, and the form that approves it.
#[component]
pub fn ConfirmEditView(
    /// The proposal as it would be with the edits.
    opened: Opened,
    /// What the proposal itself was bound to.
    shown: Fingerprint,
    /// The edits.
    given: Vec<Given>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let proposal = &opened.proposal;
    let form = match Standing::of(&viewer, &opened) {
        Standing::MayDecide { .. } => form(&opened, shown, &given, &refused, viewer),
        Standing::LooksOnly | Standing::Unread | Standing::Expired | Standing::NotWaiting => {
            nothing_to_decide(proposal)
        }
    };
    let title = format!("Approve #{} with changes", proposal.number);
    let content = view! {
        {heading(proposal)}
        {reading(&opened)}
        <FormProblems refused title="Nothing was approved" />
        {warnings(&opened)}
        {form}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>
            {content}
        </Frame>
    }
}

fn form(
    opened: &Opened,
    shown: Fingerprint,
    given: &[Given],
    refused: &Refused,
    viewer: Viewer,
) -> AnyView {
    let proposal = &opened.proposal;
    let asked = Asked::of(opened);
    let is_one = opened.diffs.len() == 1;
    let tables = opened.diffs.iter().enumerate().map(|(position, diff)| {
        let title = (!is_one).then(|| item_title(position, diff.record.name.clone()));
        let marks = asked.is_critical.then(|| Marks {
            needs_seen: true,
            is_final: true,
            ..Marks::default()
        });
        view! {
            {title}
            <DiffTable diff=diff.clone() position marks />
        }
    });
    let edits = given.iter().enumerate().map(|(place, given)| {
        view! {
            <input type="hidden" name=format!("at[{place}]") value=given.mark.clone() />
            <input type="hidden" name=format!("way[{place}]") value=given.way.as_str() />
            <textarea hidden name=format!("value[{place}]")>{given.text.clone()}</textarea>
        }
    });
    let button = if asked.is_critical {
        "button button--critical js-key"
    } else {
        "button button--primary js-key"
    };
    let number = proposal.number;
    view! {
        <form class="form" method="post" action=ApproveEdited::url()>
            <input type="hidden" name="number" value=number.to_string() />
            <input type="hidden" name="fingerprint" value=shown.to_string() />
            <input type="hidden" name="edited" value=proposal.fingerprint.to_string() />
            {edits.collect_view()}
            <h2>"What you approve, with your changes"</h2>
            {tables.collect_view()}
            {undoing(opened)}
            {agent_words(proposal)}
            <section class="bar bar--form" id="decision" tabindex="-1" aria-label="Decision">
                {confirmation_fields(&asked, viewer, refused)}
                <p class="actions">
                    <button class=button data-key="a">
                        {approval(proposal, &opened.diffs)} ", with your changes"
                    </button>
                    <a class="button" href=back_to_form(number)>"Change more"</a>
                    <a class="button" href=links::proposal(number)>"Back without deciding"</a>
                </p>
            </section>
        </form>
    }
    .into_any()
}

/// The form again, with what was typed.
fn back_to_form(number: i64) -> String {
    let form = links::form(number, Form::Edit);
    let path = context::path();
    let query = path.split_once('?').map(|(_, query)| query);
    let handle = query.and_then(|query| query.split('&').find(|part| part.starts_with("form=")));
    match handle {
        Some(handle) => format!("{form}?{handle}"),
        None => form,
    }
}

/// What was typed is kept for ten minutes, and as long as the server runs.
#[component]
fn NotThere(opened: Opened, around: Surroundings) -> impl IntoView {
    let number = opened.proposal.number;
    let refused = Refused::because(
        "What you had changed is no longer kept here. Nothing was approved. Edit it again.",
    );
    view! {
        <Title text=format!("Approve #{number} with changes") />
        <Frame around>
            {heading(&opened.proposal)}
            <FormProblems refused title="Nothing was approved" />
            <p class="actions">
                <a class="button" href=links::form(number, Form::Edit)>"Edit it"</a>
            </p>
        </Frame>
    }
}

/// The record, the proposal or the policy moved since the edits were looked at.
#[component]
fn Outdated(number: Option<i64>, refused: Refused, around: Surroundings) -> impl IntoView {
    let number = number.unwrap_or_default();
    let refused = Refused {
        errors: Vec::new(),
        general: Some(
            "The edits no longer fit, because something moved meanwhile. Nothing was approved. \
             Look at them again."
                .to_owned(),
        ),
        ..refused
    };
    view! {
        <Title text=format!("Approve #{number} with changes") />
        <Frame around>
            <h1>"Approve #" {number} " with changes"</h1>
            <FormProblems refused title="Nothing was approved" />
            <p class="actions">
                <a class="button" href=back_to_form(number)>"Look at the edits again"</a>
            </p>
        </Frame>
    }
}
