//! The page of the profile: the presets side by side, in words.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::ChooseProfile;
use crate::domain::{AccessLevel, GroupRule, PermissionGroup, Preset};
use crate::web::context::{self, Progress, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::profiles::preset_word;
use crate::web::set_up::steps::{Step, StepFrame, later};
use crate::web::ui::{Banner, Field, FormProblems, Mood, StepUpFields, loaded};

/// Chooses what agents may do.
#[component]
pub fn ProfileStepPage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let progress = context::set_up_progress(&administrator).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <ProfileStepView progress refused around viewer /> }.into_any())
}

/// The profiles there are, or the presets.
#[component]
pub fn ProfileStepView(
    progress: Progress,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let content = if progress.profiles.is_empty() {
        view! {
            {preset_form(&refused, viewer)}
            {later("/setup/agent")}
        }
        .into_any()
    } else {
        chosen(&progress)
    };
    view! {
        <Title text="Choose what agents may do" />
        <StepFrame step=Step::Profile progress around>
            <h1>"Choose what agents may do"</h1>
            <p>
                "An access profile says for each part of IT Glue whether agents may read it and propose \
                 changes to it. Every change still waits for a person. It can be changed group by group \
                 at any time."
            </p>
            <FormProblems refused=refused.clone() />
            {content}
        </StepFrame>
    }
}

fn chosen(progress: &Progress) -> AnyView {
    let rows: Vec<AnyView> = progress
        .profiles
        .iter()
        .map(|profile| {
            view! {
                <li>
                    <strong>{profile.name.clone()}</strong>
                    ", begun as "
                    {preset_word(profile.preset)}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <Banner mood=Mood::Success title="There is a profile".to_owned()>
            <ul class="banner__list">{rows}</ul>
        </Banner>
        <p class="actions">
            <a class="button button--primary" href="/setup/agent">
                "Go on to the agent"
            </a>
        </p>
    }
    .into_any()
}

fn preset_form(refused: &Refused, viewer: Viewer) -> AnyView {
    let state = refused.field_or("preset", Preset::ReadOnly.as_str());
    let cards: Vec<AnyView> = Preset::ALL
        .iter()
        .map(|preset| card(*preset, preset.as_str() == state.value))
        .collect();
    view! {
        <form class="form" method="post" action=ChooseProfile::url()>
            <fieldset class="presets" id="preset">
                <legend>"Start from"</legend>
                <div class="presets__cards">{cards}</div>
            </fieldset>
            <Field
                state=refused.field_or("name", "Agents")
                label="Name of the profile"
                hint="Several agents can share it."
            />
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Use this profile"</button>
            </p>
        </form>
    }
    .into_any()
}

fn card(preset: Preset, is_chosen: bool) -> AnyView {
    let lines: Vec<AnyView> = words(preset)
        .into_iter()
        .map(|line| view! { <li>{line}</li> }.into_any())
        .collect();
    let id = format!("preset-{preset}");
    view! {
        <div class="presets__card">
            <label class="choice">
                <input
                    type="radio"
                    name="preset"
                    value=preset.as_str()
                    checked=is_chosen
                    aria-describedby=id.clone()
                />
                <span class="choice__label">{preset_word(preset)}</span>
            </label>
            <ul id=id>{lines}</ul>
        </div>
    }
    .into_any()
}

/// What a preset means, told from its rules.
fn words(preset: Preset) -> Vec<String> {
    let rules = preset.rules();
    let groups = |is_it: &dyn Fn(GroupRule) -> bool| -> Vec<&'static str> {
        PermissionGroup::ALL
            .iter()
            .filter(|group| is_it(rules.of(**group)))
            .map(|group| group.label())
            .collect()
    };
    let written = groups(&|rule| rule.access == AccessLevel::ReadWrite);
    let with_deletes = groups(&|rule| rule.delete);
    let writes = match written.len() {
        0 => "Proposes nothing yet: a safe way to begin.".to_owned(),
        count if count == PermissionGroup::ALL.len() => {
            "Proposes changes everywhere; each waits for a person.".to_owned()
        }
        _ => format!(
            "Proposes changes to {}; each waits for a person.",
            written.join(", ")
        ),
    };
    let deletes = if with_deletes.is_empty() {
        "Proposes no deletes."
    } else {
        "Proposes deletes too, but never of an organization."
    };
    vec![
        "Reads everything but the values of passwords.".to_owned(),
        writes,
        deletes.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_preset_are_its_rules() {
        let text = |preset| words(preset).join(" ");
        assert!(text(Preset::ReadOnly).contains("Proposes nothing yet"));
        let documentation = text(Preset::Documentation);
        for group in ["Contacts", "Documents", "Flexible Assets"] {
            assert!(documentation.contains(group), "{documentation}");
        }
        assert!(!documentation.contains("Configurations"));
        assert!(documentation.contains("no deletes"));
        assert!(text(Preset::FullAccess).contains("deletes too"));
    }
}
