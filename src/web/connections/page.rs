//! One connection: how it does, and everything that can be done to it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::done::Done;
use super::health::{health_story, health_word};
use super::list_page::{connection_facts, unused_keys};
use super::server_fns::{PauseConnection, ResumeConnection, TestConnection};
use super::trial::trial_banner;
use crate::domain::Pause;
use crate::web::context::{self, ConnectionHealth, ConnectionOverview, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, Foreign, FormProblems, Frame, Moment, StepUpFields, loaded};

/// One connection.
#[component]
pub fn ConnectionPage() -> impl IntoView {
    let reference = reference_of_page();
    let done = links::stated(&links::query(), Done::ALL);
    loaded(async move {
        let shown = load(&reference, done).await?;
        Ok(view! { <ConnectionView shown /> }.into_any())
    })
}

/// The id or name in the address.
pub fn reference_of_page() -> String {
    let params = use_params_map().get_untracked();
    params.get("id").unwrap_or_default()
}

/// What the page of a connection shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The connection, and how it does.
    pub overview: ConnectionOverview,
    /// That a person paused it.
    pub pause: Option<Pause>,
    /// What the form before this page did.
    pub done: Option<Done>,
    /// What the form before this page held.
    pub refused: Refused,
    /// What is shown around it.
    pub around: Surroundings,
    /// Who looks.
    pub viewer: Viewer,
}

/// A connection for whoever may look at it.
pub async fn load(reference: &str, done: Option<Done>) -> Result<Shown, WebError> {
    let administrator = context::administrator().await?;
    let (overview, pause) = context::connection(&administrator, reference).await?;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(Shown {
        overview,
        pause,
        done,
        refused: context::refused().await,
        around,
        viewer,
    })
}

/// A connection.
#[component]
pub fn ConnectionView(shown: Shown) -> impl IntoView {
    let Shown {
        overview,
        pause,
        done,
        refused,
        around,
        viewer,
    } = shown;
    let name = overview.connection.name.clone();
    let content = view! {
        {heading(&overview)}
        {done.map(Done::banner)}
        <FormProblems refused=refused.clone() />
        {trial_banner(&refused, "")}
        {health_story(&overview, pause.as_ref())}
        <section class="card" aria-labelledby="facts">
            <h2 id="facts">"What is known"</h2>
            {connection_facts(&overview)}
            <p class="muted">"Added " <Moment at=overview.connection.created_at /></p>
            {unused_keys()}
        </section>
        {test_form(&overview)}
        {stop_or_go(&overview, pause.as_ref(), &refused, viewer)}
        {key_section(&overview)}
        {remove_section(&overview)}
    }
    .into_any();
    view! {
        <Title text=format!("Connection {name}") />
        <Frame around>{content}</Frame>
    }
}

/// The way here, the name, and how it does.
pub fn heading(overview: &ConnectionOverview) -> AnyView {
    view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::CONNECTIONS>"Connections"</a>
            </p>
            <h1>
                <Foreign text=overview.connection.name.clone() />
            </h1>
            <p class="heading__facts">{health_word(overview)}</p>
        </div>
    }
    .into_any()
}

fn test_form(overview: &ConnectionOverview) -> AnyView {
    view! {
        <section class="card" aria-labelledby="test">
            <h2 id="test">"Test"</h2>
            <p>
                "Reads one organization and finds out what the key can do. Nothing is written."
            </p>
            <form method="post" action=TestConnection::url()>
                <input type="hidden" name="id" value=overview.connection.id.to_string() />
                <button class="button">"Test the connection"</button>
            </form>
        </section>
    }
    .into_any()
}

fn stop_or_go(
    overview: &ConnectionOverview,
    pause: Option<&Pause>,
    refused: &Refused,
    viewer: Viewer,
) -> AnyView {
    let is_stopped = overview.connection.pause.is_some();
    let is_paused = pause.is_some() || overview.health == ConnectionHealth::Paused;
    let id = overview.connection.id.to_string();
    let resume =
        (is_paused || is_stopped).then(|| resume_form(id.clone(), refused.clone(), viewer));
    let pause = (!is_paused).then(|| pause_form(id, refused));
    view! {
        {resume}
        {pause}
    }
    .into_any()
}

fn pause_form(id: String, refused: &Refused) -> AnyView {
    view! {
        <section class="card" aria-labelledby="pause">
            <h2 id="pause">"Pause"</h2>
            <form class="form" method="post" action=PauseConnection::url()>
                <input type="hidden" name="id" value=id />
                <Field
                    state=refused.field("reason")
                    label="Reason"
                    hint="Whoever waits for a write reads it. Nothing that is approved is lost."
                />
                <p class="actions">
                    <button class="button button--critical">"Pause the connection"</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

fn resume_form(id: String, refused: Refused, viewer: Viewer) -> AnyView {
    view! {
        <section class="card" aria-labelledby="resume">
            <h2 id="resume">"Resume"</h2>
            <p>"What is approved and waits is sent at once."</p>
            <form class="form" method="post" action=ResumeConnection::url()>
                <input type="hidden" name="id" value=id />
                <StepUpFields viewer refused />
                <p class="actions">
                    <button class="button button--primary">"Resume the connection"</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

fn key_section(overview: &ConnectionOverview) -> AnyView {
    view! {
        <section class="card" aria-labelledby="key">
            <h2 id="key">"Key"</h2>
            <p>
                "A new key takes the place of the old one. What waits stays where it is and goes \
                 on with the new key."
            </p>
            <p>
                <a class="button" href=links::rotate_key(overview.connection.id)>
                    "Rotate the key…"
                </a>
            </p>
        </section>
    }
    .into_any()
}

fn remove_section(overview: &ConnectionOverview) -> AnyView {
    let content = match in_the_way(overview) {
        Some(obstacle) => view! { <p>{obstacle}</p> }.into_any(),
        None => view! {
            <p>"Nothing waits and no agent works over it. Its key is erased with it."</p>
            <p>
                <a class="button" href=links::remove_connection(overview.connection.id)>
                    "Remove the connection…"
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

/// What keeps the connection from being removed, in numbers.
pub fn in_the_way(overview: &ConnectionOverview) -> Option<String> {
    let waiting = match overview.waiting {
        0 => None,
        1 => Some("1 proposal over it is still open".to_owned()),
        count => Some(format!("{count} proposals over it are still open")),
    };
    let agents = match overview.agents {
        0 => None,
        1 => Some("1 agent works over it".to_owned()),
        count => Some(format!("{count} agents work over it")),
    };
    let reasons: Vec<String> = waiting.into_iter().chain(agents).collect();
    (!reasons.is_empty()).then(|| {
        format!(
            "It cannot be removed now: {}. Decide what is open, and give the agents another \
             connection or remove them.",
            reasons.join(" and ")
        )
    })
}
