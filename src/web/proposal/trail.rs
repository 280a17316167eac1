//! What is known of a send that came to no clear end: what left and when, how it ended, each
//! reading, and what can be seen in IT Glue now.

use leptos::prelude::*;

use crate::domain::{FollowUp, Item, Resolution};
use crate::web::context::{Candidate, Opened, PastAttempt, PastEvidence, Said, Sight, Trail};
use crate::web::links::{self, Form};
use crate::web::ui::{Foreign, Moment};

/// The trails of a proposal, and the way to the form that ends the doubt.
pub fn trails(opened: &Opened, may_resolve: bool) -> Option<AnyView> {
    if opened.trails.is_empty() {
        return None;
    }
    let is_one = opened.trails.len() == 1;
    let sections: Vec<AnyView> = opened
        .trails
        .iter()
        .filter(|trail| has_something(trail))
        .map(|trail| {
            let item = usize::try_from(trail.position)
                .ok()
                .and_then(|place| opened.proposal.items.get(place));
            let title = (!is_one).then(|| view! { <h3>"Record " {trail.position + 1}</h3> });
            view! {
                {title}
                {item.map(|item| sent(item, trail))}
                {said(&trail.said)}
                {trail.now.as_ref().map(now)}
            }
            .into_any()
        })
        .collect();
    let href = links::form(opened.proposal.number, Form::Resolve);
    let resolve = may_resolve.then(|| {
        view! {
            <p class="actions">
                <a class="button button--primary js-key" data-key="s" title="Key: s" href=href>
                    "Say what became of it…"
                </a>
            </p>
        }
    });
    let view = view! {
        <section class="card trail" aria-labelledby="trail">
            <h2 id="trail">"What is known of the write"</h2>
            {sections}
            {resolve}
        </section>
    };
    Some(view.into_any())
}

fn has_something(trail: &Trail) -> bool {
    !trail.attempts.is_empty()
        || !trail.evidence.is_empty()
        || !trail.said.is_empty()
        || trail.now.is_some()
}

/// What was sent and when, how it ended, and what each reading found since.
fn sent(item: &Item, trail: &Trail) -> AnyView {
    let route = item.request.route.to_string();
    let attempts: Vec<AnyView> = trail.attempts.iter().map(attempt).collect();
    let evidence: Vec<AnyView> = trail.evidence.iter().map(evidence).collect();
    view! {
        <p>
            "The request: " <code>
                <Foreign text=route />
            </code> ". Its values stand in the table below, under what was approved."
        </p>
        <ol class="trail__steps">{attempts} {evidence}</ol>
    }
    .into_any()
}

fn attempt(attempt: &PastAttempt) -> AnyView {
    let status = attempt
        .http_status
        .map(|status| format!("IT Glue answered {status}"));
    let ending = match (&attempt.ending, status) {
        (Some(ending), Some(status)) => format!("{status} ({ending})"),
        (Some(ending), None) => format!("no answer that says anything ({ending})"),
        (None, _) => "how it ended is not known".to_owned(),
    };
    let after = attempt.ended_at.map(|ended_at| {
        let millis = ended_at.millis_since(attempt.intent_at);
        format!(", after {millis} ms")
    });
    view! {
        <li>
            <Moment at=attempt.intent_at />
            ": sent; "
            {ending}
            {after}
            "."
        </li>
    }
    .into_any()
}

fn evidence(evidence: &PastEvidence) -> AnyView {
    let who = if evidence.is_by_person { "" } else { "read: " };
    view! {
        <li>
            <Moment at=evidence.at />
            ": "
            {who}
            <Foreign text=evidence.finding.clone() />
            "."
        </li>
    }
    .into_any()
}

fn said(said: &[Said]) -> Option<AnyView> {
    if said.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> = said
        .iter()
        .map(|said| {
            let what = match (said.resolution, said.then) {
                (Resolution::Applied, _) => " said that it is there",
                (Resolution::NotApplied, Some(FollowUp::SendAgain)) => " had it sent again",
                (Resolution::NotApplied, Some(FollowUp::Close) | None) => {
                    " said that it is not there, and left it"
                }
                (Resolution::GiveUp, _) => " gave up finding out",
                (Resolution::SkipRest, _) => " left the rest",
                (Resolution::Resume, _) => " let the rest go on",
            };
            view! {
                <li>
                    <Moment at=said.at />
                    ": "
                    <Foreign text=said.name.clone() />
                    {what}
                    ": "
                    <q>
                        <Foreign text=said.reason.clone() />
                    </q>
                </li>
            }
            .into_any()
        })
        .collect();
    Some(view! { <ul class="trail__steps">{lines}</ul> }.into_any())
}

/// What IT Glue shows at this moment.
fn now(sight: &Sight) -> AnyView {
    match sight {
        Sight::Read {
            at,
            finding,
            candidates,
        } => view! {
            <p>
                <strong>"Now: "</strong>
                <Foreign text=finding.clone() />
                " (read "
                <Moment at=*at />
                ")."
            </p>
            {candidate_lists(candidates)}
        }
        .into_any(),
        Sight::Unreadable(why) => view! {
            <p>
                <strong>"IT Glue could not be read for this page: "</strong>
                <Foreign text=why.clone() />
                ". Look at the record there yourself before you say anything."
            </p>
        }
        .into_any(),
    }
}

fn candidate_lists(candidates: &[Candidate]) -> (Option<AnyView>, Option<AnyView>) {
    let (as_sent, others): (Vec<&Candidate>, Vec<&Candidate>) = candidates
        .iter()
        .partition(|candidate| candidate.is_as_sent);
    (
        candidate_list(
            "New records that look exactly like what was sent:",
            &as_sent,
        ),
        candidate_list(
            "New records of the same name that differ from what was sent. Somebody may have changed \
             what the write made:",
            &others,
        ),
    )
}

fn candidate_list(title: &'static str, candidates: &[&Candidate]) -> Option<AnyView> {
    if candidates.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> = candidates.iter().copied().map(candidate).collect();
    let view = view! {
        <p>{title}</p>
        <ul>{lines}</ul>
    };
    Some(view.into_any())
}

fn candidate(candidate: &Candidate) -> AnyView {
    let name = candidate.name.clone().unwrap_or_default();
    let text = view! {
        <Foreign text=name />
        " (record "
        {candidate.id.to_string()}
        ")"
    };
    match candidate.url.clone() {
        Some(url) => view! {
            <li>
                <a href=url rel="noreferrer">
                    {text}
                </a>
            </li>
        }
        .into_any(),
        None => view! { <li>{text}</li> }.into_any(),
    }
}
