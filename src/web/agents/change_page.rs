//! Changing an agent: from its next request on, and for what is approved already.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::fields::{AtFirst, agent_fields};
use super::page::{Shown, heading, load, reference_of_page};
use super::server_fns::ChangeAgent;
use crate::domain::OrganizationScope;
use crate::web::context::{self, AgentChoices, AgentOverview};
use crate::web::links;
use crate::web::ui::{FormProblems, Frame, StepUpFields, loaded};

/// Changes an agent.
#[component]
pub fn ChangeAgentPage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        let administrator = context::administrator().await?;
        let choices = context::agent_choices(&administrator).await?;
        Ok(view! { <ChangeAgentView shown choices /> }.into_any())
    })
}

/// The form.
#[component]
pub fn ChangeAgentView(shown: Shown, choices: AgentChoices) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let names = shown.organization_names();
    let Shown {
        page,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let id = page.overview.details.agent.id;
    let at_first = as_it_is(&page.overview);
    let content = view! {
        {head}
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=ChangeAgent::url()>
            <h2>"Change the agent"</h2>
            <p>
                "A change holds from its next request on, and what is approved already is checked \
                 against it before it is sent."
            </p>
            <input type="hidden" name="id" value=id.to_string() />
            {agent_fields(&refused, &at_first, &choices, &names)}
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Save the changes"</button>
                <a class="button" href=links::agent(id)>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("Change {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}

fn as_it_is(overview: &AgentOverview) -> AtFirst {
    let details = &overview.details;
    AtFirst {
        name: details.agent.name.clone(),
        profile: details.profile.id.to_string(),
        connection: details.connection.id.to_string(),
        owner: details
            .agent
            .owner
            .map_or_else(String::new, |id| id.to_string()),
        organizations: match &details.organizations {
            OrganizationScope::All => None,
            OrganizationScope::Only(ids) => Some(ids.iter().copied().collect()),
        },
        gateway_wait: details.gateway_wait,
    }
}
