//! The confirmation that a connection goes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::page::{Shown, heading, in_the_way, load, reference_of_page};
use super::server_fns::RemoveConnection;
use crate::domain::ConnectionId;
use crate::web::context::Viewer;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::ui::{FormProblems, Frame, StepUpFields, loaded};

/// Removes a connection.
#[component]
pub fn RemoveConnectionPage() -> impl IntoView {
    let reference = reference_of_page();
    loaded(async move {
        let shown = load(&reference, None).await?;
        Ok(view! { <RemoveConnectionView shown /> }.into_any())
    })
}

/// The confirmation, or what keeps it from being removed.
#[component]
pub fn RemoveConnectionView(shown: Shown) -> impl IntoView {
    let Shown {
        overview,
        refused,
        around,
        viewer,
        ..
    } = shown;
    let id = overview.connection.id;
    let form = match in_the_way(&overview) {
        Some(obstacle) => view! {
            <div class="card">
                <p>{obstacle}</p>
                <p>
                    <a class="button" href=links::connection(id)>
                        "Back to the connection"
                    </a>
                </p>
            </div>
        }
        .into_any(),
        None => remove_form(id, refused.clone(), viewer),
    };
    let content = view! {
        {heading(&overview)}
        <FormProblems refused />
        {form}
    }
    .into_any();
    view! {
        <Title text=format!("Remove {}", overview.connection.name) />
        <Frame around>{content}</Frame>
    }
}

fn remove_form(id: ConnectionId, refused: Refused, viewer: Viewer) -> AnyView {
    view! {
        <form class="form card" method="post" action=RemoveConnection::url()>
            <h2>"Remove the connection"</h2>
            <p>
                "Its key is erased here. What was proposed and written over it stays in the \
                 history. The key itself lives on in IT Glue: revoke it there."
            </p>
            <input type="hidden" name="id" value=id.to_string() />
            <StepUpFields viewer refused />
            <p class="actions">
                <button class="button button--critical">"Remove the connection"</button>
                <a class="button" href=links::connection(id)>
                    "Back without removing"
                </a>
            </p>
        </form>
    }
    .into_any()
}
