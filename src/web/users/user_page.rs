//! The page of a person: role and clients, and what can be done with the account.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::UserAction;
use super::card::{Standing, seen};
use super::invite_page::{client_fields, role_fields};
use super::server_fns::Change;
use crate::domain::{Timestamp, UserId};
use crate::web::context::{self, Surroundings, UserOverview, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::{self, Done};
use crate::web::ui::{
    Banner, DoneBanner, Field, Foreign, FormProblems, Frame, Mood, StepUpFields, loaded,
};

/// One person.
#[component]
pub fn UserPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id");
    let done = Done::of_page();
    loaded(load(id, done))
}

async fn load(id: Option<String>, done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let id = read_id(id)?;
    let handles = context::handles()?;
    let person = handles.admin.user(&administrator, id).await?;
    let now = handles.clock.now();
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <UserView person now done refused around viewer /> }.into_any())
}

/// The id in the address of a page.
pub fn read_id(id: Option<String>) -> Result<UserId, WebError> {
    id.and_then(|id| id.parse().ok()).ok_or(WebError::NotFound)
}

/// What they may do, and what can be done with the account.
#[component]
pub fn UserView(
    person: UserOverview,
    now: Timestamp,
    done: Option<Done>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let user = &person.user;
    let is_me = user.id == viewer.id;
    let standing = Standing::of(&person, now);
    let own = is_me.then(|| view! { " " <span class="count">"you"</span> });
    let heading = view! {
        <div class="heading">
            <p class="heading__path">
                <a href="/users">"Users"</a>
            </p>
            <h1>
                <Foreign text=user.name.clone() />
                {own}
            </h1>
            <p class="muted">
                <Foreign text=user.email.clone() />
                ", last seen "
                {seen(user.last_seen_at)}
            </p>
            {standing.view()}
        </div>
    }
    .into_any();
    let title = user.name.clone();
    let actions = actions(&person, standing, is_me);
    let form = change_form(&person, &refused, viewer, is_me);
    view! {
        <Title text=title />
        <Frame around>
            {heading}
            <DoneBanner done />
            <FormProblems refused=refused.clone() />
            <div class="columns">
                <div class="columns__main">{form}</div>
                <div class="columns__side">{actions}</div>
            </div>
        </Frame>
    }
}

fn change_form(person: &UserOverview, refused: &Refused, viewer: Viewer, is_me: bool) -> AnyView {
    let user = &person.user;
    let warning = is_me.then(|| {
        view! {
            <Banner mood=Mood::Information title="This is you".to_owned()>
                <p>"With another role you would lose this page. The last administrator keeps theirs."</p>
            </Banner>
        }
    });
    view! {
        <form class="form card" method="post" action=Change::url()>
            <h2>"What they may do"</h2>
            {warning}
            <input type="hidden" name="id" value=user.id.to_string() />
            <Field state=refused.field_or("name", &user.name) label="Name" />
            {role_fields(refused, user.role)}
            {client_fields(refused, &user.organizations)}
            <p class="muted">"Another role ends their sessions at once."</p>
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--primary">"Save"</button>
            </p>
        </form>
    }
    .into_any()
}

fn actions(person: &UserOverview, standing: Standing, is_me: bool) -> AnyView {
    let user = &person.user;
    let links: Vec<AnyView> =
        UserAction::of(standing, user.factor_since.is_some(), person.sessions)
            .into_iter()
            // Nobody locks themselves out by mistake; the account page has what is one's own.
            .filter(|action| !is_me || *action == UserAction::EndSessions)
            .map(|action| {
                let href = links::user_action(&user.id.to_string(), action.as_str());
                view! {
                    <li>
                        <a class="button" href=href>
                            {action.words(standing).title}
                            "…"
                        </a>
                    </li>
                }
                .into_any()
            })
            .collect();
    let own = is_me.then(|| {
        view! {
            <p>
                "Your own password and second factor are in "
                <a href="/account">"your account"</a>
                "."
            </p>
        }
    });
    view! {
        <section class="card" aria-labelledby="actions">
            <h2 id="actions">"Account"</h2>
            {own}
            <ul class="stack">{links}</ul>
        </section>
    }
    .into_any()
}
