//! The page of the first step.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::Found;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::set_up::steps::{Step, next_open, steps};
use crate::web::ui::{Field, FormProblems, Frame, Input, NewPasswordField, loaded};

/// Makes the first administrator. Once there is one, administrators are led on and nobody else
/// finds anything here.
#[component]
pub fn FoundingPage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    if context::is_set_up().await? {
        let administrator = match context::administrator().await {
            Err(WebError::SignedOut | WebError::AdministratorsOnly) => {
                return Err(WebError::NotFound);
            }
            administrator => administrator?,
        };
        let progress = context::set_up_progress(&administrator).await?;
        context::go(next_open(&progress));
        return Ok(().into_any());
    }
    let refused = context::refused().await;
    let around = context::surroundings(None);
    Ok(view! { <FoundingView refused around /> }.into_any())
}

/// The form.
#[component]
pub fn FoundingView(refused: Refused, around: Surroundings) -> impl IntoView {
    let is_factor_off = around.site.is_some_and(|site| site.is_factor_off);
    let list = steps(Step::Administrator, &[], &around);
    view! {
        <Title text="Set up Countersign" />
        <Frame around>
            <div class="set-up">
                {list} <div class="set-up__main">
                    <h1>"Set up Countersign"</h1>
                    <p>
                        "From here to the first decided proposal takes about ten minutes. It begins \
                         with you, the first administrator. Everything after this step can be left \
                         for later."
                    </p>
                    <FormProblems refused=refused.clone() />
                    <form class="form" method="post" action=Found::url()>
                        <Field
                            state=refused.field("code")
                            label="Set-up code"
                            input=Input::Secret
                            hint="The server printed it in its log when it started. It is valid for \
                                  an hour; a new start prints a new one."
                            has_focus=true
                        />
                        <Field
                            state=refused.field("name")
                            label="Your name"
                            input=Input::PersonName
                            hint="Colleagues see it beside what you decide."
                        />
                        <Field
                            state=refused.field("email")
                            label="Your e-mail"
                            input=Input::Email
                            hint="You sign in with it. Nothing is sent to it."
                        />
                        <NewPasswordField
                            state=refused.field("password")
                            label="Your password"
                            shortest=if is_factor_off { 15 } else { 8 }
                        />
                        <p class="actions">
                            <button class="button button--primary">"Make the administrator"</button>
                        </p>
                    </form>
                </div>
            </div>
        </Frame>
    }
}
