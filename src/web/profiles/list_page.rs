//! The profiles: what each lets agents do, and who uses it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::compare::deviation;
use super::done::Done;
use super::draft::Draft;
use super::words::at_a_glance;
use crate::web::context::{self, ProfileOverview, Surroundings};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Foreign, Frame, Moment, loaded};

/// The profiles.
#[component]
pub fn ProfilesPage() -> impl IntoView {
    let done = links::stated(&links::query(), Done::ALL);
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let profiles = context::profiles(&administrator).await?;
    let around = context::surroundings(administrator.person());
    Ok(view! { <Profiles profiles done around /> }.into_any())
}

/// The profiles, or how to make the first.
#[component]
pub fn Profiles(
    profiles: Vec<ProfileOverview>,
    done: Option<Done>,
    around: Surroundings,
) -> impl IntoView {
    let content = if profiles.is_empty() {
        none_yet()
    } else {
        let entries: Vec<AnyView> = profiles.iter().map(entry).collect();
        view! { <ul class="entries">{entries}</ul> }.into_any()
    };
    view! {
        <Title text="Profiles" />
        <Frame around>
            <div class="toolbar">
                <h1>"Profiles"</h1>
                <a class="button button--primary" href=links::ADD_PROFILE>
                    "New profile"
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
            <h2>"No profile yet"</h2>
            <p>"A profile says what agents may do in IT Glue. Each agent has one."</p>
            <p>
                <a class="button button--primary" href=links::ADD_PROFILE>
                    "New profile"
                </a>
            </p>
        </div>
    }
    .into_any()
}

fn entry(overview: &ProfileOverview) -> AnyView {
    let profile = &overview.profile;
    let users = match overview.agents.len() {
        0 => "Used by no agent".to_owned(),
        number => format!("Used by {}", count(number, "agent", "agents")),
    };
    let changed_by = overview.changed_by.clone().map(|name| {
        view! {
            " by "
            <Foreign text=name />
        }
    });
    view! {
        <li class="entry">
            <div class="entry__head">
                <h2 class="entry__title">
                    <a class="js-row" href=links::profile(profile.id)>
                        <Foreign text=profile.name.clone() />
                    </a>
                </h2>
                <span>{users}</span>
            </div>
            {at_a_glance(&profile.rules)}
            <p class="entry__story">
                {deviation(&Draft::of(profile))} " Saved " <Moment at=profile.updated_at />
                {changed_by} "."
            </p>
        </li>
    }
    .into_any()
}
