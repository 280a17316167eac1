//! Inviting a person.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::server_fns::Invite;
use crate::domain::{OrganizationScope, Role};
use crate::web::context::{self, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::ui::{
    Choice, Field, FormProblems, Frame, Input, RadioGroup, StepUpFields, loaded, role_name,
    role_word,
};

/// Takes who is to be invited.
#[component]
pub fn InvitePage() -> impl IntoView {
    loaded(load())
}

async fn load() -> Result<AnyView, WebError> {
    let administrator = context::administrator().await?;
    let refused = context::refused().await;
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(view! { <InviteView refused around viewer /> }.into_any())
}

/// The form.
#[component]
pub fn InviteView(refused: Refused, around: Surroundings, viewer: Viewer) -> impl IntoView {
    view! {
        <Title text="Invite a person" />
        <Frame around>
            <p class="heading__path">
                <a href="/users">"Users"</a>
            </p>
            <h1>"Invite a person"</h1>
            <p>
                "You get a link to hand over, by whatever way you trust. Whoever opens it chooses the \
                 password; Countersign sends nothing by itself."
            </p>
            <FormProblems refused=refused.clone() />
            <form class="form" method="post" action=Invite::url()>
                <Field
                    state=refused.field("name")
                    label="Name"
                    hint="Colleagues see it beside what they decide."
                />
                <Field
                    state=refused.field("email")
                    label="E-mail"
                    input=Input::Address
                    hint="They sign in with it."
                />
                {role_fields(&refused, Role::Technician)}
                {client_fields(&refused, &OrganizationScope::All)}
                <StepUpFields viewer refused=refused.clone() />
                <p class="actions">
                    <button class="button button--primary">"Make the link"</button>
                    <a class="button" href="/users">
                        "Back"
                    </a>
                </p>
            </form>
        </Frame>
    }
}

/// The role.
pub fn role_fields(refused: &Refused, at_first: Role) -> AnyView {
    let choices = [Role::Technician, Role::Administrator, Role::Auditor]
        .map(|role| Choice::new(role.as_str(), role_name(role)).hint(role_word(role)));
    view! {
        <RadioGroup
            state=refused.field_or("role", at_first.as_str())
            legend="Role"
            choices=choices.to_vec()
        />
    }
    .into_any()
}

/// All clients, or those named.
pub fn client_fields(refused: &Refused, at_first: &OrganizationScope) -> AnyView {
    let (kind, ids) = match at_first {
        OrganizationScope::All => ("all", String::new()),
        OrganizationScope::Only(ids) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            ("only", ids.join(", "))
        }
    };
    let choices = vec![
        Choice::new("all", "All clients"),
        Choice::new("only", "Only these").hint(
            "Proposals of other clients are neither seen nor decided. For administrators it does \
             not count.",
        ),
    ];
    view! {
        <RadioGroup state=refused.field_or("clients", kind) legend="Clients" choices />
        <Field
            state=refused.field_or("ids", &ids)
            label="Numbers of the clients"
            hint="The number in the address of an organization in IT Glue, apart by commas."
            is_optional=true
        />
    }
    .into_any()
}
