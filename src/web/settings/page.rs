//! What holds, by default and since whom, and where it is changed.

use leptos::prelude::*;
use leptos_meta::Title;

use super::section::{Done, Section, label, meaning, variable};
use crate::domain::{SecondFactor, SettingOrigin, SettingView};
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::links;
use crate::web::ui::{Banner, Foreign, Frame, Moment, Mood, loaded};

/// The settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let is_saved = links::stated(&links::query(), Done::ALL).is_some();
    loaded(async move {
        let administrator = context::administrator().await?;
        let shown = Shown {
            settings: context::settings(&administrator).await?,
            second_factor: context::second_factor(&administrator)?,
            is_saved,
            around: context::surroundings(administrator.person()),
        };
        Ok::<_, WebError>(view! { <SettingsView shown /> }.into_any())
    })
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The settings that may change.
    pub settings: Vec<SettingView>,
    /// Who has to have a second factor.
    pub second_factor: SecondFactor,
    /// Whether a form has just saved some of them.
    pub is_saved: bool,
    /// What is shown around it.
    pub around: Surroundings,
}

/// The settings, part by part.
#[component]
pub fn SettingsView(shown: Shown) -> impl IntoView {
    let Shown {
        settings,
        second_factor,
        is_saved,
        around,
    } = shown;
    let saved = is_saved.then(|| {
        view! {
            <Banner mood=Mood::Success title="The settings are saved".to_owned()>
                <p>"They hold from now on; nobody has to start anything again."</p>
            </Banner>
        }
    });
    let sections: Vec<AnyView> = Section::ALL
        .iter()
        .map(|section| part(*section, &settings))
        .collect();
    let content = view! {
        <h1>"Settings"</h1>
        {saved}
        {sections}
        {factor_policy(second_factor)}
        {backup()}
        {about()}
    }
    .into_any();
    view! {
        <Title text="Settings" />
        <Frame around>{content}</Frame>
    }
}

fn part(section: Section, settings: &[SettingView]) -> AnyView {
    let rows: Vec<AnyView> = section
        .keys()
        .iter()
        .filter_map(|key| settings.iter().find(|setting| setting.key == *key))
        .map(row)
        .collect();
    view! {
        <section class="card" aria-labelledby=section.as_str()>
            <div class="toolbar">
                <h2 id=section.as_str()>{section.title()}</h2>
                <a class="button" href=links::settings_form(section.as_str())>
                    "Change…"
                    <span class="visually-hidden">{format!(" {}", section.title())}</span>
                </a>
            </div>
            <dl class="settings">{rows}</dl>
        </section>
    }
    .into_any()
}

fn row(setting: &SettingView) -> AnyView {
    view! {
        <div class="settings__one">
            <dt>{label(setting.key)}</dt>
            <dd>
                <strong class="settings__value">{setting.value.clone()}</strong>
                " "
                <span class="muted">{origin(setting)}</span>
                <p class="muted">{meaning(setting.key)}</p>
            </dd>
        </div>
    }
    .into_any()
}

/// Where the value comes from, and what it would be otherwise.
pub fn origin(setting: &SettingView) -> AnyView {
    let default = setting.default.clone();
    match &setting.origin {
        SettingOrigin::Default => "the default".into_any(),
        SettingOrigin::Operator => view! {
            "fixed by the operator when the server was started ("
            <code>{variable(setting.key)}</code>
            ", its flag or " <code>"countersign.toml"</code> "); the default is " {default}
        }
        .into_any(),
        SettingOrigin::Dashboard { by, at } => view! {
            "set by " <Foreign text=by.clone() /> ", " <Moment at=*at /> "; the default is "
            {default}
        }
        .into_any(),
    }
}

fn factor_policy(policy: SecondFactor) -> AnyView {
    let (word, text) = match policy {
        SecondFactor::Deciders => (
            "Everyone who may decide",
            "Technicians and administrators sign in with a code besides their password.",
        ),
        SecondFactor::Administrators => (
            "Administrators",
            "Technicians may sign in with a password alone.",
        ),
        SecondFactor::Off => (
            "Nobody",
            "A stolen password is enough to decide and to change everything here. Use this for \
             trying out only.",
        ),
    };
    let warning = (policy == SecondFactor::Off).then(|| {
        view! {
            <Banner mood=Mood::Warning title="No second factor is asked for".to_owned()>
                <p>{text}</p>
            </Banner>
        }
    });
    let text = (policy != SecondFactor::Off).then_some(text);
    view! {
        <section class="card" aria-labelledby="factor">
            <h2 id="factor">"Second factor"</h2>
            <p>"Required of: " <strong>{word}</strong> ". " {text}</p>
            {warning}
            <p class="muted">
                "Only the operator changes this, with " <code>"COUNTERSIGN_SECOND_FACTOR"</code>
                " and a new start, so that no stolen session can."
            </p>
        </section>
    }
    .into_any()
}

fn backup() -> AnyView {
    view! {
        <section class="card" aria-labelledby="backup">
            <h2 id="backup">"Backup"</h2>
            <p>
                "On the machine of the server, while it runs, as the user it runs as and with the \
                 same settings:"
            </p>
            <pre class="snippet__text">"countersign backup /path/to/countersign-backup.db"</pre>
            <p>
                "The file is checked after it is written. Its secrets are encrypted with the \
                 master key, which is not in it: keep that file as well, in another place. Without \
                 it, every connection needs its key again."
            </p>
            <p>
                "To restore, stop the server, put both files back, and start it again. Nothing is sent \
                 until an administrator accepts the restored database, here or with "
                <code>"countersign check --accept-restore"</code> "."
            </p>
        </section>
    }
    .into_any()
}

fn about() -> AnyView {
    view! {
        <section class="card" aria-labelledby="about">
            <h2 id="about">"About"</h2>
            <p>"Countersign " {env!("CARGO_PKG_VERSION")}</p>
            <p>
                <a href=links::LICENSES>"Licenses"</a>
            </p>
        </section>
    }
    .into_any()
}
