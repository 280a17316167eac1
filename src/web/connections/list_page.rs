//! The connections, and how each does.

use leptos::prelude::*;
use leptos_meta::Title;

use super::budget::budget_bar;
use super::done::Done;
use super::health::health_word;
use super::trial::region_label;
use crate::web::context::{self, ConnectionOverview, Surroundings};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Fact, Foreign, Frame, Moment, Sheet, loaded};

/// The connections.
#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let done = links::stated(&links::query(), Done::ALL);
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let connections = context::connections(&administrator).await?;
    let around = context::surroundings(administrator.person());
    Ok(view! { <Connections connections done around /> }.into_any())
}

/// The connections, or how to make the first.
#[component]
pub fn Connections(
    connections: Vec<ConnectionOverview>,
    done: Option<Done>,
    around: Surroundings,
) -> impl IntoView {
    let content = if connections.is_empty() {
        none_yet()
    } else {
        let entries: Vec<AnyView> = connections.iter().map(entry).collect();
        view! {
            <ul class="entries">{entries}</ul>
            {unused_keys()}
        }
        .into_any()
    };
    view! {
        <Title text="Connections" />
        <Frame around>
            <div class="toolbar">
                <h1>"Connections"</h1>
                <a class="button button--primary" href=links::ADD_CONNECTION>
                    "Add a connection"
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
            <h2>"No connection yet"</h2>
            <p>
                "A connection is a key to one IT Glue account. Agents read and write through it \
                 and never see it."
            </p>
            <p>
                <a class="button button--primary" href=links::ADD_CONNECTION>
                    "Add a connection"
                </a>
            </p>
            <p class="muted">
                "Only want to look around? Start a second server with "
                <code>"countersign serve --demo"</code>
                ": it brings a made-up IT Glue, agents and proposals, and cannot reach a real \
                 account."
            </p>
        </div>
    }
    .into_any()
}

fn entry(overview: &ConnectionOverview) -> AnyView {
    let connection = &overview.connection;
    view! {
        <li class="entry">
            <div class="entry__head">
                <h2 class="entry__title">
                    <a class="js-row" href=links::connection(connection.id)>
                        <Foreign text=connection.name.clone() />
                    </a>
                </h2>
                {health_word(overview)}
            </div>
            {connection_facts(overview)}
        </li>
    }
    .into_any()
}

/// What is known of a connection at a glance.
pub fn connection_facts(overview: &ConnectionOverview) -> AnyView {
    let connection = &overview.connection;
    let last_success = overview.last_success_at.map_or_else(
        || "never".into_any(),
        |at| view! { <Moment at /> }.into_any(),
    );
    let (region, address) = (region_label(&connection.region), address(overview));
    let key = last_four(&connection.key_last_four);
    let access = password_access(overview.password_access);
    let budget = budget_bar(overview.budget.as_ref());
    let waiting = count(overview.waiting as usize, "proposal", "proposals");
    let agents = count(overview.agents as usize, "agent", "agents");
    view! {
        <Sheet>
            <Fact label="Region">{region} {address}</Fact>
            <Fact label="Key">{key}</Fact>
            <Fact label="Password access">{access}</Fact>
            <Fact label="Last success">{last_success}</Fact>
            <Fact label="Requests to IT Glue">{budget}</Fact>
            <Fact label="Waiting">{waiting}</Fact>
            <Fact label="Used by">{agents}</Fact>
        </Sheet>
    }
    .into_any()
}

fn address(overview: &ConnectionOverview) -> Option<AnyView> {
    let address = overview.connection.base_url.clone()?;
    let view = view! {
        ", at "
        <code>
            <Foreign text=address />
        </code>
    };
    Some(view.into_any())
}

fn last_four(ending: &str) -> AnyView {
    if ending.is_empty() {
        return "kept, too short to show its end".into_any();
    }
    view! {
        "ends in "
        <code>{ending.to_owned()}</code>
    }
    .into_any()
}

const fn password_access(found: Option<bool>) -> &'static str {
    match found {
        Some(true) => "yes",
        Some(false) => "no: passwords stay out of reach",
        None => "not known until tested",
    }
}

/// What IT Glue does by itself.
pub fn unused_keys() -> AnyView {
    view! {
        <p class="muted">
            "IT Glue switches unused keys off after 90 days. One request within that time keeps a \
             key alive; a test is enough."
        </p>
    }
    .into_any()
}
