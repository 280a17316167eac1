//! The page of the agent.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::AddAgent;
use crate::web::context::{self, Progress, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::{Once, Refused};
use crate::web::set_up::steps::{Step, StepFrame, later};
use crate::web::ui::{
    Banner, Choice, Field, FormProblems, Input, Mood, Select, ShownSecret, StepUpFields, loaded,
};

/// How many days a token lasts at first.
const DAYS: &str = "90";

/// Adds an agent, and shows its token.
#[component]
pub fn AgentStepPage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let progress = context::set_up_progress(&administrator).await?;
    let token = context::shown_once().await;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <AgentStepView progress token refused around viewer /> }.into_any())
}

/// The token that was just made, the agents there are, or the form.
#[component]
pub fn AgentStepView(
    progress: Progress,
    token: Option<Once>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let content = if let Some(token) = token {
        shown(token)
    } else if !progress.agents.is_empty() {
        added(&progress)
    } else if progress.connections.is_empty() || progress.profiles.is_empty() {
        missing(&progress)
    } else {
        agent_form(&progress, &refused, viewer)
    };
    view! {
        <Title text="Add an agent" />
        <StepFrame step=Step::Agent progress around>
            <h1>"Add an agent"</h1>
            <p>
                "An agent is a program with a token of its own: it reads what its profile lets it read, \
                 and proposes the rest. It can be paused at any time, and takes effect at once."
            </p>
            <FormProblems refused=refused.clone() />
            {content}
        </StepFrame>
    }
}

/// The secrets leave the handoff here and nowhere else.
fn shown(once: Once) -> AnyView {
    let agent = once.fact("agent").unwrap_or_default().to_owned();
    let next = match once.fact("held") {
        Some(held) => format!("/setup/first?held={held}"),
        None => "/setup/first".to_owned(),
    };
    let boxes: Vec<AnyView> = once
        .secrets
        .into_iter()
        .map(|(name, secret)| match name.as_str() {
            "curl" => view! {
                <ShownSecret label="Line for the shell that proposes" id="curl" secret />
            }
            .into_any(),
            _ => view! { <ShownSecret label="Token" id="token" secret /> }.into_any(),
        })
        .collect();
    view! {
        <Banner mood=Mood::Warning title=format!("The token of {agent} is shown this one time")>
            <p>
                "Put it where the agent reads its secrets. If it is lost, make a new one; if it leaks, \
                 revoke it."
            </p>
        </Banner>
        {boxes}
        <p class="actions">
            <a class="button button--primary" href=next>
                "I have stored it: go on"
            </a>
        </p>
    }
    .into_any()
}

fn added(progress: &Progress) -> AnyView {
    let rows: Vec<AnyView> = progress
        .agents
        .iter()
        .map(|name| view! { <li>{name.clone()}</li> }.into_any())
        .collect();
    view! {
        <Banner mood=Mood::Success title="There is an agent".to_owned()>
            <ul class="banner__list">{rows}</ul>
        </Banner>
        <p class="actions">
            <a class="button button--primary" href="/setup/first">
                "Go on to the first proposal"
            </a>
        </p>
    }
    .into_any()
}

fn missing(progress: &Progress) -> AnyView {
    let connection = progress.connections.is_empty().then(|| {
        view! {
            <li>
                <a href="/setup/connection">"a connection"</a>
                " to work over"
            </li>
        }
    });
    let profile = progress.profiles.is_empty().then(|| {
        view! {
            <li>
                <a href="/setup/profile">"a profile"</a>
                " that says what it may do"
            </li>
        }
    });
    view! {
        <Banner mood=Mood::Information title="An agent needs something first".to_owned()>
            <ul class="banner__list">{connection} {profile}</ul>
        </Banner>
    }
    .into_any()
}

fn agent_form(progress: &Progress, refused: &Refused, viewer: Viewer) -> AnyView {
    let profiles: Vec<Choice> = progress
        .profiles
        .iter()
        .map(|profile| Choice::new(profile.id.to_string(), profile.name.clone()))
        .collect();
    let connections: Vec<Choice> = progress
        .connections
        .iter()
        .map(|connection| Choice::new(connection.id.to_string(), connection.name.clone()))
        .collect();
    view! {
        <form class="form" method="post" action=AddAgent::url()>
            <Field
                state=refused.field("name")
                label="Name of the agent"
                hint="What technicians read beside its proposals, such as triage-bot."
            />
            {one_of("profile", "Profile", profiles, refused)}
            {one_of("connection", "Connection", connections, refused)}
            <Field
                state=refused.field_or("days", DAYS)
                label="Days until the token expires"
                input=Input::Number(1, 365)
                hint="It can be replaced before, without a gap."
            />
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Add the agent"</button>
            </p>
        </form>
        {later("/setup/first")}
    }
    .into_any()
}

/// Where there is nothing to choose, nothing is asked.
fn one_of(
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
    refused: &Refused,
) -> AnyView {
    match choices.as_slice() {
        [only] => view! { <input type="hidden" name=name value=only.value.clone() /> }.into_any(),
        _ => view! { <Select state=refused.field(name) label choices /> }.into_any(),
    }
}
