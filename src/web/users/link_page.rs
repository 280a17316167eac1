//! The page that shows the link of a person one time.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::domain::Timestamp;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Once;
use crate::web::ui::{Banner, Frame, Moment, Mood, ShownSecret, loaded};

/// Shows the link that was just made.
#[component]
pub fn UserLinkPage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let link = context::shown_once().await;
    let around = context::surroundings(administrator.person());
    Ok(view! { <UserLinkView link around /> }.into_any())
}

/// The link, or that it was shown already.
#[component]
pub fn UserLinkView(link: Option<Once>, around: Surroundings) -> impl IntoView {
    let content = match link {
        Some(link) => shown(link),
        None => gone(),
    };
    view! {
        <Title text="Link" />
        <Frame around>
            <p class="heading__path">
                <a href="/users">"Users"</a>
            </p>
            {content}
        </Frame>
    }
}

fn shown(link: Once) -> AnyView {
    let fact = |name: &str| link.fact(name).unwrap_or_default().to_owned();
    let is_reset = link.fact("purpose") == Some("reset");
    let (title, effect) = if is_reset {
        (
            format!("Link to reset the password of {}", fact("name")),
            "Whoever opens it chooses another password for this account, and every session of it \
             ends. Until then nothing changes.",
        )
    } else {
        (
            format!("Invitation for {}", fact("name")),
            "Whoever opens it chooses the password for this account. An earlier link no longer \
             works.",
        )
    };
    let until = link
        .fact("until")
        .and_then(|at| at.parse::<Timestamp>().ok());
    let email = fact("email");
    let secret = link.secrets.into_iter().next().map(|(_, secret)| secret);
    view! {
        <h1>{title}</h1>
        <Banner mood=Mood::Warning title="The link is shown this one time".to_owned()>
            <p>
                "Hand it to " {email} " by a way you trust. It works once"
                {until.map(|at| view! { ", until " <Moment at /> })} "."
            </p>
            <p>{effect}</p>
        </Banner>
        {secret.map(|secret| view! { <ShownSecret label="Link" id="link" secret /> })}
        <p class="actions">
            <a class="button button--primary" href="/users">
                "I have it: back to the users"
            </a>
        </p>
    }
    .into_any()
}

fn gone() -> AnyView {
    view! {
        <h1>"This link was shown already"</h1>
        <p>
            "It is shown one time. If it was not handed over, make another one on the page of the \
             person; it takes the place of this one."
        </p>
        <p class="actions">
            <a class="button button--primary" href="/users">
                "Back to the users"
            </a>
        </p>
    }
    .into_any()
}
