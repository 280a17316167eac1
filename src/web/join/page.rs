//! The page of a link.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::server_fns::Join;
use crate::domain::LinkPurpose;
use crate::web::context::{self, LinkView, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::ui::{FormProblems, Frame, NewPasswordField, absolute, loaded};

/// Takes a password from whoever has the link.
#[component]
pub fn JoinPage() -> impl IntoView {
    let secret = use_params_map()
        .get_untracked()
        .get("secret")
        .unwrap_or_default();
    loaded(load(secret))
}

async fn load(secret: String) -> Result<AnyView, WebError> {
    let link = context::link(&secret).await?;
    let refused = context::refused().await;
    let around = context::surroundings(None);
    let Some(link) = link else {
        context::answer_with(WebError::NotFound);
        return Ok(view! { <LinkGoneView around /> }.into_any());
    };
    Ok(view! { <JoinView secret link refused around /> }.into_any())
}

/// Whose link it is, and the password.
#[component]
pub fn JoinView(
    secret: String,
    link: LinkView,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    let (title, text, button) = match link.purpose {
        LinkPurpose::Invitation => (
            format!("Welcome, {}", link.name),
            "You are invited to Countersign. Choose the password you will sign in with.",
            "Join",
        ),
        LinkPurpose::Reset => (
            "Choose another password".to_owned(),
            "Everywhere you are signed in now, you will be signed out.",
            "Set the password",
        ),
    };
    view! {
        <Title text=title.clone() />
        <Frame around>
            <div class="sign-in">
                <h1>{title}</h1>
                <p>{text}</p>
                <FormProblems refused=refused.clone() title="The password is not set yet" />
                <form class="form" method="post" action=Join::url()>
                    <input type="hidden" name="secret" value=secret />
                    <div class="field">
                        <label for="email">"Your e-mail"</label>
                        <input
                            class="input"
                            id="email"
                            type="email"
                            autocomplete="username"
                            value=link.email
                            readonly
                        />
                    </div>
                    <NewPasswordField
                        state=refused.field("password")
                        label="Password"
                        shortest=link.shortest_password
                    />
                    <p class="actions">
                        <button class="button button--primary">{button}</button>
                    </p>
                </form>
                <p class="muted">
                    "The link works once, until "
                    <time datetime=link.expires_at.to_string()>{absolute(link.expires_at)}</time> "."
                </p>
            </div>
        </Frame>
    }
}

/// That the link has ended, and what to do.
#[component]
pub fn LinkGoneView(around: Surroundings) -> impl IntoView {
    view! {
        <Title text="This link has ended" />
        <Frame around>
            <div class="sign-in">
                <h1>"This link has ended"</h1>
                <p>
                    "It was used, it is too old, or a newer one took its place. Nothing was changed."
                </p>
                <p>
                    "If you have chosen a password with it, sign in. If not, ask an administrator of \
                     Countersign for another link."
                </p>
                <p class="actions">
                    <a class="button button--primary" href="/signin">
                        "Sign in"
                    </a>
                </p>
            </div>
        </Frame>
    }
}
