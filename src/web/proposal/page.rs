//! The page of one proposal.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::agent_words::agent_words;
use super::bar::decision_bar;
use super::facts::{facts, heading, request, why_it_stopped};
use super::outcome::{ending, seen};
use super::past::{answer_to, past};
use super::standing::{Standing, may_resolve, may_revert, may_see, may_undo};
use super::teamwork::{claim_line, comments, is_comment};
use super::trail::trails;
use super::undoing::{reverts, undoing};
use super::warnings::warnings;
use super::words::{kind_of, record_name, verb};
use crate::diff::Diff;
use crate::domain::{Operation, Proposal, ProposalStatus};
use crate::web::context::{self, Opened, Reading, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::ui::{Banner, DiffTable, Foreign, FormProblems, Frame, Mood, loaded, time_of_day};

/// One proposal.
#[component]
pub fn ProposalPage() -> impl IntoView {
    let number = number_of_page();
    let done = Done::of_page();
    loaded(async move {
        let (opened, around, viewer) = open(number).await?;
        let refused = context::refused().await;
        Ok(view! { <ProposalView opened done refused around viewer /> }.into_any())
    })
}

/// The number in the address.
pub fn number_of_page() -> Option<i64> {
    use_params_map()
        .get_untracked()
        .get_str("number")
        .and_then(|number| number.parse().ok())
}

/// The proposal as it is now, for whoever may look.
async fn open(number: Option<i64>) -> Result<(Opened, Surroundings, Viewer), WebError> {
    let reviewer = context::reviewer().await?;
    let opened = context::open(&reviewer, number).await?;
    let around = context::surroundings(Some(reviewer.person()));
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok((opened, around, viewer))
}

/// A proposal as it was opened.
#[component]
pub fn ProposalView(
    opened: Opened,
    done: Option<Done>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let standing = Standing::of(&viewer, &opened);
    let proposal = &opened.proposal;
    let bar = decision_bar(standing, &opened);
    let title = page_title(proposal);
    let has_decision = bar.is_some();
    let (of_comment, of_page) = if is_comment(&refused) {
        (refused, Refused::default())
    } else {
        (Refused::default(), refused)
    };
    let content = view! {
        {heading(proposal)}
        {done.and_then(what_was_done)}
        <FormProblems refused=of_page />
        {answer_to(&opened)}
        {claim_line(proposal, opened.claim.as_ref(), &viewer, None)}
        {reading(&opened)}
        {ending(proposal, opened.at, may_undo(&viewer, &opened))}
        {may_see(&viewer, &opened).then(|| seen(proposal))}
        {trails(&opened, may_resolve(&viewer, &opened))}
        {reverts(&opened, may_revert(&viewer, &opened))}
        {warnings(&opened)}
        <div class="columns">
            <div class="columns__main">
                {diffs(&opened)} {request(proposal)} {past(&opened)}
                {comments(&opened, &viewer, &of_comment)}
            </div>
            <div class="columns__side">
                {why_it_stopped(proposal)} {undoing(&opened)} {agent_words(proposal)}
                {facts(proposal)}
            </div>
        </div>
        {bar}
    }
    .into_any();
    view! {
        <Title text=title />
        <Frame around has_decision>{content}</Frame>
    }
}

fn page_title(proposal: &Proposal) -> String {
    let name = record_name(&proposal.resource).unwrap_or_default();
    format!(
        "#{} {} {} {name}",
        proposal.number,
        verb(proposal.operation),
        kind_of(&proposal.resource)
    )
}

/// What the form before this page did.
fn what_was_done(done: Done) -> Option<AnyView> {
    let (title, text) = match done {
        Done::Approved => (
            "Your approval is recorded",
            "What comes of it is told below.",
        ),
        Done::Rejected => (
            "Your rejection is recorded",
            "Nothing was written. The agent is told your reason.",
        ),
        Done::Undone => (
            "The approval was taken back",
            "Nothing was written. The proposal waits for a decision again.",
        ),
        Done::Resolved => (
            "What you found is recorded",
            "What follows from it is told below.",
        ),
        Done::RevertProposed => (
            "The revert is proposed",
            "Nothing was written. It waits for a decision like any other proposal.",
        ),
        Done::Claimed => (
            "You are on it",
            "Your colleagues see that. It ends with the decision, or when you release it.",
        ),
        Done::Released => ("You are no longer on it", "Your colleagues see that."),
        Done::Commented => ("The comment was added", "The agent does not see it."),
        Done::SentBack => (
            "It was sent back",
            "Nothing was written. The agent is told your reason, and may propose it anew.",
        ),
        Done::Seen => (
            "It is noted that you have seen it",
            "Nobody else is asked to look at what reads back differently.",
        ),
        // Other pages tell of these.
        Done::RestoreAccepted
        | Done::SignedOut
        | Done::Saved
        | Done::PasswordChanged
        | Done::SessionEnded
        | Done::FactorRemoved
        | Done::UserDisabled
        | Done::UserEnabled
        | Done::Paused
        | Done::Resumed
        | Done::TokenRevoked => return None,
    };
    let view = view! {
        <Banner mood=Mood::Success title=title.to_owned()>
            <p>{text}</p>
        </Banner>
    };
    Some(view.into_any())
}

/// What was remarkable about reading the record for this page.
pub fn reading(opened: &Opened) -> Option<AnyView> {
    let (mood, title, text) = match opened.notice.as_ref()? {
        Reading::Rebuilt => (
            Mood::Information,
            "Rebuilt on the record as it is now",
            "The record moved in IT Glue after the agent proposed. What you see is the proposal on \
             live data, in a new round; an older approval page no longer counts.",
        ),
        Reading::NoLongerFits(_) => (
            Mood::Warning,
            "The proposal no longer fits the record",
            "The record moved in IT Glue, and what was proposed cannot be put on it any more. It \
             can be rejected, not approved.",
        ),
        Reading::RecordGone => (
            Mood::Warning,
            "The record no longer exists in IT Glue",
            "There is nothing left to write to. The proposal can be rejected, not approved.",
        ),
        Reading::Unreachable(_) => (
            Mood::Warning,
            "IT Glue could not be read",
            "What you see was read earlier, and nobody can tell what the record holds now. \
             Approving is off until it can be read.",
        ),
    };
    let view = view! {
        <Banner mood title=title.to_owned()>
            <p>{text}</p>
        </Banner>
    };
    Some(view.into_any())
}

fn diffs(opened: &Opened) -> AnyView {
    let sections = diff_tables(&opened.diffs);
    let is_read = opened.proposal.operation == Operation::ReadSecret;
    let title = if is_read {
        "The password, without its value"
    } else if opened.proposal.status == ProposalStatus::Pending {
        "What would change"
    } else {
        "What was proposed"
    };
    let read = match opened.live_read_at {
        Some(at) => view! {
            <p class="muted">
                "Read from IT Glue at " <time datetime=at.to_string()>{time_of_day(at)}</time> "."
            </p>
        }
        .into_any(),
        None => view! {
            <p class="muted">"As it was read before; IT Glue was not read for this page."</p>
        }
        .into_any(),
    };
    view! {
        <section class="changes" aria-labelledby="changes">
            <h2 id="changes">{title}</h2>
            {is_read.then(once_only)}
            {read}
            {sections}
        </section>
    }
    .into_any()
}

/// What an approval of a read means.
fn once_only() -> AnyView {
    view! {
        <p>
            "Nothing changes in IT Glue. After an approval the agent can get the value once, within \
             ten minutes; it is not stored here."
        </p>
    }
    .into_any()
}

/// What would change, record by record.
pub fn diff_tables(diffs: &[Diff]) -> Vec<AnyView> {
    let is_one = diffs.len() == 1;
    diffs
        .iter()
        .enumerate()
        .map(|(position, diff)| {
            let title = (!is_one).then(|| item_title(position, diff.record.name.clone()));
            view! {
                {title}
                <DiffTable diff=diff.clone() position />
            }
            .into_any()
        })
        .collect()
}

/// The heading over one item of several.
pub fn item_title(position: usize, name: Option<String>) -> AnyView {
    view! {
        <h3>"Record " {position + 1} {name.map(|name| view! { ": " <Foreign text=name /> })}</h3>
    }
    .into_any()
}
