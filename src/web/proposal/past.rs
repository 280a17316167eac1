//! What became of a proposal before: what was decided in earlier rounds, what the agent had
//! proposed, and what it or a technician has changed since.

use leptos::prelude::*;
use serde_json::Value;

use crate::diff::{Between, between};
use crate::domain::{DecidedBy, DecisionVerdict, Method, Proposal};
use crate::web::context::{Opened, PastDecision, PastRevision};
use crate::web::ui::{Foreign, Moment};

/// The past, if there is any beyond the decision that stands.
pub fn past(opened: &Opened) -> Option<AnyView> {
    let proposal = &opened.proposal;
    let past = &opened.past;
    let decisions: Vec<AnyView> = past.decisions.iter().map(decision).collect();
    let has_earlier = past
        .decisions
        .iter()
        .any(|one| one.undone_at.is_some() || one.decision.round != proposal.round);
    if past.revisions.is_empty() && !has_earlier {
        return None;
    }
    let decisions = (!decisions.is_empty()).then(|| {
        view! { <ol class="trail__steps">{decisions}</ol> }
    });
    let view = view! {
        <section class="card" aria-labelledby="past">
            <h2 id="past">"What became of it before"</h2>
            {decisions}
            {revisions(proposal, &past.revisions)}
        </section>
    };
    Some(view.into_any())
}

/// What this revision answers to: why an earlier one was sent back. A revision begins a round.
pub fn answer_to(opened: &Opened) -> Option<AnyView> {
    if opened.proposal.revision < 2 {
        return None;
    }
    let sent_back = opened
        .past
        .decisions
        .iter()
        .rev()
        .filter(|one| one.decision.round < opened.proposal.round)
        .find(|one| one.decision.verdict == DecisionVerdict::SentBack)?;
    let reason = sent_back.decision.reason.clone().unwrap_or_default();
    let view = view! {
        <p class="revision">
            <strong>"Revision " {opened.proposal.revision}</strong>
            ", after "
            <Foreign text=sent_back.decision.name.clone() />
            " had sent it back: "
            <q>
                <Foreign text=reason />
            </q>
        </p>
    };
    Some(view.into_any())
}

fn decision(past: &PastDecision) -> AnyView {
    let decision = &past.decision;
    let verdict = match decision.verdict {
        DecisionVerdict::Approved => " approved it",
        DecisionVerdict::ApprovedWithEdits => " approved it with changes",
        DecisionVerdict::SentBack => " sent it back",
        DecisionVerdict::Rejected => " rejected it",
    };
    let who = match decision.by {
        DecidedBy::Person => "",
        DecidedBy::Policy => "The rule ",
    };
    let reason = decision.reason.clone().map(|reason| {
        view! { ": " <q><Foreign text=reason /></q> }
    });
    let undone = past
        .undone_at
        .map(|at| view! { "; taken back, " <Moment at /> });
    view! {
        <li>
            <Moment at=decision.at /> ": " {who} <Foreign text=decision.name.clone() /> {verdict}
            {reason} {undone} "."
        </li>
    }
    .into_any()
}

/// What the agent proposed, or what stands now, as far as they are compared.
struct Version<'a> {
    revision: u32,
    method: Method,
    path: &'a str,
    body: Option<&'a Value>,
}

fn revisions(proposal: &Proposal, past: &[PastRevision]) -> Vec<AnyView> {
    let now = Version {
        revision: proposal.revision,
        method: proposal.request.method,
        path: &proposal.request.path,
        body: proposal.request.body.as_ref(),
    };
    let versions = past.iter().map(|one| Version {
        revision: one.revision,
        method: one.method,
        path: &one.path,
        body: one.body.as_ref(),
    });
    let versions: Vec<Version<'_>> = versions.chain([now]).collect();
    versions
        .iter()
        .zip(versions.iter().skip(1))
        .map(|(before, after)| compared(title(proposal, before, after), before, after))
        .collect()
}

/// Only the agent makes revisions: within one, it was a technician who changed something.
fn title(proposal: &Proposal, before: &Version<'_>, after: &Version<'_>) -> String {
    if before.revision != after.revision {
        return format!("From revision {} to {}", before.revision, after.revision);
    }
    let proposed = match proposal.reversal {
        None => "As the agent proposed it",
        Some(_) => "As it was proposed",
    };
    format!("{proposed}, and what a technician made of it")
}

fn compared(title: String, before: &Version<'_>, after: &Version<'_>) -> AnyView {
    let mut changes = between(before.body, after.body);
    let request = |version: &Version<'_>| format!("{} {}", version.method, version.path);
    if request(before) != request(after) {
        changes.insert(
            0,
            Between {
                label: "Request".to_owned(),
                before: Some(request(before)),
                after: Some(request(after)),
            },
        );
    }
    if changes.is_empty() {
        return view! {
            <p>{title} ": the values that are shown are the same."</p>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = changes.into_iter().map(row).collect();
    view! {
        <div class="diff">
            <table class="diff__table">
                <caption>{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Field"</th>
                        <th scope="col">"Before"</th>
                        <th scope="col">"After"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(change: Between) -> AnyView {
    let Between {
        label,
        before,
        after,
    } = change;
    let kind = match (&before, &after) {
        (None, _) => "added",
        (_, None) => "removed",
        (Some(_), Some(_)) => "changed",
    };
    let before = before.unwrap_or_else(|| "(not there)".to_owned());
    let after = after.unwrap_or_else(|| "(not there)".to_owned());
    view! {
        <tr class="diff__row" data-change=kind>
            <th scope="row">
                <Foreign text=label />
            </th>
            <td data-column="Before">
                <del class="diff__value">
                    <Foreign text=before />
                </del>
            </td>
            <td data-column="After">
                <ins class="diff__value">
                    <Foreign text=after />
                </ins>
            </td>
        </tr>
    }
    .into_any()
}
