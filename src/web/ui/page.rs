//! Loading a page: its content, or the page that says why there is none.

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::Title;

use super::Frame;
use crate::web::error::WebError;
use crate::web::{context, links};

/// The page once it is loaded. A person who is not signed in is sent there, and comes back.
pub fn loaded(
    page: impl Future<Output = Result<AnyView, WebError>> + Send + 'static,
) -> impl IntoView {
    Suspend::new(async move {
        context::prepare().await;
        match page.await {
            Ok(view) => view,
            Err(WebError::SignedOut) => {
                context::go(&links::sign_in(&context::path()));
                ().into_any()
            }
            Err(WebError::CodeDue) => {
                context::go(&links::sign_in_code(&context::path()));
                ().into_any()
            }
            Err(WebError::EnrolmentDue) => {
                context::go(&links::sign_in_factor(&context::path()));
                ().into_any()
            }
            Err(error) => {
                context::answer_with(error);
                let person = context::person().await.ok();
                let around = context::surroundings(person.as_ref());
                view! { <ErrorPage error around /> }.into_any()
            }
        }
    })
}

#[component]
fn ErrorPage(error: WebError, around: context::Surroundings) -> impl IntoView {
    let wording = error.wording();
    let again = around.path.clone();
    view! {
        <Title text=wording.title />
        <Frame around>
            <h1>{wording.title}</h1>
            <p>{wording.meaning}</p>
            <p>{wording.next}</p>
            {context::request_id().map(|id| view! { <p>"Request id: " <code>{id}</code></p> })}
            <p class="actions">
                <a class="button" href=again>"Try again"</a>
                <a class="button" href="/queue">"Go to the queue"</a>
            </p>
        </Frame>
    }
}
