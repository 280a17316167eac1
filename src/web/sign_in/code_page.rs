//! The second step of a sign-in: a code.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::{GiveCode, SignOut};
use crate::domain::SignInStage;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, Input, loaded};

/// Takes a code of the app, or a recovery code.
#[component]
pub fn CodePage() -> impl IntoView {
    let next = links::query().get("next").unwrap_or_default();
    loaded(load(next))
}

async fn load(next: String) -> Result<AnyView, WebError> {
    let email = match context::unfinished().await {
        Ok(unfinished) if unfinished.stage() == SignInStage::Enrolment => {
            context::go(&links::sign_in_factor(&next));
            return Ok(().into_any());
        }
        Ok(unfinished) => unfinished.email().to_owned(),
        Err(WebError::SignedOut) => return super::page_without_sign_in(&next).await,
        Err(error) => return Err(error),
    };
    let refused = context::refused().await;
    let around = context::surroundings(None);
    Ok(view! { <CodeView email next refused around /> }.into_any())
}

/// The form for the code.
#[component]
pub fn CodeView(
    email: String,
    next: String,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    view! {
        <Title text="Your code" />
        <Frame around>
            <div class="sign-in">
                <h1>"Your code"</h1>
                <p>"Signing in as " <strong>{email}</strong> "."</p>
                <FormProblems refused=refused.clone() title="You are not signed in" />
                <form class="form" method="post" action=GiveCode::url()>
                    <Field
                        state=refused.field("code")
                        label="Code"
                        input=Input::Code
                        hint="Six digits from your code app. If you do not have it, one of your \
                              recovery codes. Spaces do not matter."
                        has_focus=true
                    />
                    <input type="hidden" name="next" value=next />
                    <p class="actions">
                        <button class="button button--primary">"Go on"</button>
                    </p>
                </form>
                <form method="post" action=SignOut::url()>
                    <button class="button">"Sign in as somebody else"</button>
                </form>
                <p class="muted">
                    "Neither app nor recovery codes? An administrator can take the second factor \
                     off your account."
                </p>
            </div>
        </Frame>
    }
}
