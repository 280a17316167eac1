//! The page of a lane.

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_meta::Title;

use super::row::{Row, claim_of};
use crate::domain::{Claim, Timestamp};
use crate::web::context::{self, Lane, LaneCounts, QueueCursor, Surroundings};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::ui::{Frame, capped, loaded, time_of_day};

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
    loaded(load(lane, from))
}

async fn load(lane: Lane, from: Option<QueueCursor>) -> Result<AnyView, WebError> {
    let reviewer = context::reviewer().await?;
    let page = context::queue(&reviewer, lane, from, PAGE).await?;
    let is_empty = page.proposals.is_empty() && lane == Lane::NeedsYou;
    let is_set_up = !is_empty || context::is_set_up_complete(&reviewer).await?;
    let around = context::surroundings(Some(reviewer.person()));
    Ok(view! { <Queue page lane is_first=from.is_none() is_set_up around /> }.into_any())
}

/// A lane: its neighbors, its proposals, the way on.
#[component]
pub fn Queue(
    page: context::QueuePage,
    lane: Lane,
    is_first: bool,
    is_set_up: bool,
    around: Surroundings,
) -> impl IntoView {
    let waiting = page.counts.needs_you;
    let next = page.next.map(|next| links::queue(lane, Some(next)));
    let first = (!is_first).then(|| links::queue(lane, None));
    let content = if !is_set_up {
        set_up_left()
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
                let claim = viewer
                    .as_ref()
                    .and_then(|viewer| claim_of(&proposal, claim.as_ref(), viewer, here.clone()));
                view! { <Row proposal claim /> }.into_any()
            })
            .collect();
        view! { <ol class="queue">{rows}</ol> }.into_any()
    };
    view! {
        <Title text=format!("({}) Queue", capped(waiting)) />
        <Frame around waiting>
            <h1>"Queue"</h1>
            {lanes(lane, page.counts)}
            {freshness(lane, page.at)}
            {content}
            {pages(first, next)}
        </Frame>
    }
}

fn lanes(current: Lane, counts: LaneCounts) -> AnyView {
    let links: Vec<AnyView> = Lane::ALL
        .iter()
        .map(|lane| {
            let (name, count) = lane_words(*lane, counts);
            let is_current = (*lane == current).then_some("page");
            view! {
                <li>
                    <a href=links::queue(*lane, None) aria-current=is_current>
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

fn freshness(lane: Lane, at: Timestamp) -> AnyView {
    view! {
        <p class="freshness">
            "As it was at "
            <time datetime=at.to_string()>{time_of_day(at)}</time>
            ". "
            <a class="js-key" data-key="l" href=links::queue(lane, None)>"Refresh"</a>
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
