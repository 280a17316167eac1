//! Changing one part of the settings.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::page::origin;
use super::section::{Section, label, meaning};
use super::server_fns::ChangeSettings;
use crate::domain::{SettingOrigin, SettingView};
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, StepUpFields, loaded};

/// Changes one part of the settings.
#[component]
pub fn SettingsFormPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let section = params.get_str("section").and_then(|name| name.parse().ok());
    loaded(async move {
        let section: Section = section.ok_or(WebError::NotFound)?;
        let administrator = context::administrator().await?;
        let settings = context::settings(&administrator).await?;
        let around = context::surroundings(administrator.person());
        let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
        let refused = context::refused().await;
        Ok(view! { <SettingsForm section settings refused around viewer /> }.into_any())
    })
}

/// The form.
#[component]
pub fn SettingsForm(
    section: Section,
    settings: Vec<SettingView>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let of_section = || {
        let keys = section.keys().iter();
        keys.filter_map(|key| settings.iter().find(|setting| setting.key == *key))
    };
    let fields: Vec<AnyView> = of_section().map(|one| field(one, &refused)).collect();
    let may_change = of_section().any(|one| one.origin != SettingOrigin::Operator);
    let save = may_change.then(|| {
        view! {
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Save"</button>
                <a class="button" href=links::SETTINGS>
                    "Cancel"
                </a>
            </p>
        }
    });
    let content = view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::SETTINGS>"Settings"</a>
            </p>
            <h1>{section.title()}</h1>
        </div>
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=ChangeSettings::url()>
            <input type="hidden" name="section" value=section.as_str() />
            {fields}
            {save}
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("{} settings", section.title()) />
        <Frame around>{content}</Frame>
    }
}

/// A field, or what the operator fixed.
fn field(setting: &SettingView, refused: &Refused) -> AnyView {
    let key = setting.key;
    let now = view! { <p class="muted">"Now " {setting.value.clone()} ": " {origin(setting)}</p> };
    if setting.origin == SettingOrigin::Operator {
        return view! {
            <div class="field">
                <p>
                    <strong>{label(key)}</strong>
                </p>
                {now}
            </div>
        }
        .into_any();
    }
    let hint = format!(
        "{} Accepted is {}. The default is {}.",
        meaning(key),
        key.accepted(),
        setting.default
    );
    view! {
        <div class="settings__field">
            <input type="hidden" name="shown[]" value=key.as_str() />
            <Field
                state=refused.field_or(key.as_str(), &setting.value)
                label=label(key)
                hint
            />
            {now}
        </div>
    }
    .into_any()
}
