//! The sign-in page.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::server_fns::SignIn;
use crate::web::context;
use crate::web::links::{Done, Notice};
use crate::web::ui::{Banner, Frame, Mood, ProblemBanner};

/// E-mail and password; afterwards to the page that asked for it.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let next = query.get("next").unwrap_or_default();
    let notice = Notice::read(&query);
    let comes_from_page = next.starts_with("/p/") || next.starts_with("/queue");
    let signed_out = (notice.done == Some(Done::SignedOut)).then(|| {
        view! {
            <Banner mood=Mood::Information title="You are signed out".to_owned()>
                <p>"Your session in this browser has ended."</p>
            </Banner>
        }
    });
    let problem = notice
        .problem
        .map(|error| view! { <ProblemBanner error request_id=notice.request_id /> });
    view! {
        <Title text="Sign in" />
        <Frame around=context::surroundings(None)>
            <div class="sign-in">
                <h1>"Sign in"</h1>
                {signed_out}
                {problem}
                {comes_from_page
                    .then(|| view! { <p>"Afterwards you come to the page you asked for."</p> })}
                <SignInForm next is_refused=notice.problem.is_some() />
            </div>
        </Frame>
    }
}

/// The form itself.
#[component]
pub fn SignInForm(next: String, is_refused: bool) -> impl IntoView {
    let is_invalid = is_refused.then_some("true");
    view! {
        <form class="form" method="post" action=SignIn::url()>
            <div class="field">
                <label for="email">"E-mail"</label>
                <input
                    class="input"
                    id="email"
                    name="email"
                    type="email"
                    autocomplete="username"
                    aria-invalid=is_invalid
                    autofocus
                    required
                />
            </div>
            <div class="field">
                <label for="password">"Password"</label>
                <input
                    class="input"
                    id="password"
                    name="password"
                    type="password"
                    autocomplete="current-password"
                    aria-invalid=is_invalid
                    required
                />
            </div>
            <input type="hidden" name="next" value=next />
            <button class="button button--primary">"Sign in"</button>
        </form>
    }
}
