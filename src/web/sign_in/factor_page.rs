//! Setting up a second factor, where the sign-in asks for one.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use secrecy::{ExposeSecret as _, SecretString};

use super::server_fns::{ConfirmFactor, SignOut};
use crate::domain::SignInStage;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::set_up::{Step, steps};
use crate::web::ui::{Field, FormProblems, Frame, Input, QrCode, loaded};

/// The seed to scan, and the code that proves that it was.
#[component]
pub fn FactorPage() -> impl IntoView {
    let next = links::query().get("next").unwrap_or_default();
    loaded(load(next))
}

async fn load(next: String) -> Result<AnyView, WebError> {
    let unfinished = match context::unfinished().await {
        Ok(unfinished) if unfinished.stage() == SignInStage::Code => {
            context::go(&links::sign_in_code(&next));
            return Ok(().into_any());
        }
        Ok(unfinished) => unfinished,
        Err(WebError::SignedOut) => return super::page_without_sign_in(&next).await,
        Err(error) => return Err(error),
    };
    let offer = context::offer_factor(context::Enroller::Unfinished(&unfinished)).await?;
    let refused = context::refused().await;
    let around = context::surroundings(None);
    let (seed, uri) = (offer.seed, offer.uri);
    Ok(view! { <FactorView seed uri next refused around /> }.into_any())
}

/// Why a second factor, and how to set it up.
#[component]
pub fn FactorView(
    seed: SecretString,
    uri: SecretString,
    next: String,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    let is_set_up = next.starts_with("/setup");
    let list = is_set_up.then(|| steps(Step::Factor, &[Step::Administrator], &around));
    view! {
        <Title text="Set up your second factor" />
        <Frame around>
            <div class=if is_set_up { "set-up" } else { "sign-in" }>
                {list}
                <div class="set-up__main">
                    <h1>"Set up your second factor"</h1>
                    <p>
                        "Your role needs one: with it, a stolen password alone opens nothing. It takes \
                         a code app on your phone, such as the one your password manager has."
                    </p>
                    <FormProblems refused=refused.clone() title="The second factor is not set up yet" />
                    {enrolment(&seed, &uri)}
                    <form class="form" method="post" action=ConfirmFactor::url()>
                        {code_field(&refused)}
                        <input type="hidden" name="next" value=next />
                        <p class="actions">
                            <button class="button button--primary">"Confirm"</button>
                        </p>
                    </form>
                    <form method="post" action=SignOut::url()>
                        <button class="button">"Not now: sign out"</button>
                    </form>
                </div>
            </div>
        </Frame>
    }
}

/// The field for the first code of a new app.
pub fn code_field(refused: &Refused) -> AnyView {
    view! {
        <Field
            state=refused.field("code")
            label="The code that the app shows now"
            input=Input::Code
            hint="Six digits. It shows that the app and Countersign agree."
        />
    }
    .into_any()
}

/// The seed three ways: to scan, to tap, to type.
pub fn enrolment(seed: &SecretString, uri: &SecretString) -> AnyView {
    view! {
        <div class="enrolment">
            <QrCode text=uri.clone() label="The seed as a code to scan" />
            <div class="enrolment__text">
                <p>"Scan this with the app."</p>
                <p>
                    <a href=uri.expose_secret().to_owned()>"Or open it in an app on this device"</a>
                </p>
                <p>"Or type it there:"</p>
                <pre class="enrolment__seed" tabindex="0" aria-label="Seed">
                    {in_groups(seed.expose_secret())}
                </pre>
                <p class="muted">"Time-based, SHA-1, 6 digits, 30 seconds."</p>
            </div>
        </div>
    }
    .into_any()
}

/// Four letters at a time, as one reads them out.
fn in_groups(seed: &str) -> String {
    let letters: Vec<char> = seed.chars().filter(|c| !c.is_whitespace()).collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::in_groups;

    #[test]
    fn a_seed_is_read_out_in_fours() {
        assert_eq!(in_groups("JBSWY3DPEHPK3PXP7"), "JBSW Y3DP EHPK 3PXP 7");
    }
}
