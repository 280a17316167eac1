//! A new token: the form that asks for it, and the page that shows it one time.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use secrecy::{ExposeSecret as _, SecretString};

use super::done::Done;
use super::page::{Shown, heading, load, reference_of_page};
use super::server_fns::MakeToken;
use super::snippets::snippets;
use crate::web::context::{self, DEFAULT_TOKEN_DAYS, LONGEST_TOKEN_DAYS};
use crate::web::handoff::{Once, Refused};
use crate::web::links;
use crate::web::ui::{
    Banner, Field, Foreign, FormProblems, Frame, Input, Mood, ShownSecret, StepUpFields, loaded,
};

/// The name of the secret, and those of the facts beside it.
pub const TOKEN: &str = "token";
/// The part of the token that is no secret.
pub const PUBLIC_ID: &str = "public_id";
/// Until when it works, in words.
pub const EXPIRES: &str = "expires";
/// For how many hours the token works whose place it takes.
pub const OLD_HOURS: &str = "old_hours";

/// Asks for a token.
#[component]
pub fn NewTokenPage() -> impl IntoView {
    let reference = reference_of_page();
    let done = links::stated(&links::query(), Done::ALL);
    loaded(async move {
        let shown = load(&reference, done).await?;
        Ok(view! { <NewTokenView shown /> }.into_any())
    })
}

/// The form.
#[component]
pub fn NewTokenView(shown: Shown) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let Shown {
        page,
        done,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let id = page.overview.details.agent.id;
    let content = view! {
        {head}
        {done.map(Done::banner)}
        <FormProblems refused=refused.clone() />
        <form class="form card" method="post" action=MakeToken::url()>
            <h2>"New token"</h2>
            <input type="hidden" name="id" value=id.to_string() />
            {token_fields(&refused)}
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--primary">"Make the token"</button>
                <a class="button" href=links::agent(id)>
                    "Cancel"
                </a>
            </p>
        </form>
    }
    .into_any();
    view! {
        <Title text=format!("New token for {}", page.overview.details.agent.name) />
        <Frame around>{content}</Frame>
    }
}

fn token_fields(refused: &Refused) -> AnyView {
    view! {
        <Field
            state=refused.field("name")
            label="What for"
            hint="Tells tokens apart, such as the machine it is used on."
            is_optional=true
        />
        <Field
            state=refused.field_or("days", &DEFAULT_TOKEN_DAYS.to_string())
            label="Days"
            hint="How long it works. Short is safer: a token can be rotated without a gap."
            input=Input::Number(1, LONGEST_TOKEN_DAYS)
        />
        <Field
            state=refused.field("addresses")
            label="May come from"
            hint="Addresses or ranges, such as 203.0.113.0/24, with commas between them. Left \
                  empty, it works from anywhere."
            input=Input::Lines(2)
            is_optional=true
        />
    }
    .into_any()
}

/// Shows a token that was just made, one time.
#[component]
pub fn TokenMadePage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        let once = context::shown_once().await;
        let token = Made::read(once);
        Ok(view! { <TokenMadeView shown token /> }.into_any())
    })
}

/// A token that was just made.
#[derive(Debug)]
pub struct Made {
    secret: SecretString,
    public_id: String,
    expires: String,
    old_hours: Option<String>,
}

impl Made {
    /// From what was kept for this page; nothing if it was shown before.
    pub fn read(once: Option<Once>) -> Option<Self> {
        let mut once = once?;
        let fact = |name| once.fact(name).map(ToOwned::to_owned);
        let (public_id, expires, old_hours) = (fact(PUBLIC_ID)?, fact(EXPIRES)?, fact(OLD_HOURS));
        let position = once.secrets.iter().position(|(name, _)| name == TOKEN)?;
        let (_, secret) = once.secrets.swap_remove(position);
        Some(Self {
            secret,
            public_id,
            expires,
            old_hours,
        })
    }
}

/// The token, or that it was shown before.
#[component]
pub fn TokenMadeView(shown: Shown, token: Option<Made>) -> impl IntoView {
    let head = heading(&shown.page.overview, shown.now);
    let Shown {
        page,
        around,
        address,
        ..
    } = shown;
    let id = page.overview.details.agent.id;
    let content = match token {
        Some(token) => made(&token, &address),
        None => shown_before(),
    };
    view! {
        <Title text=format!("A token for {}", page.overview.details.agent.name) />
        <Frame around>
            {head}
            {content}
            <p class="actions">
                <a class="button button--primary" href=links::agent(id)>
                    "I have stored it"
                </a>
            </p>
        </Frame>
    }
}

fn made(token: &Made, address: &str) -> AnyView {
    let old = token.old_hours.as_deref().map(|hours| {
        let text = match hours {
            "0" => "The token whose place it takes has ended.".to_owned(),
            "1" => "The token whose place it takes goes on for 1 hour at most.".to_owned(),
            hours => format!("The token whose place it takes goes on for {hours} hours at most."),
        };
        view! { <p>{text}</p> }
    });
    view! {
        <Banner mood=Mood::Warning title="Store this token now".to_owned()>
            <p>
                "It is shown this one time. Only its fingerprint is kept, so nobody can look it up \
                 again."
            </p>
        </Banner>
        <section class="card" aria-labelledby="made">
            <h2 id="made">"The new token"</h2>
            <ShownSecret label="Token" id="token" secret=token.secret.clone() />
            <p class="muted">
                "It is listed as " <code>{token.public_id.clone()}</code> " and works until "
                <Foreign text=token.expires.clone() /> "."
            </p>
            {old}
        </section>
        <section class="card" aria-labelledby="asks">
            <h2 id="asks">"How the agent asks"</h2>
            {snippets(address, token.secret.expose_secret())}
        </section>
    }
    .into_any()
}

fn shown_before() -> AnyView {
    view! {
        <Banner mood=Mood::Information title="A token is shown one time".to_owned()>
            <p>
                "This page has shown it already, or ten minutes have passed. If nobody stored it, \
                 revoke the token and make another one: both stand on the page of the agent."
            </p>
        </Banner>
    }
    .into_any()
}
