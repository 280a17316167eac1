//! The page of the first proposal.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::SendSample;
use crate::domain::{AccessLevel, PermissionGroup};
use crate::web::context::{self, Progress, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::islands::Reloader;
use crate::web::links;
use crate::web::set_up::steps::{Step, StepFrame, next_open};
use crate::web::ui::{Banner, Foreign, FormProblems, Mood, loaded};

/// Waits for the first proposal.
#[component]
pub fn FirstStepPage() -> impl IntoView {
    let held = links::query().get("held");
    loaded(load(held))
}

async fn load(held: Option<String>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let progress = context::set_up_progress(&administrator).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    Ok(view! { <FirstStepView progress held refused around /> }.into_any())
}

/// What is missing, the waiting, what waits, or that all is done.
#[component]
pub fn FirstStepView(
    progress: Progress,
    held: Option<String>,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    let (title, content) = if progress.is_decided {
        ("Countersign is set up", decided())
    } else if !progress.waiting.is_empty() {
        ("The first proposal is here", arrived(&progress))
    } else if progress.agents.is_empty() {
        ("Waiting for an agent", nobody(&progress))
    } else {
        let path = around.path.clone();
        (
            "Waiting for the first proposal",
            waiting(&progress, held, path),
        )
    };
    view! {
        <Title text=title />
        <StepFrame step=Step::First progress around>
            <h1>{title}</h1>
            <FormProblems refused=refused.clone() />
            {content}
        </StepFrame>
    }
}

fn decided() -> AnyView {
    view! {
        <Banner mood=Mood::Success title="The first proposal was decided".to_owned()>
            <p>"Everything is in place. What agents propose from now on waits in the queue."</p>
        </Banner>
        <p class="actions">
            <a class="button button--primary" href="/queue">
                "Go to the queue"
            </a>
            <a class="button" href="/users">
                "Invite colleagues"
            </a>
        </p>
    }
    .into_any()
}

fn arrived(progress: &Progress) -> AnyView {
    let rows: Vec<AnyView> = progress
        .waiting
        .iter()
        .map(|proposal| {
            view! {
                <li>
                    <a href=links::proposal(proposal.number)>{format!("#{}", proposal.number)}</a>
                    " "
                    <Foreign text=proposal.summary.clone() />
                </li>
            }
            .into_any()
        })
        .collect();
    let first = progress.waiting.first().map(|proposal| {
        view! {
            <a class="button button--primary" href=links::proposal(proposal.number)>
                "Look at it and decide"
            </a>
        }
    });
    view! {
        <div role="status">
            <p>"It waits for you. Approve it, and Countersign writes it; reject it, and nothing happens."</p>
            <ul class="banner__list">{rows}</ul>
        </div>
        <p class="actions">{first}</p>
    }
    .into_any()
}

fn nobody(progress: &Progress) -> AnyView {
    view! {
        <p>"There is no agent yet that could propose something."</p>
        <p class="actions">
            <a class="button button--primary" href=next_open(progress)>
                "Go on with the set-up"
            </a>
        </p>
    }
    .into_any()
}

fn waiting(progress: &Progress, held: Option<String>, path: String) -> AnyView {
    let may_write = progress.profiles.iter().any(|profile| {
        PermissionGroup::ALL
            .iter()
            .any(|group| profile.rules.of(*group).access == AccessLevel::ReadWrite)
    });
    let reads_only = (!may_write).then(|| {
        view! {
            <Banner mood=Mood::Warning title="No agent may propose anything yet".to_owned()>
                <p>
                    "Every profile is Read only. Give one of them Read/Write in a group, such as \
                     Contacts: with " <code>"countersign profile set"</code>
                    ", or in the profile editor."
                </p>
            </Banner>
        }
    });
    let sample = held
        .filter(|_| may_write)
        .map(|held| sample_form(held).into_any());
    view! {
        {reads_only}
        <p>
            "Let the agent propose something, or use the line for the shell that stood beside the \
             token. It shows here as soon as it arrives."
        </p>
        {sample}
        <p class="actions">
            <a class="button" href=path>
                "Refresh"
            </a>
            <a href="/queue">"Leave the set-up"</a>
        </p>
        <Reloader />
    }
    .into_any()
}

fn sample_form(held: String) -> AnyView {
    view! {
        <form class="card" method="post" action=SendSample::url()>
            <h2>"No agent at hand?"</h2>
            <p>
                "Countersign can propose in its name: one line more in the notes of one contact. It \
                 waits for your decision like any other proposal, and nothing is written before."
            </p>
            <input type="hidden" name="held" value=held />
            <p class="actions">
                <button class="button">"Send a sample"</button>
            </p>
        </form>
    }
    .into_any()
}
