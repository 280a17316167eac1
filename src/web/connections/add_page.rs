//! Adding a connection: region, key, name, and a test of the key before anything is kept.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::{AddConnection, TryKey};
use super::trial::trial_banner;
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Choice, Field, FormProblems, Frame, Input, RadioGroup, StepUpFields, loaded};

/// Adds a connection.
#[component]
pub fn AddConnectionPage() -> impl IntoView {
    loaded(async {
        let administrator = context::administrator().await?;
        let around = context::surroundings(administrator.person());
        let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
        let refused = context::refused().await;
        Ok(view! { <AddConnectionView refused around viewer /> }.into_any())
    })
}

/// The form.
#[component]
pub fn AddConnectionView(refused: Refused, around: Surroundings, viewer: Viewer) -> impl IntoView {
    let is_again = !refused.is_empty();
    let content = view! {
        <div class="heading">
            <p class="heading__path">
                <a href=links::CONNECTIONS>"Connections"</a>
            </p>
            <h1>"Add a connection"</h1>
        </div>
        <FormProblems refused=refused.clone() />
        {trial_banner(&refused, "The key was not kept.")}
        <form class="form card" method="post" action=AddConnection::url()>
            <Field
                state=refused.field("name")
                label="Name"
                hint="What you call this account, such as main."
            />
            <RadioGroup
                state=refused.field_or("region", "us")
                legend="Region"
                hint="Where IT Glue keeps the account. Each region has keys of its own."
                choices=regions()
            />
            {key_field(&refused, is_again)}
            {address_field(&refused)}
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Test and save"</button>
                <button class="button" formaction=TryKey::url() formnovalidate>
                    "Test only"
                </button>
                <a class="button" href=links::CONNECTIONS>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text="Add a connection" />
        <Frame around>{content}</Frame>
    }
}

fn regions() -> Vec<Choice> {
    vec![
        Choice::new("us", "United States").hint("api.itglue.com"),
        Choice::new("eu", "European Union").hint("api.eu.itglue.com"),
        Choice::new("au", "Australia").hint("api.au.itglue.com"),
    ]
}

/// The key. It goes in and never comes back, which a person who has to type it again is told.
pub fn key_field(refused: &Refused, is_again: bool) -> AnyView {
    let hint = if is_again {
        "Give the key again: what was typed here is never put back into a page."
    } else {
        "From IT Glue: Account, Settings, API Keys. It is encrypted, and afterwards only its last \
         four characters are shown."
    };
    view! { <Field state=refused.field("api_key") label="API key" input=Input::Secret hint /> }
        .into_any()
}

/// Another address than the region's, for those few who have one.
fn address_field(refused: &Refused) -> AnyView {
    let state = refused.field("base_url");
    let is_open = !state.value.is_empty() || state.error.is_some();
    view! {
        <details class="folded" open=is_open>
            <summary>"Another address than the region’s"</summary>
            <Field
                state
                label="Base URL"
                hint="Works only where the operator has set COUNTERSIGN_ALLOW_BASE_URL=1: https, or \
                      http to this machine."
                is_optional=true
            />
        </details>
    }
    .into_any()
}
