//! The steps, in order: which are done, which one is at hand.

use leptos::prelude::*;

use crate::web::context::{Progress, Surroundings};
use crate::web::ui::Frame;

/// A step of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The first administrator.
    Administrator,
    /// Their second factor.
    Factor,
    /// The key to IT Glue.
    Connection,
    /// What agents may do.
    Profile,
    /// An agent with a token.
    Agent,
    /// Its first proposal.
    First,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Administrator,
        Self::Factor,
        Self::Connection,
        Self::Profile,
        Self::Agent,
        Self::First,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Factor => "Second factor",
            Self::Connection => "Connection",
            Self::Profile => "Profile",
            Self::Agent => "Agent",
            Self::First => "First proposal",
        }
    }

    /// Its page, where it can be come back to.
    pub const fn path(self) -> Option<&'static str> {
        match self {
            Self::Administrator | Self::Factor => None,
            Self::Connection => Some("/setup/connection"),
            Self::Profile => Some("/setup/profile"),
            Self::Agent => Some("/setup/agent"),
            Self::First => Some("/setup/first"),
        }
    }
}

/// The first step that is not done.
pub fn next_open(progress: &Progress) -> &'static str {
    if progress.connections.is_empty() {
        "/setup/connection"
    } else if progress.profiles.is_empty() {
        "/setup/profile"
    } else if progress.agents.is_empty() {
        "/setup/agent"
    } else {
        "/setup/first"
    }
}

/// The steps that are done.
fn done(progress: &Progress) -> Vec<Step> {
    let states = [
        (Step::Administrator, true),
        (Step::Factor, true),
        (Step::Connection, !progress.connections.is_empty()),
        (Step::Profile, !progress.profiles.is_empty()),
        (Step::Agent, !progress.agents.is_empty()),
        (Step::First, progress.is_decided),
    ];
    let done = states.into_iter().filter(|(_, is_done)| *is_done);
    done.map(|(step, _)| step).collect()
}

/// The list of steps, with a way to each for who is signed in. Without a second factor to be set up,
/// there is no such step.
pub fn steps(current: Step, done: &[Step], around: &Surroundings) -> AnyView {
    let site = around.site;
    let may_go = around.viewer.is_some();
    let is_shown = |step: &Step| *step != Step::Factor || !site.is_some_and(|s| s.is_factor_off);
    let items: Vec<AnyView> = Step::ALL
        .iter()
        .copied()
        .filter(is_shown)
        .map(|step| item(step, step == current, done.contains(&step), may_go))
        .collect();
    view! {
        <nav class="steps" aria-label="Steps of the set-up">
            <ol>{items}</ol>
        </nav>
    }
    .into_any()
}

fn item(step: Step, is_current: bool, is_done: bool, may_go: bool) -> AnyView {
    let state = if is_done { "done" } else { "open" };
    let word = is_done.then(|| view! { <span class="steps__state">"done"</span> });
    let name = match step.path().filter(|_| may_go && !is_current) {
        Some(path) => view! { <a href=path>{step.word()}</a> }.into_any(),
        None => step.word().into_any(),
    };
    view! {
        <li data-state=state aria-current=is_current.then_some("step")>
            {name}
            " "
            {word}
        </li>
    }
    .into_any()
}

/// The page of a step: the list beside it, or above it on a phone.
#[component]
pub fn StepFrame(
    /// Which.
    step: Step,
    /// How far it has come.
    progress: Progress,
    /// What is shown around it.
    around: Surroundings,
    /// The step itself.
    children: Children,
) -> impl IntoView {
    let list = steps(step, &done(&progress), &around);
    view! {
        <Frame around>
            <div class="set-up">
                {list}
                <div class="set-up__main">{children()}</div>
            </div>
        </Frame>
    }
}

/// The way on, and the way out: every step but the first can be left for later.
pub fn later(next: &'static str) -> AnyView {
    view! {
        <p class="muted">
            "This can wait: "
            <a href=next>"go on without it"</a>
            ", or "
            <a href="/queue">"leave the set-up"</a>
            " and come back from the queue."
        </p>
    }
    .into_any()
}
