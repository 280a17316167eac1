//! The page of a lane.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_meta::Title;

use super::filter::Asked;
use super::row::Row;
use crate::domain::{AgentId, Claim, PermissionGroup, Tier, Timestamp};
use crate::web::context::{self, Lane, LaneCounts, QueueCursor, Surroundings};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::proposal::claim_line;
use crate::web::ui::{Choice, FieldState, Frame, SearchField, Select, capped, loaded, time_of_day};

/// How many proposals a page holds.
const PAGE: u32 = 50;

/// A page of a lane of the queue.
#[component]
pub fn QueuePage() -> impl IntoView {
    let query = links::query();
    let lane = query
        .get_str("lane")
        .and_then(|name| name.parse().ok())
        .unwrap_or(Lane::NeedsYou);
    let from = query.get_str("from").and_then(links::read_cursor);
    loaded(load(lane, Asked::read(&query), from))
}

async fn load(lane: Lane, asked: Asked, from: Option<QueueCursor>) -> Result<AnyView, WebError> {
    let reviewer = context::reviewer().await?;
    let page = context::queue(&reviewer, lane, &asked.filter, from, PAGE).await?;
    let agents = context::known(&reviewer).await?.agents;
    let search = Search { asked, agents };
    let is_narrowed = search.asked.is_narrowed();
    let is_empty = page.proposals.is_empty() && lane == Lane::NeedsYou && !is_narrowed;
    let is_set_up = !is_empty || context::is_set_up_complete(&reviewer).await?;
    let around = context::surroundings(Some(reviewer.person()));
    Ok(view! { <Queue page lane search is_first=from.is_none() is_set_up around /> }.into_any())
}

/// What is looked for, and the agents that can be.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What stands in the address.
    pub asked: Asked,
    /// The agents there are.
    pub agents: Vec<(AgentId, String)>,
}

/// A lane: its neighbors, its proposals, the way on.
#[component]
pub fn Queue(
    page: context::QueuePage,
    lane: Lane,
    search: Search,
    is_first: bool,
    is_set_up: bool,
    around: Surroundings,
) -> impl IntoView {
    let waiting = page.counts.needs_you;
    let asked = &search.asked;
    let next = page.next.map(|next| asked.address(lane, Some(next)));
    let first = (!is_first).then(|| asked.address(lane, None));
    let content = if !is_set_up {
        set_up_left()
    } else if page.proposals.is_empty() && asked.is_narrowed() {
        nothing_fits(lane, next.is_some())
    } else if page.proposals.is_empty() {
        empty(lane, page.counts)
    } else {
        let viewer = around.viewer.clone();
        let mut claims: HashMap<i64, Claim> = page.claims.into_iter().collect();
        let here = around.path.clone();
        let rows: Vec<AnyView> = page
            .proposals
            .into_iter()
            .map(|proposal| {
                let claim = claims.remove(&proposal.number);
                let claim = viewer.as_ref().and_then(|viewer| {
                    claim_line(&proposal, claim.as_ref(), viewer, Some(here.clone()))
                });
                view! { <Row proposal claim /> }.into_any()
            })
            .collect();
        view! { <ol class="queue">{rows}</ol> }.into_any()
    };
    let above = view! {
        {lanes(lane, page.counts, asked)}
        {filters(lane, &search)}
        {freshness(asked.address(lane, None), page.at)}
    }
    .into_any();
    view! {
        <Title text=format!("({}) Queue", capped(waiting)) />
        <Frame around waiting>
            <h1>"Queue"</h1>
            {above}
            {content}
            {pages(first, next)}
        </Frame>
    }
}

fn lanes(current: Lane, counts: LaneCounts, asked: &Asked) -> AnyView {
    let links: Vec<AnyView> = Lane::ALL
        .iter()
        .map(|lane| {
            let (name, count) = lane_words(*lane, counts);
            let is_current = (*lane == current).then_some("page");
            view! {
                <li>
                    <a href=asked.address(*lane, None) aria-current=is_current>
                        {name}
                        {count
                            .map(|count| view! { " " <span class="count">{capped(count)}</span> })}
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav aria-label="Lanes">
            <ul class="lanes">{links}</ul>
        </nav>
    }
    .into_any()
}

const fn lane_words(lane: Lane, counts: LaneCounts) -> (&'static str, Option<u32>) {
    match lane {
        Lane::NeedsYou => ("Needs you", Some(counts.needs_you)),
        Lane::SentBack => ("Sent back", Some(counts.sent_back)),
        Lane::Applying => ("Applying", Some(counts.applying)),
        Lane::Failed => ("Needs a look", Some(counts.failed)),
        Lane::ReadsDifferently => ("Reads back differently", Some(counts.reads_differently)),
        Lane::Done => ("Done", None),
    }
}

/// The form that asks by the address.
fn filters(lane: Lane, search: &Search) -> AnyView {
    let state = |name: &str| FieldState {
        name: name.to_owned(),
        value: search.asked.value(name).to_owned(),
        ..FieldState::default()
    };
    let any = || [Choice::new("", "Any")].into_iter();
    let groups = PermissionGroup::ALL.iter();
    let groups = any().chain(groups.map(|one| Choice::new(one.as_str(), one.label())));
    let tiers = Tier::ALL.iter();
    let tiers = any().chain(tiers.map(|one| Choice::new(one.as_str(), one.as_str())));
    let agents = search.agents.iter();
    let agents = any().chain(agents.map(|(id, name)| Choice::new(id.to_string(), name.clone())));
    view! {
        <details class="card" open=search.asked.is_narrowed()>
            <summary class="js-key" data-key="/">"Look for…"</summary>
            <form class="filters" method="get" action="/queue" role="search">
                <input type="hidden" name="lane" value=lane.as_str() />
                <SearchField name="client" label="Client, by name or id" value=search.asked.value("client").to_owned() />
                <Select state=state("group") label="Group" choices=groups.collect() />
                <Select state=state("agent") label="Agent" choices=agents.collect() />
                <Select state=state("tier") label="Tier" choices=tiers.collect() />
                <SearchField name="ticket" label="Ticket" value=search.asked.value("ticket").to_owned() />
                <SearchField name="text" label="Record or summary" value=search.asked.value("text").to_owned() />
                <p class="actions">
                    <button class="button">"Look for it"</button>
                    <a class="button" href=links::queue(lane, None)>"Show everything"</a>
                </p>
            </form>
        </details>
    }
    .into_any()
}

/// What is looked for is not here.
fn nothing_fits(lane: Lane, has_next: bool) -> AnyView {
    let hint = if has_next {
        "This page looked at as many proposals as it may. More follow on the next."
    } else {
        "Leave some of the fields empty, or look in another lane."
    };
    view! {
        <div class="empty">
            <h2>"Nothing here fits."</h2>
            <p>{hint}</p>
            <a class="button" href=links::queue(lane, None)>"Show everything"</a>
        </div>
    }
    .into_any()
}

fn freshness(again: String, at: Timestamp) -> AnyView {
    view! {
        <p class="freshness">
            "As it was at "
            <time datetime=at.to_string()>{time_of_day(at)}</time>
            ". "
            <a class="js-key" data-key="l" href=again>"Refresh"</a>
        </p>
    }
    .into_any()
}

/// Nothing was ever decided, and whoever looks can do something about it.
fn set_up_left() -> AnyView {
    view! {
        <div class="empty">
            <h2>"Nothing waits for a decision."</h2>
            <p>"The set-up is not complete: no proposal was decided yet."</p>
            <a class="button button--primary" href="/setup">
                "Go on with the set-up"
            </a>
        </div>
    }
    .into_any()
}

fn empty(lane: Lane, counts: LaneCounts) -> AnyView {
    let (title, hint) = match lane {
        Lane::NeedsYou if counts.failed > 0 => (
            "Nothing waits for a decision.",
            "Some proposals did not end as approved: see the lane Needs a look.",
        ),
        Lane::NeedsYou => (
            "Nothing waits for a decision.",
            "Proposals of agents appear here as soon as they arrive.",
        ),
        Lane::SentBack => (
            "Nothing waits for an agent.",
            "What is sent back shows here until the agent answers.",
        ),
        Lane::Applying => (
            "Nothing is on its way to IT Glue.",
            "Approved proposals pass through here.",
        ),
        Lane::Failed => (
            "Nothing needs a look.",
            "Refused and unclear writes would show here.",
        ),
        Lane::ReadsDifferently => (
            "Everything reads back as it was approved.",
            "Applied writes that the record does not show in full would show here.",
        ),
        Lane::Done => (
            "Nothing has ended yet.",
            "Applied, rejected and expired proposals show here.",
        ),
    };
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{hint}</p>
        </div>
    }
    .into_any()
}

fn pages(first: Option<String>, next: Option<String>) -> Option<AnyView> {
    if first.is_none() && next.is_none() {
        return None;
    }
    let view = view! {
        <nav class="pager" aria-label="Pages">
            {first.map(|href| view! { <a class="button" href=href>"First page"</a> })}
            {next.map(|href| view! { <a class="button" rel="next" href=href>"Next page"</a> })}
        </nav>
    };
    Some(view.into_any())
}
