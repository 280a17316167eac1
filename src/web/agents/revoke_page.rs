//! The confirmation that a token ends now.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::page::{Shown, heading, load, reference_of_page};
use super::server_fns::RevokeToken;
use super::tokens::{Validity, token_facts};
use crate::web::context::TokenDetails;
use crate::web::error::WebError;
use crate::web::links;
use crate::web::ui::{Foreign, FormProblems, Frame, StepUpFields, loaded};

/// Revokes a token.
#[component]
pub fn RevokeTokenPage() -> impl IntoView {
    let reference = reference_of_page();
    let token = token_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        let token = find(&shown, &token)?;
        Ok(view! { <RevokeTokenView shown token /> }.into_any())
    })
}

/// The id of the token in the address.
pub fn token_of_page() -> String {
    let params = use_params_map().get_untracked();
    params.get("token").unwrap_or_default()
}

/// The token of this agent that works and has this id.
pub fn find(shown: &Shown, id: &str) -> Result<TokenDetails, WebError> {
    let is_it = |token: &&TokenDetails| {
        token.id.to_string() == id && Validity::of(token, shown.now).is_live()
    };
    let token = shown.page.tokens.iter().find(is_it);
    token.cloned().ok_or(WebError::NotFound)
}

/// The confirmation: which agent it is, and what waits.
#[component]
pub fn RevokeTokenView(shown: Shown, token: TokenDetails) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let Shown {
        page,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let agent = &page.overview.details.agent;
    let content = view! {
        {head}
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=RevokeToken::url()>
            <h2>"Revoke the token " <code>{token.public_id.clone()}</code></h2>
            {token_facts(&token)}
            <p>
                "The next request of " <span class="agent">
                    <Foreign text=agent.name.clone() />
                </span> " with this token is refused. " {waiting(page.overview.waiting)}
            </p>
            <input type="hidden" name="id" value=agent.id.to_string() />
            <input type="hidden" name="token" value=token.id.to_string() />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--critical">"Revoke the token"</button>
                <a class="button" href=links::agent(agent.id)>
                    "Back without revoking"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("Revoke a token of {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}

/// What becomes of the proposals that wait.
fn waiting(count: u32) -> String {
    match count {
        0 => "No proposal of the agent waits.".to_owned(),
        1 => "1 proposal of the agent waits and goes on waiting: reject it if it is not to be \
              trusted."
            .to_owned(),
        count => format!(
            "{count} proposals of the agent wait and go on waiting: reject them if they are not to \
             be trusted."
        ),
    }
}
