//! The agents, and how each fares.

use leptos::prelude::*;
use leptos_meta::Title;

use super::done::Done;
use super::standing::Standing;
use crate::domain::{OrganizationScope, Timestamp};
use crate::web::context::{self, AgentOverview, Surroundings};
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Fact, Foreign, Frame, Moment, Sheet, loaded};

/// The agents.
#[component]
pub fn AgentsPage() -> impl IntoView {
    let done = links::stated(&links::query(), Done::ALL);
    loaded(async move {
        let administrator = context::administrator().await?;
        let agents = context::agents(&administrator).await?;
        let around = context::surroundings(administrator.person());
        let now = context::handles()?.clock.now();
        Ok(view! { <Agents agents now done around /> }.into_any())
    })
}

/// The agents, or how to make the first.
#[component]
pub fn Agents(
    agents: Vec<AgentOverview>,
    now: Timestamp,
    done: Option<Done>,
    around: Surroundings,
) -> impl IntoView {
    let content = if agents.is_empty() {
        none_yet()
    } else {
        let entries: Vec<AnyView> = agents.iter().map(|agent| entry(agent, now)).collect();
        view! { <ul class="entries">{entries}</ul> }.into_any()
    };
    view! {
        <Title text="Agents" />
        <Frame around>
            <div class="toolbar">
                <h1>"Agents"</h1>
                <a class="button button--primary" href=links::ADD_AGENT>
                    "New agent"
                </a>
            </div>
            {done.map(Done::banner)}
            {content}
        </Frame>
    }
}

fn none_yet() -> AnyView {
    view! {
        <div class="empty">
            <h2>"No agent yet"</h2>
            <p>
                "An agent is a program with a token of its own. It reads what its profile lets it \
                 read, and proposes what it wants to write."
            </p>
            <p>
                <a class="button button--primary" href=links::ADD_AGENT>
                    "Make the first agent"
                </a>
            </p>
        </div>
    }
    .into_any()
}

fn entry(overview: &AgentOverview, now: Timestamp) -> AnyView {
    let agent = &overview.details.agent;
    view! {
        <li class="entry">
            <div class="entry__head">
                <h2 class="entry__title">
                    <a class="js-row" href=links::agent(agent.id)>
                        <Foreign text=agent.name.clone() />
                    </a>
                </h2>
                {Standing::of(overview, now).word()}
            </div>
            {agent_facts(overview)}
        </li>
    }
    .into_any()
}

/// What is known of an agent at a glance.
pub fn agent_facts(overview: &AgentOverview) -> AnyView {
    let details = &overview.details;
    let last_seen = overview.last_used_at.map_or_else(
        || "never".into_any(),
        |at| view! { <Moment at /> }.into_any(),
    );
    let owner = overview.owner_name.clone().map_or_else(
        || "nobody".into_any(),
        |name| view! { <Foreign text=name /> }.into_any(),
    );
    let profile = link(links::profile(details.profile.id), &details.profile.name);
    let connection = link(
        links::connection(details.connection.id),
        &details.connection.name,
    );
    let organizations = reach(&details.organizations);
    let waiting = count(overview.waiting as usize, "proposal", "proposals");
    let tokens = tokens(overview);
    view! {
        <Sheet>
            <Fact label="Profile">{profile}</Fact>
            <Fact label="Connection">{connection}</Fact>
            <Fact label="Organizations">{organizations}</Fact>
            <Fact label="Owner">{owner}</Fact>
            <Fact label="Last seen">{last_seen}</Fact>
            <Fact label="Waiting">{waiting}</Fact>
            <Fact label="Tokens">{tokens}</Fact>
        </Sheet>
    }
    .into_any()
}

fn link(href: String, name: &str) -> AnyView {
    view! {
        <a href=href>
            <Foreign text=name.to_owned() />
        </a>
    }
    .into_any()
}

/// How many organizations it may see.
pub fn reach(scope: &OrganizationScope) -> String {
    match scope {
        OrganizationScope::All => "all".to_owned(),
        OrganizationScope::Only(ids) => match ids.len() {
            0 => "none".to_owned(),
            1 => "only 1".to_owned(),
            count => format!("only {count}"),
        },
    }
}

fn tokens(overview: &AgentOverview) -> AnyView {
    let next = overview
        .expires_at
        .map(|at| view! { ", next ends " <Moment at /> });
    view! {
        {overview.tokens}
        {next}
    }
    .into_any()
}
