//! The page that shows recovery codes one time.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use secrecy::ExposeSecret as _;

use super::server_fns::CodesStored;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::{Once, Refused};
use crate::web::islands::CopyButton;
use crate::web::links;
use crate::web::ui::{Banner, Frame, Mood, Tick, loaded};

/// Shows the codes that were just made.
#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let next = links::query().get("next").unwrap_or_default();
    loaded(load(next))
}

async fn load(next: String) -> Result<AnyView, WebError> {
    let person = context::person().await?;
    let codes = context::shown_once().await;
    let around = context::surroundings(Some(&person));
    Ok(view! { <RecoveryCodesView codes next around /> }.into_any())
}

/// The codes, or that they were shown already.
#[component]
pub fn RecoveryCodesView(codes: Option<Once>, next: String, around: Surroundings) -> impl IntoView {
    let content = match codes {
        Some(codes) => shown(&codes, next).into_any(),
        None => gone().into_any(),
    };
    view! {
        <Title text="Recovery codes" />
        <Frame around>
            <div class="sign-in">
                <h1>"Recovery codes"</h1>
                {content}
            </div>
        </Frame>
    }
}

fn shown(codes: &Once, next: String) -> AnyView {
    let lines: Vec<&str> = codes
        .secrets
        .iter()
        .map(|(_, code)| code.expose_secret())
        .collect();
    view! {
        <p>
            "Your second factor is set up. For the day the phone is lost: each of these codes stands in \
             for the app one time. Keep them where you keep your passwords, not on the phone."
        </p>
        <div class="secret" role="group" aria-label="Recovery codes, shown once">
            <p class="secret__label">"Shown this one time"</p>
            <pre class="secret__text secret__text--list" id="codes" tabindex="0" aria-label="Codes">
                {lines.join("\n")}
            </pre>
            <CopyButton target="codes".to_owned() what="the codes".to_owned() />
        </div>
        <form class="form" method="post" action=CodesStored::url()>
            <Tick
                state=Refused::default().field("stored")
                label="I have stored them"
                is_required=true
            />
            <input type="hidden" name="next" value=next />
            <p class="actions">
                <button class="button button--primary">"Go on"</button>
            </p>
        </form>
    }
    .into_any()
}

fn gone() -> AnyView {
    view! {
        <Banner mood=Mood::Information title="These codes were shown already".to_owned()>
            <p>"They are shown one time. If you have not stored them, make new ones in your account."</p>
        </Banner>
        <p class="actions">
            <a class="button button--primary" href="/">
                "Go on"
            </a>
            <a class="button" href="/account">
                "To the account"
            </a>
        </p>
    }
    .into_any()
}
