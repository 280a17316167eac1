//! The confirmation of something done with a person's account.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::UserAction;
use super::card::Standing;
use super::server_fns::Act;
use super::user_page::read_id;
use crate::domain::Timestamp;
use crate::web::context::{self, Surroundings, UserOverview, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{Foreign, FormProblems, Frame, StepUpFields, loaded};

/// Confirms one thing to be done with an account.
#[component]
pub fn UserActionPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    loaded(load(params.get("id"), params.get("action")))
}

async fn load(id: Option<String>, action: Option<String>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let id = read_id(id)?;
    let action = action.and_then(|action| action.parse().ok());
    let action: UserAction = action.ok_or(WebError::NotFound)?;
    let handles = context::handles()?;
    let person = handles.admin.user(&administrator, id).await?;
    let now = handles.clock.now();
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <UserActionView person action now refused around viewer /> }.into_any())
}

/// What is about to be done, and what comes of it.
#[component]
pub fn UserActionView(
    person: UserOverview,
    action: UserAction,
    now: Timestamp,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let words = action.words(Standing::of(&person, now));
    let id = person.user.id.to_string();
    let button = if words.is_harsh {
        "button button--critical"
    } else {
        "button button--primary"
    };
    view! {
        <Title text=words.title />
        <Frame around>
            <div class="sign-in">
                <p class="heading__path">
                    <a href=links::user(&id)>
                        <Foreign text=person.user.name.clone() />
                    </a>
                </p>
                <h1>{words.title}</h1>
                <p>
                    <strong>
                        <Foreign text=person.user.name.clone() />
                    </strong>
                    ", "
                    <Foreign text=person.user.email.clone() />
                </p>
                <p>{words.effect}</p>
                <FormProblems refused=refused.clone() />
                <form class="form" method="post" action=Act::url()>
                    <input type="hidden" name="id" value=id.clone() />
                    <input type="hidden" name="action" value=action.as_str() />
                    <StepUpFields viewer refused=refused.clone() />
                    <p class="actions">
                        <button class=button>{words.button}</button>
                        <a class="button" href=links::user(&id)>
                            "Leave it as it is"
                        </a>
                    </p>
                </form>
            </div>
        </Frame>
    }
}
