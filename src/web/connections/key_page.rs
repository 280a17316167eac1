//! A new key for a connection. What waits goes on with it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::add_page::key_field;
use super::page::{Shown, heading, load, reference_of_page};
use super::server_fns::RotateKey;
use crate::web::links;
use crate::web::ui::{FormProblems, Frame, StepUpFields, Tick, loaded};

/// Rotates the key of a connection.
#[component]
pub fn RotateKeyPage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        Ok(view! { <RotateKeyView shown /> }.into_any())
    })
}

/// The form.
#[component]
pub fn RotateKeyView(shown: Shown) -> impl IntoView {
    let Shown {
        overview,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let id = overview.connection.id;
    let content = view! {
        {heading(&overview)}
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=RotateKey::url()>
            <h2>"Rotate the key"</h2>
            <p>
                "Make a new key in IT Glue, for the same account and region, and give it here. It \
                 is tried out first; the old one stays in use if it does not work."
            </p>
            <input type="hidden" name="id" value=id.to_string() />
            {key_field(&refused, !refused.is_empty())}
            <Tick
                state=refused.field("no_test")
                label="Save it without a test"
                hint="For when IT Glue cannot be reached right now."
            />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Test and use the new key"</button>
                <a class="button" href=links::connection(id)>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("Rotate the key of {}", overview.connection.name) />
        <Frame around>{content}</Frame>
    }
}
