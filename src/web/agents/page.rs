//! One agent: how it fares, what it may do, its tokens, what it proposed last, and stopping it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::done::Done;
use super::fields::known;
use super::list_page::agent_facts;
use super::server_fns::{PauseAgent, ResumeAgent};
use super::snippets::{PLACEHOLDER, snippets};
use super::standing::Standing;
use super::tokens::token_list;
use crate::domain::{AgentId, GatewayWait, OrganizationId, OrganizationScope, Pause, Timestamp};
use crate::web::context::{self, AgentOverview, AgentSheet, Limits, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::queue::Row;
use crate::web::ui::{Field, Foreign, FormProblems, Frame, Moment, StepUpFields, loaded};

/// One agent.
#[component]
pub fn AgentPage() -> impl IntoView {
    let reference = reference_of_page();
    let done = links::stated(&links::query(), Done::ALL);
    loaded(async move {
        let shown = load(&reference, done).await?;
        Ok(view! { <AgentView shown /> }.into_any())
    })
}

/// The id or name in the address.
pub fn reference_of_page() -> String {
    let params = use_params_map().get_untracked();
    params.get("id").unwrap_or_default()
}

/// What the pages of an agent show.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The agent with its tokens and what it proposed last.
    pub page: AgentSheet,
    /// That a person paused it.
    pub pause: Option<Pause>,
    /// How much one token may ask for.
    pub limits: Limits,
    /// Where agents reach this server.
    pub address: String,
    /// What the form before this page did.
    pub done: Option<Done>,
    /// What the form before this page held.
    pub refused: Refused,
    /// What is shown around it.
    pub around: Surroundings,
    /// Who looks.
    pub viewer: Viewer,
    /// The time.
    pub now: Timestamp,
}

impl Shown {
    /// The organizations whose names its proposals tell.
    pub fn organization_names(&self) -> BTreeMap<OrganizationId, String> {
        let resources = self.page.recent.iter().map(|proposal| &proposal.resource);
        resources
            .filter_map(|resource| {
                Some((
                    resource.organization_id?,
                    resource.organization_name.clone()?,
                ))
            })
            .collect()
    }
}

/// An agent for whoever may look at it.
pub async fn load(reference: &str, done: Option<Done>) -> Result<Shown, WebError> {
    let administrator = context::administrator().await?;
    let (page, pause) = context::agent(&administrator, reference).await?;
    let around = context::surroundings(administrator.person());
    let handles = context::handles()?;
    Ok(Shown {
        page,
        pause,
        limits: handles.limits,
        address: handles.address.to_string(),
        done,
        refused: context::refused().await,
        viewer: around.viewer.clone().ok_or(WebError::SignedOut)?,
        around,
        now: handles.clock.now(),
    })
}

/// An agent.
#[component]
pub fn AgentView(shown: Shown) -> impl IntoView {
    let names = shown.organization_names();
    let Shown {
        page,
        pause,
        limits,
        address,
        done,
        refused,
        around,
        viewer,
        now,
    } = shown;
    let overview = &page.overview;
    let id = overview.details.agent.id;
    let standing = Standing::of(overview, now);
    let lines = (standing == Standing::NeverSeen).then(|| how_it_asks(&address));
    let stop_or_go = if standing == Standing::Paused {
        resume_form(id, refused.clone(), viewer)
    } else {
        pause_form(id, &refused)
    };
    let content = view! {
        {heading(overview, now)}
        {done.map(Done::banner)}
        <FormProblems refused />
        {standing.story(pause.as_ref())}
        {stop_or_go}
        {what_it_is(overview, limits, &names)}
        {token_list(id, &page.tokens, now)}
        {lines}
        {recent(&page)}
        {remove_section(overview)}
    }
    .into_any();
    view! {
        <Title text=format!("Agent {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}

/// The way here, the name, and how it fares.
pub fn heading(overview: &AgentOverview, now: Timestamp) -> AnyView {
    view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::AGENTS>"Agents"</a>
            </p>
            <h1>
                <Foreign text=overview.details.agent.name.clone() />
            </h1>
            <p class="heading__facts">{Standing::of(overview, now).word()}</p>
        </div>
    }
    .into_any()
}

fn pause_form(id: AgentId, refused: &Refused) -> AnyView {
    view! {
        <section class="card" aria-labelledby="pause">
            <h2 id="pause">"Stop it"</h2>
            <form class="form" method="post" action=PauseAgent::url()>
                <input type="hidden" name="id" value=id.to_string() />
                <Field
                    state=refused.field("reason")
                    label="Reason"
                    hint="Its requests are refused from the next one on, and what was approved for \
                          it waits. Nothing is lost."
                />
                <p class="actions">
                    <button class="button button--critical">"Pause the agent now"</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

fn resume_form(id: AgentId, refused: Refused, viewer: Viewer) -> AnyView {
    view! {
        <section class="card" aria-labelledby="resume">
            <h2 id="resume">"Let it go on"</h2>
            <form class="form" method="post" action=ResumeAgent::url()>
                <input type="hidden" name="id" value=id.to_string() />
                <p>"Its tokens work again, and what was approved and waits is sent."</p>
                <StepUpFields viewer refused />
                <p class="actions">
                    <button class="button button--primary">"Resume the agent"</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

fn what_it_is(
    overview: &AgentOverview,
    limits: Limits,
    names: &BTreeMap<OrganizationId, String>,
) -> AnyView {
    let details = &overview.details;
    view! {
        <section class="card" aria-labelledby="facts">
            <h2 id="facts">"What it is"</h2>
            {agent_facts(overview)}
            {organizations(&details.organizations, names)}
            <p class="muted">
                "Made " <Moment at=details.created_at /> ". Each of its tokens may make "
                {limits.requests} " requests in " {limits.per_seconds}
                " s, and have up to " {limits.waiting} " proposals waiting. "
                {at_the_gateway(details.gateway_wait)}
            </p>
            <p class="actions">
                <a class="button" href=links::change_agent(details.agent.id)>
                    "Change it…"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn at_the_gateway(wait: GatewayWait) -> String {
    match wait.seconds() {
        0 => "The gateway answers a held write at once.".to_owned(),
        seconds => format!("The gateway lets a held write wait {seconds} s for its decision."),
    }
}

/// The organizations it is limited to, by name where a proposal has told the name.
fn organizations(
    scope: &OrganizationScope,
    names: &BTreeMap<OrganizationId, String>,
) -> Option<AnyView> {
    let OrganizationScope::Only(ids) = scope else {
        return None;
    };
    let rows: Vec<AnyView> = ids
        .iter()
        .map(|id| known(*id, names.get(id).map_or("", String::as_str)))
        .collect();
    let view = view! {
        <details>
            <summary>"The organizations it may see"</summary>
            <ul class="known">{rows}</ul>
        </details>
    };
    Some(view.into_any())
}

fn how_it_asks(address: &str) -> AnyView {
    view! {
        <section class="card" aria-labelledby="asks">
            <h2 id="asks">"How it asks"</h2>
            <p>"Put its token in the place of " <code>{PLACEHOLDER}</code> "."</p>
            {snippets(address, PLACEHOLDER)}
        </section>
    }
    .into_any()
}

fn recent(page: &AgentSheet) -> AnyView {
    let content = if page.recent.is_empty() {
        view! { <p class="muted">"It has not proposed anything yet."</p> }.into_any()
    } else {
        let rows: Vec<AnyView> = page
            .recent
            .iter()
            .map(|proposal| view! { <Row proposal=proposal.clone() /> }.into_any())
            .collect();
        view! { <ol class="queue">{rows}</ol> }.into_any()
    };
    view! {
        <section class="changes" aria-labelledby="recent">
            <h2 id="recent">"Proposed last"</h2>
            {content}
        </section>
    }
    .into_any()
}

fn remove_section(overview: &AgentOverview) -> AnyView {
    let content = match in_the_way(overview.waiting) {
        Some(obstacle) => view! { <p>{obstacle}</p> }.into_any(),
        None => view! {
            <p>"Its tokens end with it. What it proposed stays in the history."</p>
            <p>
                <a class="button" href=links::remove_agent(overview.details.agent.id)>
                    "Remove the agent…"
                </a>
            </p>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby="remove">
            <h2 id="remove">"Remove"</h2>
            {content}
        </section>
    }
    .into_any()
}

/// What keeps the agent from being removed.
pub fn in_the_way(waiting: u32) -> Option<String> {
    let proposals = match waiting {
        0 => return None,
        1 => "1 proposal of it is still open".to_owned(),
        count => format!("{count} proposals of it are still open"),
    };
    Some(format!(
        "It cannot be removed now: {proposals}. Pause it to stop it at once, and decide what is \
         open."
    ))
}
