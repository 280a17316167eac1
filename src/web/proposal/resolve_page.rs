//! The form on which a person says what became of a send that nothing could tell about.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::approve_page::nothing_to_decide;
use super::facts::heading;
use super::page::{diff_tables, number_of_page};
use super::server_fns::Resolve;
use super::trail::trails;
use crate::domain::{Item, ItemState, Operation, Proposal, ProposalStatus, Word};
use crate::web::context::{AtHand, Opened, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{
    Choice, Field, FormProblems, Frame, Input, Moment, RadioGroup, StepUpFields, loaded,
};

/// Ends the doubt about an item.
#[component]
pub fn ResolvePage() -> impl IntoView {
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
    Ok(view! { <ResolveView opened around viewer refused /> }.into_any())
}

/// The form, or why there is nothing to say.
#[component]
pub fn ResolveView(
    opened: Opened,
    around: Surroundings,
    viewer: Viewer,
    refused: Refused,
) -> impl IntoView {
    let proposal = &opened.proposal;
    let form = match open_item(proposal) {
        Some(item) => resolve_form(&opened, item, &refused, viewer),
        None => nothing_to_decide(proposal),
    };
    let tables = diff_tables(&opened.diffs);
    let title = format!("Resolve #{}", proposal.number);
    let content = view! {
        {heading(proposal)}
        <FormProblems refused />
        {trails(&opened, false)}
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">"Before, now, and as it was approved"</h2>
            {tables}
        </section>
        {form}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision=true>{content}</Frame>
    }
}

/// The item that a person has to say something of: the unresolved one, or the one that keeps the
/// rest waiting.
fn open_item(proposal: &Proposal) -> Option<&Item> {
    if proposal.status != ProposalStatus::NeedsAttention {
        return None;
    }
    let is_unresolved = |item: &&Item| item.progress.state == ItemState::Unresolved;
    proposal.items.iter().find(is_unresolved).or_else(|| {
        // Of several, those before it were passed over: it is the last that keeps the rest.
        let waits = |item: &&Item| item.progress.state == ItemState::Queued;
        let first_waiting = proposal.items.iter().find(waits);
        let ended =
            |item: &&Item| matches!(item.progress.state, ItemState::Failed | ItemState::GivenUp);
        let is_before =
            |item: &&Item| first_waiting.is_none_or(|waiting| item.position < waiting.position);
        proposal.items.iter().rev().filter(is_before).find(ended)
    })
}

fn resolve_form(opened: &Opened, item: &Item, refused: &Refused, viewer: Viewer) -> AnyView {
    let proposal = &opened.proposal;
    let is_create = item.request.operation == Operation::Create;
    let which = (proposal.items.len() > 1)
        .then(|| view! { <p>"This is about record " {item.position + 1} "."</p> });
    let record = (is_create && item.progress.state == ItemState::Unresolved).then(|| {
        view! {
            <Field
                state=refused.field("resource_id")
                label="Id of the record"
                hint="If it is there: the number at the end of the record's address in IT Glue."
                is_optional=true
            />
        }
    });
    view! {
        <form class="form" id="decision" tabindex="-1" method="post" action=Resolve::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <input type="hidden" name="item" value=item.position.to_string() />
            <input type="hidden" name="attempt" value=item.progress.attempt.to_string() />
            {which}
            {not_settled(opened, item)}
            <RadioGroup
                state=refused.field("resolution")
                legend="What did you find in IT Glue?"
                choices=choices(proposal, item)
            />
            {record}
            <Field
                state=refused.field("reason")
                label="Reason"
                input=Input::Lines(3)
                hint="What you looked at. Kept with the proposal."
            />
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Record what I found"</button>
                <a class="button" href=links::proposal(proposal.number)>
                    "Back without saying anything"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn not_settled(opened: &Opened, item: &Item) -> Option<AnyView> {
    let until = item.settle_until.filter(|until| *until > opened.at)?;
    let view = view! {
        <p class="field__hint">
            "What was sent may still arrive until " <Moment at=until />
            ". Until then nobody can say that it is not there."
        </p>
    };
    Some(view.into_any())
}

/// What can be said, and what follows from it.
fn choices(proposal: &Proposal, item: &Item) -> Vec<Choice> {
    let has_rest = proposal
        .items
        .iter()
        .any(|other| other.progress.state == ItemState::Queued);
    let goes_on = if has_rest {
        " The records that wait behind it go on."
    } else {
        ""
    };
    let mut choices = Vec::new();
    if item.progress.state == ItemState::Unresolved {
        let again = match item.request.operation {
            Operation::Create => {
                "It is sent once more, as it was approved. If the first one still arrives, there \
                 is a second copy. It is not sent while there is a new record of the same name."
            }
            Operation::Read
            | Operation::Update
            | Operation::Publish
            | Operation::Delete
            | Operation::ReadSecret => {
                "It is sent once more, as it was approved, over what the record shows now."
            }
        };
        choices.extend([
            choice(
                Word::Applied,
                "It was carried out",
                &format!("The record is read and kept as the result: applied.{goes_on}"),
            ),
            choice(Word::SendAgain, "It was not; send it again", again),
            choice(
                Word::Close,
                "It was not; leave it",
                "Nothing more is sent. If reading agrees it ends as failed, otherwise as closed, \
                 unknown.",
            ),
            choice(
                Word::GiveUp,
                "I cannot find out",
                "Nothing more is sent. It ends as closed, unknown, and never counts as not carried \
                 out.",
            ),
        ]);
    }
    if has_rest && item.progress.state != ItemState::Unresolved {
        let gives_up = proposal.items.iter().any(|other| {
            other.position <= item.position && other.progress.state == ItemState::GivenUp
        });
        let ends = if gives_up {
            "closed, unknown: of what was given up nobody knows"
        } else {
            "applied in part"
        };
        choices.push(choice(
            Word::Resume,
            "Go on with the rest",
            &format!(
                "The records that wait behind this one are written, as they were approved. What \
                 did not end well stays as it is, and the proposal ends as {ends}."
            ),
        ));
    }
    if has_rest || item.progress.state != ItemState::Unresolved {
        choices.push(choice(
            Word::SkipRest,
            "Leave the rest",
            "The records that still wait are not written. What was written stays.",
        ));
    }
    choices
}

fn choice(word: Word, label: &str, hint: &str) -> Choice {
    Choice::new(word.as_str(), label).hint(hint)
}
