//! A new token in the place of an old one, both working for a while.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::page::{Shown, heading, load, reference_of_page};
use super::revoke_page::{find, token_of_page};
use super::server_fns::RotateToken;
use super::tokens::token_facts;
use crate::web::context::{LONGEST_OVERLAP_HOURS, TokenDetails};
use crate::web::links;
use crate::web::ui::{Field, FormProblems, Frame, Input, StepUpFields, loaded};

/// Long enough to reach every machine an agent runs on.
const USUAL_HOURS: &str = "24";

/// Rotates a token.
#[component]
pub fn RotateTokenPage() -> impl IntoView {
    let reference = reference_of_page();
    let token = token_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        let token = find(&shown, &token)?;
        Ok(view! { <RotateTokenView shown token /> }.into_any())
    })
}

/// The form.
#[component]
pub fn RotateTokenView(shown: Shown, token: TokenDetails) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let Shown {
        page,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let agent = page.overview.details.agent.id;
    let content = view! {
        {head}
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=RotateToken::url()>
            <h2>"Rotate the token " <code>{token.public_id.clone()}</code></h2>
            {token_facts(&token)}
            <p>
                "A new token is made for the same, shown once, and works at once. The old one goes \
                 on for a while, so that the agent is never without."
            </p>
            <input type="hidden" name="id" value=agent.to_string() />
            <input type="hidden" name="token" value=token.id.to_string() />
            <Field
                state=refused.field_or("overlap_hours", USUAL_HOURS)
                label="Hours the old one goes on"
                hint="0 ends it at once."
                input=Input::Number(0, LONGEST_OVERLAP_HOURS)
            />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Make the new token"</button>
                <a class="button" href=links::agent(agent)>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("Rotate a token of {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}
