//! A new profile: its name, and where it starts from.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::AddProfile;
use super::words::{at_a_glance, preset_story, preset_word};
use crate::domain::Preset;
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, StepUpFields, loaded};

/// Adds a profile.
#[component]
pub fn AddProfilePage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <NewProfile refused around viewer /> }.into_any())
}

/// The form, with the presets side by side.
#[component]
pub fn NewProfile(refused: Refused, around: Surroundings, viewer: Viewer) -> impl IntoView {
    let chosen = refused
        .value("preset")
        .and_then(|word| word.parse().ok())
        .unwrap_or(Preset::ReadOnly);
    let presets: Vec<AnyView> = Preset::ALL
        .iter()
        .map(|preset| option(*preset, chosen))
        .collect();
    let content = view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::PROFILES>"Profiles"</a>
            </p>
            <h1>"New profile"</h1>
        </div>
        <FormProblems refused=refused.clone() />
        <form class="form" method="post" action=AddProfile::url()>
            <Field
                state=refused.field("name")
                label="Name"
                hint="What its agents have in common, such as Helpdesk agents."
            />
            <fieldset class="presets" id="preset">
                <legend>"Start from"</legend>
                <p class="field__hint">
                    "In each of them every write asks a technician. Everything can be changed \
                     afterwards, group by group."
                </p>
                <div class="presets__cards">{presets}</div>
            </fieldset>
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Add the profile"</button>
                <a class="button" href=links::PROFILES>
                    "Back without adding"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text="New profile" />
        <Frame around>{content}</Frame>
    }
}

fn option(preset: Preset, chosen: Preset) -> AnyView {
    let story = format!("{preset}-story");
    view! {
        <div class="presets__card">
            <label class="choice">
                <input
                    type="radio"
                    name="preset"
                    value=preset.as_str()
                    checked=preset == chosen
                    aria-describedby=story.clone()
                />
                <span class="choice__label">{preset_word(preset)}</span>
            </label>
            <p id=story>{preset_story(preset)}</p>
            {at_a_glance(&preset.rules())}
        </div>
    }
    .into_any()
}
