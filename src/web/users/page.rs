//! The list of people.

use leptos::prelude::*;
use leptos_meta::Title;

use super::card::entry;
use crate::domain::{Role, Timestamp};
use crate::web::context::{self, Surroundings, UserOverview, Viewer};
use crate::web::error::WebError;
use crate::web::links::Done;
use crate::web::ui::{Banner, DoneBanner, Frame, Mood, loaded};

/// Everybody.
#[component]
pub fn UsersPage() -> impl IntoView {
    let done = Done::of_page();
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let handles = context::handles()?;
    let people = handles.admin.users(&administrator).await?;
    let now = handles.clock.now();
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <UsersView people now done around viewer /> }.into_any())
}

/// The list, and what is missing in it.
#[component]
pub fn UsersView(
    people: Vec<UserOverview>,
    now: Timestamp,
    done: Option<Done>,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let gap = gap(&people);
    let entries: Vec<AnyView> = people
        .iter()
        .map(|person| entry(person, viewer.id, now))
        .collect();
    view! {
        <Title text="Users" />
        <Frame around>
            <div class="toolbar">
                <h1>"Users"</h1>
                <a class="button button--primary" href="/users/invite">
                    "Invite a person"
                </a>
            </div>
            <DoneBanner done />
            {gap}
            <ul class="entries">{entries}</ul>
        </Frame>
    }
}

/// What a team should have and does not.
fn gap(people: &[UserOverview]) -> Option<AnyView> {
    let may_act =
        |person: &&UserOverview| person.user.disabled_at.is_none() && person.invitation.is_none();
    let deciders = people
        .iter()
        .filter(may_act)
        .filter(|person| person.user.role.may_decide())
        .count();
    let administrators = people
        .iter()
        .filter(may_act)
        .filter(|person| person.user.role == Role::Administrator)
        .count();
    let (title, text) = if people.len() == 1 {
        (
            "Only you",
            "Invite a second person, so that critical changes can have two: whoever answers for an \
             agent should not be the one who decides its critical proposals.",
        )
    } else if deciders < 2 {
        (
            "One person decides",
            "Nobody else can decide yet, so critical proposals have no second pair of eyes.",
        )
    } else if administrators < 2 {
        (
            "One administrator",
            "If their phone is lost, only the operator of the server can let them in again. A \
             second administrator can.",
        )
    } else {
        return None;
    };
    let view = view! {
        <Banner mood=Mood::Information title=title.to_owned()>
            <p>{text}</p>
        </Banner>
    };
    Some(view.into_any())
}
