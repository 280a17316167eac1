//! The confirmation that a profile goes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::draft::Draft;
use super::page::{heading, reference_of_page};
use super::server_fns::RemoveProfile;
use crate::web::context::{self, ProfileOverview, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Foreign, FormProblems, Frame, StepUpFields, loaded};

/// Removes a profile.
#[component]
pub fn RemoveProfilePage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(load(reference))
}

async fn load(reference: String) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let overview = context::profile(&administrator, &reference).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <Removal overview refused around viewer /> }.into_any())
}

/// The confirmation, or who keeps it from being removed.
#[component]
pub fn Removal(
    overview: ProfileOverview,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let name = overview.profile.name.clone();
    let form = if overview.agents.is_empty() {
        form(&overview, refused.clone(), viewer)
    } else {
        in_use(&overview)
    };
    let content = view! {
        {heading(&overview, &Draft::of(&overview.profile))}
        <FormProblems refused />
        {form}
    }
    .into_any();
    view! {
        <Title text=format!("Remove profile {name}") />
        <Frame around>{content}</Frame>
    }
}

fn in_use(overview: &ProfileOverview) -> AnyView {
    let agents: Vec<AnyView> = overview
        .agents
        .iter()
        .map(|agent| {
            view! {
                <li>
                    <a href=links::agent(agent.id)>
                        <Foreign text=agent.name.clone() />
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="card">
            <p>"These agents use it. Give them another profile first."</p>
            <ul class="findings">{agents}</ul>
            <p>
                <a class="button" href=links::profile(overview.profile.id)>
                    "Back to the profile"
                </a>
            </p>
        </div>
    }
    .into_any()
}

fn form(overview: &ProfileOverview, refused: Refused, viewer: Viewer) -> AnyView {
    let id = overview.profile.id;
    view! {
        <form class="form card" method="post" action=RemoveProfile::url()>
            <p>"No agent uses it. What it said is kept in the audit."</p>
            <input type="hidden" name="id" value=id.to_string() />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--critical">"Remove the profile"</button>
                <a class="button" href=links::profile(id)>
                    "Back without removing"
                </a>
            </p>
        </form>
    }
    .into_any()
}
