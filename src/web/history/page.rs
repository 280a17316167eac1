//! The page of the history. Everything in it is a link or a form that asks by the address.

use leptos::prelude::*;
use leptos_meta::Title;

use super::filter::Asked;
use crate::domain::{DecidedBy, DecisionVerdict, ResultKind};
use crate::web::context::{
    self, HistoryCursor, HistoryEntry, HistoryPage as Entries, Known, Surroundings,
};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::proposal::Headline;
use crate::web::ui::{
    Banner, Choice, FieldState, Foreign, Frame, Moment, Mood, SearchField, Select, StatusWord,
    TierBadge, loaded,
};

/// How many decisions a page holds.
const PAGE: u32 = 50;

/// What was decided, the newest first.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = links::query();
    let asked = Asked::read(&query);
    let from = query.get_str("from").and_then(HistoryCursor::parse);
    loaded(load(asked, from))
}

async fn load(asked: Asked, from: Option<HistoryCursor>) -> Result<AnyView, WebError> {
    let reviewer = context::reviewer().await?;
    let page = context::history(&reviewer, &asked.filter, from, PAGE).await?;
    let known = context::known(&reviewer).await?;
    let around = context::surroundings(Some(reviewer.person()));
    Ok(view! { <History page asked known is_first=from.is_none() around /> }.into_any())
}

/// A page of the history.
#[component]
pub fn History(
    page: Entries,
    asked: Asked,
    known: Known,
    is_first: bool,
    around: Surroundings,
) -> impl IntoView {
    let next = page.next.map(|next| asked.address(Some(&next.to_text())));
    let first = (!is_first).then(|| asked.address(None));
    let has_next = next.is_some();
    let entries: Vec<AnyView> = page.items.iter().map(entry).collect();
    let content = if entries.is_empty() {
        nothing(&asked, has_next)
    } else {
        view! { <ol class="queue">{entries}</ol> }.into_any()
    };
    let pages = (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {first.map(|href| view! { <a class="button" href=href>"Newest"</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>"Older"</a> })}
            </nav>
        }
    });
    let content = view! {
        <h1>"History"</h1>
        <p class="muted">
            "What was decided, the newest first, and what came of it. Nothing here can be changed."
        </p>
        {wrong(&asked)}
        {filters(&asked, &known)}
        {content}
        {pages}
    }
    .into_any();
    view! {
        <Title text="History" />
        <Frame around>{content}</Frame>
    }
}

fn wrong(asked: &Asked) -> Option<AnyView> {
    if asked.wrong.is_empty() {
        return None;
    }
    let names = asked.wrong.join(", ");
    let view = view! {
        <Banner mood=Mood::Warning title="Not everything was looked for".to_owned()>
            <p>"What stands in these fields means nothing here: " {names} "."</p>
        </Banner>
    };
    Some(view.into_any())
}

fn nothing(asked: &Asked, has_next: bool) -> AnyView {
    let (title, hint) = match (asked.is_narrowed(), has_next) {
        (_, true) => (
            "Nothing here fits.",
            "This page looked at as many decisions as it may. Older ones follow on the next.",
        ),
        (true, false) => ("Nothing fits.", "Leave some of the fields empty."),
        (false, false) => (
            "Nothing was decided yet.",
            "Decisions show here as soon as somebody makes one.",
        ),
    };
    let clear = asked
        .is_narrowed()
        .then(|| view! { <a class="button" href=links::HISTORY>"Look for everything"</a> });
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{hint}</p>
            {clear}
        </div>
    }
    .into_any()
}

fn entry(entry: &HistoryEntry) -> AnyView {
    let proposal = &entry.proposal;
    let decision = &entry.decided.decision;
    let verdict = verdict_words(decision.verdict);
    let who = match decision.by {
        DecidedBy::Person => "by ",
        DecidedBy::Policy => "by the rule ",
    };
    let reason = decision.reason.clone().map(|reason| {
        view! { <p class="row__effect"><q><Foreign text=reason /></q></p> }
    });
    let undone = entry
        .decided
        .undone_at
        .map(|at| view! { <span>"taken back " <Moment at /></span> });
    let came_of_it = entry
        .is_last_word()
        .then(|| view! { <StatusWord status=proposal.status /> });
    let client = proposal.resource.organization_name.clone();
    let ticket = proposal.ticket.as_ref().map(|ticket| ticket.id.clone());
    view! {
        <li class="row" data-tier=proposal.tier.as_str()>
            <p class="row__facts">
                <strong>{verdict}</strong>
                <span>{who} <Foreign text=decision.name.clone() /></span>
                <span><Moment at=decision.at /></span>
                {undone} {came_of_it}
            </p>
            <h2 class="row__title">
                <a class="js-row" href=links::proposal(proposal.number)>
                    <Headline proposal=proposal.clone() />
                </a>
            </h2>
            {reason}
            <p class="row__origin">
                <TierBadge tier=proposal.tier />
                <span>"#" {proposal.number}</span>
                {client.map(|name| view! { <Foreign text=name /> })}
                <span>"proposed by " <Foreign text=proposal.agent.name.clone() /></span>
                {ticket.map(|id| view! { <span>"ticket " <Foreign text=id /></span> })}
            </p>
        </li>
    }
    .into_any()
}

const fn verdict_words(verdict: DecisionVerdict) -> &'static str {
    match verdict {
        DecisionVerdict::Approved => "Approved",
        DecisionVerdict::ApprovedWithEdits => "Approved with changes",
        DecisionVerdict::SentBack => "Sent back",
        DecisionVerdict::Rejected => "Rejected",
    }
}

const fn result_words(result: ResultKind) -> &'static str {
    match result {
        ResultKind::Applied => "Applied",
        ResultKind::AlreadyInPlace => "Was in place already",
        ResultKind::RefusedByItGlue => "Refused by IT Glue",
        ResultKind::RefusedByPolicy => "Refused by the policy",
        ResultKind::RecordGone => "Record gone",
        ResultKind::NotApplied => "Not applied",
        ResultKind::PartlyApplied => "Applied in part",
        ResultKind::Unknown => "Unknown",
    }
}

/// The form that asks by the address.
fn filters(asked: &Asked, known: &Known) -> AnyView {
    let state = |name: &str| FieldState {
        name: name.to_owned(),
        value: asked.value(name).to_owned(),
        ..FieldState::default()
    };
    let agents = choices(known.agents.iter().map(|(id, name)| (id.to_string(), name)));
    let people = choices(known.people.iter().map(|(id, name)| (id.to_string(), name)));
    let verdicts = DecisionVerdict::ALL.iter().copied();
    let verdicts = closed(verdicts.map(|one| (one.as_str(), verdict_words(one))));
    let results = ResultKind::ALL.iter().copied();
    let results = closed(results.map(|one| (one.as_str(), result_words(one))));
    view! {
        <form class="filters" method="get" action=links::HISTORY role="search">
            <Select state=state("agent") label="Agent" choices=agents />
            <Select state=state("person") label="Decided by" choices=people />
            <Select state=state("verdict") label="Decision" choices=verdicts />
            <Select state=state("result") label="Outcome" choices=results />
            <SearchField name="client" label="Client, by id" value=asked.value("client").to_owned() />
            <SearchField name="ticket" label="Ticket" value=asked.value("ticket").to_owned() />
            <SearchField name="since" label="From" value=asked.value("since").to_owned() is_day=true />
            <SearchField name="until" label="To" value=asked.value("until").to_owned() is_day=true />
            <p class="actions">
                <button class="button js-key" data-key="/">"Look for it"</button>
            </p>
        </form>
    }
    .into_any()
}

fn choices<'a>(known: impl Iterator<Item = (String, &'a String)>) -> Vec<Choice> {
    let any = Choice::new("", "Any");
    let known = known.map(|(id, name)| Choice::new(id, name.clone()));
    [any].into_iter().chain(known).collect()
}

fn closed(known: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<Choice> {
    let any = Choice::new("", "Any");
    let known = known.map(|(name, words)| Choice::new(name, words));
    [any].into_iter().chain(known).collect()
}
