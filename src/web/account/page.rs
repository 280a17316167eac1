//! The page of one's own account.

use leptos::prelude::*;
use leptos_meta::Title;

use super::parts::{display_card, factor_card, name_form, password_form, sessions_card};
use super::tokens::tokens_card;
use crate::web::context::{self, Account, Surroundings, TokenDetails};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::ui::{DoneBanner, FormProblems, Frame, loaded};

/// What a person may change of their own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let done = Done::of_page();
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let person = context::person().await?;
    let account = context::account(&person).await?;
    let tokens = context::own_tokens(&person).await?;
    let refused = context::refused().await;
    let around = context::surroundings(Some(&person));
    Ok(view! { <AccountView account tokens refused done around /> }.into_any())
}

/// The account, part by part; each is a form of its own.
#[component]
pub fn AccountView(
    account: Account,
    tokens: Vec<TokenDetails>,
    refused: Refused,
    done: Option<Done>,
    around: Surroundings,
) -> impl IntoView {
    let preferences = around.preferences;
    view! {
        <Title text="Account" />
        <Frame around>
            <h1>"Account"</h1>
            <DoneBanner done />
            <FormProblems refused=refused.clone() />
            <div class="cards">
                {name_form(&account, &refused)} {password_form(&account, &refused)}
                {factor_card(&account)} {display_card(preferences)}
            </div>
            {sessions_card(&account)}
            {tokens_card(&tokens)}
        </Frame>
    }
}
