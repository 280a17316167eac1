//! The page of one's own second factor.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use secrecy::SecretString;

use super::server_fns::{Prove, RemoveFactor, RenewCodes, SetFactor};
use crate::web::context::{self, Account, Enroller, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::sign_in::{code_field, enrolment};
use crate::web::ui::{FormProblems, Frame, Moment, StepUpFields, loaded};

/// Sets up, replaces or removes one's second factor. All of it takes a fresh proof first.
#[component]
pub fn AccountFactorPage() -> impl IntoView {
    let replaces = links::query().get_str("replace").is_some();
    loaded(load(replaces))
}

async fn load(replaces: bool) -> Result<AnyView, WebError> {
    let person = context::person().await?;
    let account = context::account(&person).await?;
    let around = context::surroundings(Some(&person));
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    let is_offered = viewer.is_fresh && (replaces || account.factor_since.is_none());
    let offer = if is_offered {
        let offer = context::offer_factor(Enroller::Person(&person)).await?;
        Some((offer.seed, offer.uri))
    } else {
        None
    };
    let refused = context::refused().await;
    Ok(view! { <AccountFactorView account offer refused around viewer /> }.into_any())
}

/// The proof; then what there is, or the seed of a new one.
#[component]
pub fn AccountFactorView(
    account: Account,
    offer: Option<(SecretString, SecretString)>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let content = match offer {
        _ if !viewer.is_fresh => proof_form(viewer, &refused),
        Some((seed, uri)) => enrol_form(&seed, &uri, &refused),
        None => present(&account),
    };
    view! {
        <Title text="Second factor" />
        <Frame around>
            <div class="sign-in">
                <p class="heading__path">
                    <a href="/account">"Account"</a>
                </p>
                <h1>"Second factor"</h1>
                <FormProblems refused=refused.clone() />
                {content}
            </div>
        </Frame>
    }
}

fn proof_form(viewer: Viewer, refused: &Refused) -> AnyView {
    view! {
        <form class="form" method="post" action=Prove::url()>
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Go on"</button>
            </p>
        </form>
    }
    .into_any()
}

fn enrol_form(seed: &SecretString, uri: &SecretString, refused: &Refused) -> AnyView {
    view! {
        <p>
            "With a second factor, a stolen password alone opens nothing. It takes a code app on your \
             phone. What you had before works until you confirm this one."
        </p>
        {enrolment(seed, uri)}
        <form class="form" method="post" action=SetFactor::url()>
            {code_field(refused)}
            <p class="actions">
                <button class="button button--primary">"Confirm"</button>
                <a class="button" href="/account">
                    "Leave it as it is"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn present(account: &Account) -> AnyView {
    let left = match account.recovery_codes_left {
        1 => "1 recovery code is left.".to_owned(),
        count => format!("{count} recovery codes are left."),
    };
    let removal = if account.is_factor_required {
        view! { <p class="muted">"Your role needs a second factor, so it can be replaced but not removed."</p> }
            .into_any()
    } else {
        view! {
            <form class="card" method="post" action=RemoveFactor::url()>
                <h2>"Remove it"</h2>
                <p>"Your password alone will open your account. Everywhere else you are signed out."</p>
                <p class="actions">
                    <button class="button button--critical">"Remove the second factor"</button>
                </p>
            </form>
        }
        .into_any()
    };
    view! {
        {account.factor_since.map(|at| view! { <p>"Set up " <Moment at /> ". " {left}</p> })}
        <section class="card">
            <h2>"Replace it"</h2>
            <p>"For a new phone or another app. Everywhere else you are signed out."</p>
            <p class="actions">
                <a class="button" href="/account/factor?replace=1">
                    "Set up another one"
                </a>
            </p>
        </section>
        <form class="card" method="post" action=RenewCodes::url()>
            <h2>"Recovery codes"</h2>
            <p>"New ones are shown once; those you have now become void."</p>
            <p class="actions">
                <button class="button">"Make new recovery codes"</button>
            </p>
        </form>
        {removal}
    }
    .into_any()
}
