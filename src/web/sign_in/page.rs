//! The sign-in page.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::SignIn;
use crate::web::context::{self, Surroundings};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::{self, Done};
use crate::web::ui::{Banner, Field, FormProblems, Frame, Input, Mood, loaded};

/// E-mail and password; afterwards to the page that asked for it.
#[component]
pub fn SignInPage() -> impl IntoView {
    let next = links::query().get("next").unwrap_or_default();
    let done = Done::of_page();
    loaded(load(next, done))
}

async fn load(next: String, done: Option<Done>) -> Result<AnyView, WebError> {
    let arrival = if done == Some(Done::SignedOut) {
        Arrival::SignedOut
    } else if !context::is_set_up().await? {
        Arrival::NotSetUp
    } else if context::had_session() && !next.is_empty() {
        Arrival::Ended
    } else {
        Arrival::Plain
    };
    let refused = context::refused().await;
    let around = context::surroundings(None);
    Ok(view! { <SignInView next arrival refused around /> }.into_any())
}

/// How somebody comes to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// To sign in.
    Plain,
    /// They have just signed out.
    SignedOut,
    /// Their session has ended while they were at something.
    Ended,
    /// Nobody can sign in yet.
    NotSetUp,
}

impl Arrival {
    fn banner(self) -> Option<AnyView> {
        let (title, text) = match self {
            Self::Plain => return None,
            Self::SignedOut => (
                "You are signed out",
                "Your session in this browser has ended.",
            ),
            Self::Ended => (
                "Your session has ended",
                "Sign in again; you come back to where you were, with what you typed.",
            ),
            Self::NotSetUp => (
                "Countersign is not set up yet",
                "There is no administrator, so nobody can sign in.",
            ),
        };
        let set_up = (self == Self::NotSetUp).then(|| {
            view! {
                <p>
                    <a href="/setup">"Set it up"</a>
                </p>
            }
        });
        let view = view! {
            <Banner mood=Mood::Information title=title.to_owned()>
                <p>{text}</p>
                {set_up}
            </Banner>
        };
        Some(view.into_any())
    }
}

/// The form, and why one is here.
#[component]
pub fn SignInView(
    next: String,
    arrival: Arrival,
    refused: Refused,
    around: Surroundings,
) -> impl IntoView {
    let comes_from_page =
        arrival == Arrival::Plain && (next.starts_with("/p/") || next.starts_with("/queue"));
    view! {
        <Title text="Sign in" />
        <Frame around>
            <div class="sign-in">
                <h1>"Sign in"</h1>
                {arrival.banner()}
                <FormProblems refused=refused.clone() title="You are not signed in" />
                {comes_from_page
                    .then(|| view! { <p>"Afterwards you come to the page you asked for."</p> })}
                <form class="form" method="post" action=SignIn::url()>
                    <Field
                        state=refused.field("email")
                        label="E-mail"
                        input=Input::Email
                        has_focus=true
                    />
                    <Field
                        state=refused.field("password")
                        label="Password"
                        input=Input::Password
                    />
                    <input type="hidden" name="next" value=next />
                    <p class="actions">
                        <button class="button button--primary">"Sign in"</button>
                    </p>
                </form>
                <p class="muted">
                    "Password forgotten? An administrator can give you a link to choose another one."
                </p>
            </div>
        </Frame>
    }
}
