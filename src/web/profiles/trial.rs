//! The last thirty days under the draft.

use leptos::prelude::*;

use super::question::Wrong;
use super::what_if::{CHECK, proposal_link};
use crate::web::context::{TRIAL_DAYS, TRIAL_LIMIT, Tally, Trial};
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Foreign, Moment};

/// Tries the draft on what was proposed.
pub const HISTORY: &str = "history";

/// What the draft would have meant, if that was asked.
pub fn trial(agents: usize, path: &str, trial: Option<&Result<Trial, Wrong>>) -> AnyView {
    let content = if agents == 0 {
        view! {
            <p>"No agent uses this profile, so there is nothing to try it on."</p>
            <p>
                <a href=links::AGENTS>"Give it to an agent"</a>
            </p>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">
                "Judges again what its agents proposed, under the rules as they stand here. Nothing \
                 is changed."
            </p>
            <p>
                <button
                    class="button"
                    name=CHECK
                    value=HISTORY
                    formaction=format!("{path}#history")
                >
                    {format!("Try on the last {TRIAL_DAYS} days")}
                </button>
            </p>
            {trial.map(tried)}
        }
        .into_any()
    };
    view! {
        <section class="card" id="history" tabindex="-1" aria-labelledby="history-title">
            <h2 id="history-title">"On history"</h2>
            {content}
        </section>
    }
    .into_any()
}

fn tried(trial: &Result<Trial, Wrong>) -> AnyView {
    match trial {
        Ok(trial) if trial.looked_at == 0 => view! {
            <p role="status">
                {format!("Its agents proposed nothing in the last {TRIAL_DAYS} days.")}
                " Try again when they have."
            </p>
        }
        .into_any(),
        Ok(trial) => found(trial),
        Err(wrong) => view! {
            <p class="field__error" role="alert">
                "! Not tried, and nothing else on this page is lost. "
                {wrong.text.clone()}
            </p>
        }
        .into_any(),
    }
}

fn found(trial: &Trial) -> AnyView {
    let proposals = count(trial.looked_at as usize, "proposal", "proposals");
    let scope = if trial.is_capped {
        format!("The newest {TRIAL_LIMIT} proposals were looked at; there are more since ")
    } else {
        format!("{proposals} since ")
    };
    let passing = trial.would_pass.count;
    let pass = format!(
        "{passing} would pass without a technician, {} do as it is saved.",
        trial.pass_now.count
    );
    let refused = tally(
        &trial.refused_by_people,
        "of those that would pass had been rejected or sent back by people",
    );
    let newly = tally(
        &trial.newly_refused,
        "would be refused that are not as it is saved",
    );
    let unclear = tally(
        &trial.unclear,
        "could not be judged again and count as not passing",
    );
    view! {
        <div class="answers" role="status">
            <p>{scope} <Moment at=trial.since /> ":"</p>
            <ul class="findings">
                <li>
                    <strong>{pass}</strong>
                    {examples(&trial.would_pass)}
                </li>
                {refused}
                {newly}
                {unclear}
            </ul>
            {organizations(trial)}
        </div>
    }
    .into_any()
}

/// Nothing, if there are none.
fn tally(tally: &Tally, words: &'static str) -> Option<AnyView> {
    (tally.count > 0).then(|| {
        view! {
            <li>
                <strong>{tally.count.to_string()}</strong>
                " "
                {words}
                "."
                {examples(tally)}
            </li>
        }
        .into_any()
    })
}

fn examples(tally: &Tally) -> Option<AnyView> {
    if tally.examples.is_empty() {
        return None;
    }
    let links: Vec<AnyView> = tally
        .examples
        .iter()
        .map(|number| view! { " " {proposal_link(*number)} }.into_any())
        .collect();
    let more = (tally.count as usize > tally.examples.len()).then_some(" …");
    let view = view! {
        <span class="findings__examples">
            " See" {links} {more}
        </span>
    };
    Some(view.into_any())
}

fn organizations(trial: &Trial) -> Option<AnyView> {
    if trial.organizations.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = trial
        .organizations
        .iter()
        .map(|organization| {
            let name = match &organization.name {
                Some(name) => view! { <Foreign text=name.clone() /> }.into_any(),
                None => "Several clients, or none".into_any(),
            };
            view! {
                <li>
                    {name}
                    ": "
                    {organization.count.to_string()}
                </li>
            }
            .into_any()
        })
        .collect();
    let others = (trial.other_organizations > 0)
        .then(|| view! { <li>{format!("and {} more", trial.other_organizations)}</li> });
    let view = view! {
        <h3>"Clients in which something would pass"</h3>
        <ul class="findings">{rows} {others}</ul>
    };
    Some(view.into_any())
}
