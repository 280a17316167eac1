//! The page of the connection.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::{Connect, TestKey};
use super::tested::Tested;
use crate::web::context::{self, Progress, Region, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::set_up::steps::{Step, StepFrame, later};
use crate::web::ui::{
    Banner, Choice, Field, FormProblems, Input, Mood, RadioGroup, StepUpFields, loaded,
};

/// Takes the key to IT Glue.
#[component]
pub fn ConnectionStepPage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let progress = context::set_up_progress(&administrator).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <ConnectionStepView progress refused around viewer /> }.into_any())
}

/// What is connected, or the form.
#[component]
pub fn ConnectionStepView(
    progress: Progress,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let is_demo = around.site.is_some_and(|site| site.is_demo);
    let may_set_base_url = around.site.is_some_and(|site| site.may_set_base_url);
    let content = if !progress.connections.is_empty() {
        connected(&progress)
    } else if let Some(tested) = Tested::read(&refused) {
        found(&tested, &refused, &viewer, may_set_base_url)
    } else {
        view! {
            {key_form(&refused, may_set_base_url)}
            {later("/setup/profile")}
            {(!is_demo).then(demo_hint)}
        }
        .into_any()
    };
    view! {
        <Title text="Connect IT Glue" />
        <StepFrame step=Step::Connection progress around>
            <h1>"Connect IT Glue"</h1>
            <p>
                "Agents never see this key. Countersign holds it encrypted, reads with it, and writes \
                 with it what people have approved."
            </p>
            <FormProblems refused=refused.clone() />
            {content}
        </StepFrame>
    }
}

fn connected(progress: &Progress) -> AnyView {
    let rows: Vec<AnyView> = progress
        .connections
        .iter()
        .map(|connection| {
            view! {
                <li>
                    <strong>{connection.name.clone()}</strong>
                    ", region "
                    {connection.region.to_uppercase()}
                    ", key ending in "
                    <code>{connection.key_last_four.clone()}</code>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <Banner mood=Mood::Success title="IT Glue is connected".to_owned()>
            <ul class="banner__list">{rows}</ul>
        </Banner>
        <p class="actions">
            <a class="button button--primary" href="/setup/profile">
                "Go on to the profile"
            </a>
        </p>
    }
    .into_any()
}

fn key_form(refused: &Refused, may_set_base_url: bool) -> AnyView {
    let base_url = may_set_base_url.then(|| {
        view! {
            <Field
                state=refused.field("base_url")
                label="Another base URL"
                hint="For a stand-in instead of IT Glue itself. This server allows it."
                is_optional=true
            />
        }
    });
    view! {
        <form class="form" method="post" action=TestKey::url()>
            <Field
                state=refused.field_or("name", "IT Glue")
                label="Name"
                hint="What you call this account, if you have several."
            />
            <RadioGroup
                state=refused.field_or("region", "us")
                legend="Region"
                choices=regions()
                hint="Keys are of one region: look at the address under which you open IT Glue."
            />
            {base_url}
            <Field
                state=refused.field("api_key")
                label="API key"
                input=Input::Secret
                hint="In IT Glue: Account, Settings, API Keys. Password access is needed only if \
                      agents are to propose changes to passwords."
            />
            <p class="actions">
                <button class="button button--primary">"Test the key"</button>
            </p>
        </form>
    }
    .into_any()
}

fn regions() -> Vec<Choice> {
    Region::ALL
        .iter()
        .map(|region| {
            let (name, host) = match region {
                Region::Us => ("United States", "example.itglue.com"),
                Region::Eu => ("European Union", "example.eu.itglue.com"),
                Region::Au => ("Australia", "example.au.itglue.com"),
            };
            Choice::new(region.as_str(), name).hint(host)
        })
        .collect()
}

/// What the key can do, and the form that keeps it.
fn found(tested: &Tested, refused: &Refused, viewer: &Viewer, may_set_base_url: bool) -> AnyView {
    let (mood, title) = if tested.works {
        (Mood::Success, "The key works")
    } else {
        (Mood::Critical, "The key was tried and does not work")
    };
    let facts = facts(tested);
    let detail = (!tested.works).then(|| tested.detail.clone());
    let may_save = tested.works || tested.fitting_region.is_some() || tested.is_undecided;
    let save = may_save.then(|| save_form(tested, refused, viewer));
    let again = view! {
        <details class="card" open=!tested.works && tested.fitting_region.is_none()>
            <summary>"Try another key or region"</summary>
            {key_form(refused, may_set_base_url)}
        </details>
    };
    view! {
        <Banner mood title=title.to_owned()>
            {detail.map(|detail| view! { <p>{detail}</p> })}
            <ul class="banner__list">{facts}</ul>
        </Banner>
        {save}
        {again}
    }
    .into_any()
}

fn facts(tested: &Tested) -> Vec<AnyView> {
    let organizations = tested.organizations.map(|count| match count {
        1 => "It shows 1 organization.".to_owned(),
        count => format!("It shows {count} organizations."),
    });
    let passwords = tested.password_access.map(|may| {
        if may {
            "It may read the values of passwords. No agent gets one without a technician."
                .to_owned()
        } else {
            "It has no password access: agents cannot propose changes to passwords with it."
                .to_owned()
        }
    });
    organizations
        .into_iter()
        .chain(passwords)
        .map(|fact| view! { <li>{fact}</li> }.into_any())
        .collect()
}

/// Keeps a key that works; one of another region with that region; one that could not be tried only
/// where the person says so.
fn save_form(tested: &Tested, refused: &Refused, viewer: &Viewer) -> AnyView {
    let typed = |name: &str| refused.value(name).unwrap_or_default().to_owned();
    let region = tested
        .fitting_region
        .clone()
        .unwrap_or_else(|| typed("region"));
    let is_tested = tested.works || tested.fitting_region.is_some();
    let words = match &tested.fitting_region {
        Some(region) => format!("Save it with the region {}", region.to_uppercase()),
        None if tested.works => "Save the connection".to_owned(),
        None => "Save it all the same, untested".to_owned(),
    };
    let class = if is_tested {
        "button button--primary"
    } else {
        "button"
    };
    view! {
        <form class="form" method="post" action=Connect::url()>
            <input type="hidden" name="name" value=typed("name") />
            <input type="hidden" name="region" value=region />
            <input type="hidden" name="base_url" value=typed("base_url") />
            <input type="hidden" name="held" value=tested.held.clone() />
            {(!is_tested)
                .then(|| view! { <input type="hidden" name="no_test" value="true" /> })}
            <StepUpFields viewer=viewer.clone() refused=refused.clone() />
            <p class="actions">
                <button class=class>{words}</button>
            </p>
        </form>
    }
    .into_any()
}

/// Demo data come with a server of their own: a folder that has seen real keys never gets them.
fn demo_hint() -> AnyView {
    view! {
        <details class="card">
            <summary>"Only want to look around?"</summary>
            <p>
                "Start a demo beside this server: "
                <code>"countersign serve --demo --listen 127.0.0.1:3001"</code>
                ". It brings made-up data and a made-up IT Glue, and keeps them apart from this one."
            </p>
        </details>
    }
    .into_any()
}
