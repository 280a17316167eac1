//! Making an agent. Its first token is the next step.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::fields::{AtFirst, agent_fields};
use super::server_fns::AddAgent;
use crate::web::context::{self, AgentChoices, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{FormProblems, Frame, StepUpFields, loaded};

/// Makes an agent.
#[component]
pub fn AddAgentPage() -> impl IntoView {
    loaded(async {
        let administrator = context::administrator().await?;
        let choices = context::agent_choices(&administrator).await?;
        let around = context::surroundings(administrator.person());
        let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
        let refused = context::refused().await;
        Ok(view! { <AddAgentView choices refused around viewer /> }.into_any())
    })
}

/// The form, or what has to be there first.
#[component]
pub fn AddAgentView(
    choices: AgentChoices,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let form = match missing(&choices) {
        Some(first) => first,
        None => form(&choices, refused.clone(), viewer),
    };
    let content = view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::AGENTS>"Agents"</a>
            </p>
            <h1>"New agent"</h1>
        </div>
        <FormProblems refused />
        {form}
    }
    .into_any();
    view! {
        <Title text="New agent" />
        <Frame around>{content}</Frame>
    }
}

/// An agent needs a connection and a profile.
fn missing(choices: &AgentChoices) -> Option<AnyView> {
    let (what, href, link) = if choices.connections.is_empty() {
        (
            "An agent works over a connection, and there is none yet.",
            links::ADD_CONNECTION,
            "Add a connection",
        )
    } else if choices.profiles.is_empty() {
        (
            "An agent may do what its profile says, and there is none yet.",
            links::PROFILES,
            "Make a profile",
        )
    } else {
        return None;
    };
    let view = view! {
        <div class="empty">
            <h2>"Something is needed first"</h2>
            <p>{what}</p>
            <p>
                <a class="button button--primary" href=href>
                    {link}
                </a>
            </p>
        </div>
    };
    Some(view.into_any())
}

fn form(choices: &AgentChoices, refused: Refused, viewer: Viewer) -> AnyView {
    let at_first = AtFirst {
        owner: viewer.id.to_string(),
        ..AtFirst::default()
    };
    view! {
        <form class="form card" method="post" action=AddAgent::url()>
            {agent_fields(&refused, &at_first, choices, &BTreeMap::new())}
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Make the agent"</button>
                <a class="button" href=links::AGENTS>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any()
}
