//! The page on which an administrator accepts a restored database.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::AcceptRestore;
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links::Done;
use crate::web::ui::{DoneBanner, FormProblems, Frame, StepUpFields, loaded};

/// Confirms once that the restored database is the truth from now on.
#[component]
pub fn RestorePage() -> impl IntoView {
    let done = Done::of_page();
    loaded(load(done))
}

async fn load(done: Option<Done>) -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let sign = context::restore_sign(&administrator).await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <RestoreView sign done refused around viewer /> }.into_any())
}

/// Why nothing is sent and what accepting means, or that nothing is held back.
#[component]
pub fn RestoreView(
    /// How it was noticed; none if nothing is held back.
    sign: Option<String>,
    done: Option<Done>,
    refused: Refused,
    around: Surroundings,
    viewer: Viewer,
) -> impl IntoView {
    let (title, content) = match sign {
        Some(sign) => (
            "The database was restored from a backup",
            accept_form(&sign, &refused, viewer),
        ),
        None => (
            "Nothing is held back",
            view! {
                <p>
                    "The database is not older than what was sent from it. "
                    <a href="/queue">"To the queue"</a>
                </p>
            }
            .into_any(),
        ),
    };
    view! {
        <Title text=title />
        <Frame around>
            <div class="sign-in">
                <h1>{title}</h1>
                <DoneBanner done />
                <FormProblems refused=refused.clone() />
                {content}
            </div>
        </Frame>
    }
}

fn accept_form(sign: &str, refused: &Refused, viewer: Viewer) -> AnyView {
    view! {
        <p>
            "A backup shows as waiting what was written since. So nothing is sent to IT Glue until \
             somebody answers for it. How it was noticed: "
            {sign.to_owned()}
            "."
        </p>
        <h2>"What follows if you accept it"</h2>
        <ul class="banner__list">
            <li>
                "Every approved write that waits may have been sent already: IT Glue is read to find \
                 out. What shows there is applied, and is not sent again."
            </li>
            <li>
                "A create that cannot be found ends with a person, and none is sent by itself. Of several \
                 that look alike, a person is asked about one after the other, because reading cannot \
                 tell which is which."
            </li>
            <li>
                "Creates that wait for a decision are marked: they may exist already. Nothing that was \
                 approved can be undone any more."
            </li>
        </ul>
        <p>
            "If this is the wrong file, stop the server and put the right one back instead. Accepting \
             cannot be taken back."
        </p>
        <form class="form" method="post" action=AcceptRestore::url()>
            <StepUpFields viewer refused=refused.clone() />
            <p class="actions">
                <button class="button button--critical">"Accept the restored database"</button>
                <a class="button" href="/queue">
                    "Leave everything held back"
                </a>
            </p>
        </form>
    }
    .into_any()
}
