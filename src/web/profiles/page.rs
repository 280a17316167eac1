//! The editor: the matrix, what if, history, and what is not saved yet.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use leptos_router::params::ParamsMap;

use super::bar::bar;
use super::compare::{compare, deviation};
use super::done::Done;
use super::draft::Draft;
use super::matrix::matrix;
use super::question::{Typed, Wrong};
use super::trial::{HISTORY, trial};
use super::what_if::{CHECK, WHAT_IF, what_if};
use super::words::preset_word;
use crate::domain::Preset;
use crate::web::context::{self, Administrator, ProfileOverview, Surroundings, Trial, WhatIf};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Field, Foreign, FormProblems, Frame, Moment, loaded};

/// A profile, to be looked at and changed.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let reference = reference_of_page();
    let query = links::query();
    loaded(async move {
        let shown = load(&reference, &query).await?;
        Ok(view! { <Editor shown /> }.into_any())
    })
}

/// The id or name in the address.
pub fn reference_of_page() -> String {
    use_params_map()
        .get_untracked()
        .get("id")
        .unwrap_or_default()
}

/// What the editor shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The profile as it is saved, and who uses it.
    pub overview: ProfileOverview,
    /// What it would be.
    pub draft: Draft,
    /// What is typed into "what if".
    pub typed: Typed,
    /// The answer, if it was asked.
    pub answer: Option<Result<WhatIf, Wrong>>,
    /// What came of trying the draft, if it was tried.
    pub trial: Option<Result<Trial, Wrong>>,
    /// What the form before this page did.
    pub done: Option<Done>,
    /// What the form before this page held.
    pub refused: Refused,
    /// What is shown around it.
    pub around: Surroundings,
}

async fn load(reference: &str, query: &ParamsMap) -> Result<Shown, WebError> {
    let administrator = context::administrator().await?;
    let overview = context::profile(&administrator, reference).await?;
    let saved = Draft::of(&overview.profile);
    let preset = query.get_str("start").and_then(|word| word.parse().ok());
    let draft = match preset {
        Some(preset) => saved.starting_from(preset),
        None => Draft::read(query).unwrap_or(saved),
    };
    let typed = Typed::read(query);
    let check = query.get_str(CHECK);
    let answer = match check {
        Some(WHAT_IF) => Some(ask(&administrator, &overview, &draft, &typed).await),
        _ => None,
    };
    let trial = match check {
        Some(HISTORY) => Some(try_out(&administrator, &overview, &draft).await),
        _ => None,
    };
    Ok(Shown {
        overview,
        draft,
        typed,
        answer,
        trial,
        done: links::stated(query, Done::ALL),
        refused: context::refused().await,
        around: context::surroundings(administrator.person()),
    })
}

/// A check that fails leaves the rest of the page as it is.
async fn ask(
    by: &Administrator,
    overview: &ProfileOverview,
    draft: &Draft,
    typed: &Typed,
) -> Result<WhatIf, Wrong> {
    let question = typed.question()?;
    let id = overview.profile.id;
    context::what_if(by, id, &draft.rules, &question)
        .await
        .map_err(failed)?
        .map_err(|unknown| Wrong::with("path", unknown))
}

async fn try_out(
    by: &Administrator,
    overview: &ProfileOverview,
    draft: &Draft,
) -> Result<Trial, Wrong> {
    context::try_profile(by, overview.profile.id, &draft.rules)
        .await
        .map_err(failed)
}

fn failed(error: WebError) -> Wrong {
    let wording = error.wording();
    Wrong::with("", format!("{}. {}", wording.title, wording.next))
}

/// The editor of a profile.
#[component]
pub fn Editor(shown: Shown) -> impl IntoView {
    let Shown {
        overview,
        draft,
        typed,
        answer,
        trial: tried,
        done,
        refused,
        around,
    } = shown;
    let saved = &overview.profile;
    let page = links::profile(saved.id);
    let is_moved = draft.version != saved.version;
    let name = refused.field_or("name", &draft.name);
    let state = if is_moved {
        view! {
            <p class="bar" id="undecided">
                "Decide above between yours and theirs, then save."
            </p>
        }
        .into_any()
    } else {
        bar(&draft, saved)
    };
    let content = view! {
        {heading(&overview, &draft)}
        {done.map(Done::banner)}
        <FormProblems refused />
        {is_moved.then(|| compare(&draft, &overview))}
        {presets(&page, &draft)}
        <form class="editor" method="get" action=page.clone()>
            <input type="hidden" name="id" value=saved.id.to_string() />
            <input type="hidden" name="version" value=draft.version.to_string() />
            <input type="hidden" name="preset" value=draft.preset.as_str() />
            <div class="columns">
                <div class="columns__main">
                    <Field state=name label="Name" />
                    {matrix(&draft, saved)}
                </div>
                <aside class="columns__side" aria-label="Checks">
                    {what_if(&typed, &overview.agents, &page, answer.as_ref())}
                    {trial(overview.agents.len(), &page, tried.as_ref())}
                </aside>
            </div>
            {state}
        </form>
        {remove(&overview)}
    }
    .into_any();
    view! {
        <Title text=format!("Profile {}", saved.name) />
        <Frame around>{content}</Frame>
    }
}

/// The way here, the name, who uses it and who changed it.
pub fn heading(overview: &ProfileOverview, draft: &Draft) -> AnyView {
    let saved = &overview.profile;
    let users = match overview.agents.len() {
        0 => "Used by no agent".to_owned(),
        number => format!("Used by {}", count(number, "agent", "agents")),
    };
    let names: Vec<String> = overview
        .agents
        .iter()
        .map(|agent| agent.name.clone())
        .collect();
    let names = (!names.is_empty()).then(|| {
        let names = names.join(", ");
        view! {
            ": "
            <Foreign text=names />
        }
    });
    let changed_by = overview.changed_by.clone().map(|name| {
        view! {
            " by "
            <Foreign text=name />
        }
    });
    view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::PROFILES>"Profiles"</a>
            </p>
            <h1>
                <Foreign text=saved.name.clone() />
            </h1>
            <p class="heading__facts">
                <span>{users} {names}</span>
                <span>"Saved " <Moment at=saved.updated_at /> {changed_by}</span>
                <span>{deviation(draft)}</span>
            </p>
        </div>
    }
    .into_any()
}

fn presets(page: &str, draft: &Draft) -> AnyView {
    let links: Vec<AnyView> = Preset::ALL
        .iter()
        .map(|preset| {
            let is_current = (*preset == draft.preset).then_some("true");
            let address = format!("{page}?start={preset}");
            view! {
                <a class="button" href=address aria-current=is_current>
                    {preset_word(*preset)}
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <nav class="actions starts" aria-label="Start from">
            <span>"Start from:"</span>
            {links}
        </nav>
    }
    .into_any()
}

fn remove(overview: &ProfileOverview) -> AnyView {
    if overview.agents.is_empty() {
        return view! {
            <p>
                <a href=links::remove_profile(overview.profile.id)>"Remove this profile"</a>
            </p>
        }
        .into_any();
    }
    view! {
        <p class="muted">
            "It can be removed once no agent uses it."
        </p>
    }
    .into_any()
}
