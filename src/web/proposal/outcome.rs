//! What was decided and what came of it (replay protocol, section 13).

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use serde_json::Value;

use super::server_fns::{SeeDifference, Undo};
use crate::domain::{
    DecidedBy, Decision, DecisionVerdict, Difference, Item, ItemState, Outcome, Proposal,
    ProposalStatus, ResultKind, Timestamp, UnresolvedReason,
};
use crate::web::islands::HoldCountdown;
use crate::web::links;
use crate::web::ui::{Banner, Foreign, Moment, Mood, absolute, time_of_day};

/// The readings after an unclear send: five while it may still arrive, and one once it has settled,
/// which another confirms where it says that nothing happened.
const READS: u32 = 6;

/// Decision and outcome, as far as there are any.
pub fn ending(proposal: &Proposal, at: Timestamp, may_undo: bool) -> Option<AnyView> {
    let (mood, title) = title(proposal)?;
    let content = view! {
        {proposal.decision.as_ref().map(decided)}
        {state(proposal, at)}
        {may_undo.then(|| undo(proposal))}
    }
    .into_any();
    let view = view! {
        <section aria-label="Outcome">
            <Banner mood title=title.to_owned()>
                {content}
            </Banner>
        </section>
    };
    Some(view.into_any())
}

fn title(proposal: &Proposal) -> Option<(Mood, &'static str)> {
    let is_unverified = proposal
        .outcome()
        .is_some_and(|outcome| outcome.verified == Some(false));
    Some(match proposal.status {
        ProposalStatus::Pending => return None,
        ProposalStatus::SentBack => (Mood::Information, "Sent back to the agent"),
        ProposalStatus::Held => (
            Mood::Information,
            "Approved, and held so that it can be undone",
        ),
        ProposalStatus::Queued => (Mood::Information, "Approved, and waits for its turn"),
        ProposalStatus::Applying => (Mood::Information, "It is being written to IT Glue"),
        ProposalStatus::Checking => (Mood::Warning, "The answer was lost"),
        ProposalStatus::NeedsAttention => (Mood::Critical, "A person has to look at this"),
        ProposalStatus::Applied if is_unverified => (
            Mood::Warning,
            "Applied, but it does not read back as approved",
        ),
        ProposalStatus::Applied => (Mood::Success, "Applied"),
        ProposalStatus::Failed => (Mood::Critical, "Failed: nothing was changed"),
        ProposalStatus::PartlyApplied => (Mood::Warning, "Applied in part"),
        ProposalStatus::ClosedUnknown => (Mood::Warning, "Closed: nobody knows what came of it"),
        ProposalStatus::Rejected => (Mood::Information, "Rejected: nothing was changed"),
        ProposalStatus::Withdrawn => (Mood::Information, "Withdrawn by the agent"),
        ProposalStatus::Expired => (Mood::Information, "Expired: nobody decided in time"),
    })
}

fn decided(decision: &Decision) -> AnyView {
    let verdict = match decision.verdict {
        DecisionVerdict::Approved => "Approved by ",
        DecisionVerdict::ApprovedWithEdits => "Approved with changes by ",
        DecisionVerdict::SentBack => "Sent back by ",
        DecisionVerdict::Rejected => "Rejected by ",
    };
    let who = match decision.by {
        DecidedBy::Person => "",
        DecidedBy::Policy => "the policy, rule ",
    };
    let reason = decision.reason.clone().map(|reason| {
        view! {
            <p>
                "Reason: " <q>
                    <Foreign text=reason />
                </q>
            </p>
        }
    });
    view! {
        <p>
            {verdict} {who} <Foreign text=decision.name.clone() /> ", " <Moment at=decision.at /> "."
        </p>
        {reason}
    }
    .into_any()
}

fn state(proposal: &Proposal, at: Timestamp) -> AnyView {
    let items: Vec<AnyView> = proposal
        .items
        .iter()
        .filter_map(|item| {
            let view = item_state(item)?;
            let which = (proposal.items.len() > 1)
                .then(|| view! { <p class="muted">"Record " {item.position + 1}</p> });
            Some(view! { <div class="item-state">{which} {view}</div> }.into_any())
        })
        .collect();
    view! {
        {held(proposal, at)}
        {items}
    }
    .into_any()
}

fn held(proposal: &Proposal, at: Timestamp) -> Option<AnyView> {
    let until = proposal
        .hold_until
        .filter(|_| proposal.status == ProposalStatus::Held)?;
    let view = view! {
        <p>
            "It is written to IT Glue at "
            <time datetime=until.to_string()>{time_of_day(until)}</time>
            ", unless it is undone. "
            <HoldCountdown left_ms=until.millis_since(at) href=links::proposal(proposal.number) />
        </p>
    };
    Some(view.into_any())
}

fn undo(proposal: &Proposal) -> AnyView {
    view! {
        <form method="post" action=Undo::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <button class="button js-key" data-key="z">"Undo the approval"</button>
        </form>
    }
    .into_any()
}

/// Takes it out of the lane of those that read back differently.
pub fn seen(proposal: &Proposal) -> AnyView {
    view! {
        <form method="post" action=SeeDifference::url()>
            <input type="hidden" name="number" value=proposal.number.to_string() />
            <input type="hidden" name="id" value=proposal.id.to_string() />
            <button class="button">"I have seen what reads back differently"</button>
        </form>
    }
    .into_any()
}

fn item_state(item: &Item) -> Option<AnyView> {
    match item.progress.state {
        ItemState::None | ItemState::Preparing | ItemState::Sending => None,
        ItemState::Queued => waits(item),
        ItemState::Uncertain => Some(checking(item)),
        ItemState::Unresolved => Some(unresolved(item)),
        ItemState::Applied | ItemState::Failed | ItemState::Skipped | ItemState::GivenUp => {
            Some(result(&Outcome::of_item(item)?))
        }
    }
}

fn waits(item: &Item) -> Option<AnyView> {
    let reason = item.hold_reason.clone()?;
    let until = item
        .not_before
        .map(|at| view! { " Not before " <Moment at=at /> "." });
    Some(view! { <p>"It waits: " <Foreign text=reason /> {until}</p> }.into_any())
}

fn checking(item: &Item) -> AnyView {
    let settled = item
        .settle_until
        .map(|at| format!(", settled at {}", absolute(at)));
    view! {
        <p>
            "Checking IT Glue: " {item.reads.min(READS)} " of " {READS} " reads" {settled}
            ". It is not sent again while this is unclear."
        </p>
    }
    .into_any()
}

fn unresolved(item: &Item) -> AnyView {
    let why = match item.unresolved {
        Some(UnresolvedReason::Drift) if item.hold_reason.is_some() => {
            "It could not be carried out as it was approved."
        }
        Some(UnresolvedReason::Drift) => {
            "The record moved after other records of this proposal were already written."
        }
        Some(UnresolvedReason::Conflict) => {
            "The record shows neither what was there before nor what was approved."
        }
        Some(UnresolvedReason::SecretUnreadable) => {
            "Only a secret changes, and it cannot be read back with this key."
        }
        Some(UnresolvedReason::NotFound) => "No new record is as it was sent.",
        // Nobody saw it sent: it waited when a backup was put back.
        Some(UnresolvedReason::Ambiguous) if item.sent_at.is_none() => {
            "It waited behind another of its kind when the database was restored from a backup. \
             Each of them may have been written since, and reading cannot tell which made what it \
             finds."
        }
        Some(UnresolvedReason::Ambiguous) => "Several records look like the one that was sent.",
        Some(UnresolvedReason::NoSearch) => "There is nothing to search the new record by.",
        None => "Reading IT Glue could not tell what came of the write.",
    };
    let in_the_way = item
        .hold_reason
        .clone()
        .map(|reason| view! { " In the way: " <Foreign text=reason /> "." });
    let sent = item
        .sent_at
        .map(|at| view! { " It was sent " <Moment at=at /> "." });
    view! {
        <p>{why} {in_the_way} {sent}</p>
        <p>
            "Look at the record in IT Glue, then say what you found. The agent was told not to propose "
            "this again, and nothing is sent again by itself."
        </p>
    }
    .into_any()
}

fn result(outcome: &Outcome) -> AnyView {
    let text = match outcome.result {
        ResultKind::Applied => match outcome.verified {
            Some(true) => "Written, read back and verified: the record shows what was approved.",
            Some(false) => "IT Glue took the write, and the record does not show all of it.",
            None => "IT Glue took the write. It has not been read back yet.",
        },
        ResultKind::AlreadyInPlace => "The record was already as approved. Nothing was sent.",
        ResultKind::RefusedByItGlue => "IT Glue refused the write. Nothing was changed.",
        ResultKind::RefusedByPolicy => {
            "The policy changed after the approval and no longer allows it. Nothing was sent."
        }
        ResultKind::RecordGone => "The record no longer exists. Nothing was sent.",
        ResultKind::NotApplied => "It was not carried out. Nothing was changed.",
        ResultKind::PartlyApplied => "Some records were written, others were not.",
        ResultKind::Unknown => "Nobody knows whether IT Glue carried it out.",
    };
    let words = (outcome.result == ResultKind::RefusedByItGlue).then(|| refusal(outcome));
    view! {
        <p>{text}</p>
        {words}
        {differences(&outcome.differences)}
        {concurrent_edits(&outcome.concurrent_edits)}
    }
    .into_any()
}

/// IT Glue's own words.
fn refusal(outcome: &Outcome) -> AnyView {
    let status = outcome
        .http_status
        .map(|status| format!("IT Glue answered {status}: "));
    let words = outcome.response.as_ref().map(refusal_words);
    view! {
        <p>
            {status}
            {words
                .map(|words| {
                    view! {
                        <q>
                            <Foreign text=words />
                        </q>
                    }
                })}
        </p>
    }
    .into_any()
}

fn refusal_words(response: &Value) -> String {
    let texts: Vec<&str> = response["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|error| [&error["title"], &error["detail"]])
        .filter_map(Value::as_str)
        .collect();
    if texts.is_empty() {
        response.to_string()
    } else {
        texts.join(": ")
    }
}

fn concurrent_edits(labels: &[String]) -> Option<AnyView> {
    let words = "Somebody else changed this record while it was written, in: ";
    (!labels.is_empty()).then(|| {
        view! {
            <p>
                {words} <Foreign text=labels.join(", ") /> ". That was not part of what was approved."
            </p>
        }
        .into_any()
    })
}

fn differences(differences: &[Difference]) -> Option<AnyView> {
    if differences.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = differences
        .iter()
        .map(|difference| {
            view! {
                <tr>
                    <th scope="row">
                        <Foreign text=difference.label.clone() />
                    </th>
                    <td data-column="Approved">
                        <Foreign text=in_words(&difference.sent) />
                    </td>
                    <td data-column="Reads back">
                        <Foreign text=in_words(&difference.found) />
                    </td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let view = view! {
        <table class="differences">
            <caption>"What reads back differently"</caption>
            <thead>
                <tr>
                    <th scope="col">"Field"</th>
                    <th scope="col">"Approved"</th>
                    <th scope="col">"Reads back"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    Some(view.into_any())
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
