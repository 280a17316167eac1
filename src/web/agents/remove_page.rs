//! The confirmation that an agent goes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::page::{Shown, heading, in_the_way, load, reference_of_page};
use super::server_fns::RemoveAgent;
use crate::domain::AgentId;
use crate::web::context::Viewer;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{FormProblems, Frame, StepUpFields, loaded};

/// Removes an agent.
#[component]
pub fn RemoveAgentPage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        Ok(view! { <RemoveAgentView shown /> }.into_any())
    })
}

/// The confirmation, or what keeps it from being removed.
#[component]
pub fn RemoveAgentView(shown: Shown) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let Shown {
        page,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let id = page.overview.details.agent.id;
    let form = match in_the_way(page.overview.waiting) {
        Some(obstacle) => view! {
            <div class="card">
                <p>{obstacle}</p>
                <p>
                    <a class="button" href=links::agent(id)>
                        "Back to the agent"
                    </a>
                </p>
            </div>
        }
        .into_any(),
        None => remove_form(id, refused.clone(), viewer),
    };
    let content = view! {
        {head}
        <FormProblems refused />
        {form}
    }
    .into_any();
    view! {
        <Title text=format!("Remove {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}

fn remove_form(id: AgentId, refused: Refused, viewer: Viewer) -> AnyView {
    view! {
        <form class="form card" method="post" action=RemoveAgent::url()>
            <h2>"Remove the agent"</h2>
            <p>"Its tokens work no more from now on. What it proposed stays in the history."</p>
            <input type="hidden" name="id" value=id.to_string() />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--critical">"Remove the agent"</button>
                <a class="button" href=links::agent(id)>
                    "Back without removing"
                </a>
            </p>
        </form>
    }
    .into_any()
}
