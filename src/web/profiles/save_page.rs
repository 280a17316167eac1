//! The confirmation of a change that gives agents more freedom: what it is, why, and who says so.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

use super::compare::cell_name;
use super::draft::Draft;
use super::page::{heading, reference_of_page};
use super::server_fns::{SaveProfile, typed_field};
use super::words::{cell_word, freedom_word};
use crate::policy::Differences;
use crate::web::context::{self, ProfileDetails, ProfileOverview, Surroundings, Viewer};
use crate::web::error::WebError;
use crate::web::handoff::Refused;
use crate::web::links;
use crate::web::proposal::count;
use crate::web::ui::{Field, FormProblems, Frame, Input, StepUpFields, loaded};

/// Confirms a change of a profile.
#[component]
pub fn SaveProfilePage() -> impl IntoView {
    let reference = reference_of_page();
    let query = links::query();
    loaded(async move {
        let shown = load(&reference, &query).await?;
        Ok(view! { <Confirmation shown /> }.into_any())
    })
}

/// What the confirmation shows.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// The profile as it is saved, and who uses it.
    pub overview: ProfileOverview,
    /// What it would be.
    pub draft: Draft,
    /// What the form held before.
    pub refused: Refused,
    /// What is shown around it.
    pub around: Surroundings,
    /// Who says so.
    pub viewer: Viewer,
}

async fn load(reference: &str, query: &ParamsMap) -> Result<Confirmed, WebError> {
    let administrator = context::administrator().await?;
    let overview = context::profile(&administrator, reference).await?;
    let draft = Draft::read(query).unwrap_or_else(|| Draft::of(&overview.profile));
    let around = context::surroundings(administrator.person());
    let viewer = around.viewer.clone().ok_or(WebError::SignedOut)?;
    Ok(Confirmed {
        overview,
        draft,
        refused: context::refused().await,
        around,
        viewer,
    })
}

/// The confirmation, or the way back if there is nothing to confirm.
#[component]
pub fn Confirmation(shown: Confirmed) -> impl IntoView {
    let Confirmed {
        overview,
        draft,
        refused,
        around,
        viewer,
    } = shown;
    let saved = &overview.profile;
    let changes = draft.changes(saved);
    let is_current = draft.version == saved.version;
    let form = if is_current && !draft.is_saved(saved) {
        form(&overview, &draft, &changes, refused.clone(), viewer)
    } else {
        view! {
            <p>
                "This draft cannot be saved as it is. "
                <a href=draft.address(&links::profile(saved.id))>"See how it stands"</a>
            </p>
        }
        .into_any()
    };
    let content = view! {
        {heading(&overview, &draft)}
        <FormProblems refused />
        {form}
    }
    .into_any();
    view! {
        <Title text=format!("Save profile {}", saved.name) />
        <Frame around>{content}</Frame>
    }
}

fn form(
    overview: &ProfileOverview,
    draft: &Draft,
    changes: &Differences,
    refused: Refused,
    viewer: Viewer,
) -> AnyView {
    let saved = &overview.profile;
    let freedom = changes
        .gives_more()
        .then(|| freedom_fields(changes, &refused, viewer));
    let button = if changes.gives_more() {
        "Save and give more freedom"
    } else {
        "Save"
    };
    let held = match overview.agents.len() {
        0 => "No agent uses this profile yet.".to_owned(),
        number => format!(
            "It holds for {} from their next request on.",
            count(number, "agent", "agents")
        ),
    };
    view! {
        <form class="form" method="post" action=SaveProfile::url()>
            <input type="hidden" name="id" value=saved.id.to_string() />
            <input type="hidden" name="is_confirmed" value="true" />
            {draft.hidden_fields()}
            {table(changes, draft, saved)}
            <p>{held}</p>
            {freedom}
            <p class="actions">
                <button class="button button--primary">{button}</button>
                <a class="button" href=draft.address(&links::profile(saved.id))>
                    "Back to the draft"
                </a>
            </p>
        </form>
    }
    .into_any()
}

fn table(changes: &Differences, draft: &Draft, saved: &ProfileDetails) -> AnyView {
    let rows = changes.iter().map(|change| {
        let before = cell_word(saved.rules.of(change.group), change.column);
        let after = cell_word(draft.rules.of(change.group), change.column);
        view! {
            <tr data-freedom=change.freedom.as_str()>
                <th scope="row">{cell_name(change.group, change.column)}</th>
                <td>{before}</td>
                <td>{after}</td>
                <td class="freedom">{freedom_word(change.freedom)}</td>
            </tr>
        }
    });
    view! {
        <table class="differences">
            <caption>"What changes"</caption>
            <thead>
                <tr>
                    <th scope="col">"Cell"</th>
                    <th scope="col">"Saved"</th>
                    <th scope="col">"New"</th>
                    <th scope="col">"For agents"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// The reason, the names of the groups in which deletes become possible, and the proof.
fn freedom_fields(changes: &Differences, refused: &Refused, viewer: Viewer) -> AnyView {
    let names: Vec<AnyView> = changes
        .opened_deletes()
        .into_iter()
        .map(|group| {
            let label = format!("Type “{}” to allow deletes there", group.label());
            view! {
                <Field
                    state=refused.field(&typed_field(group))
                    label
                    hint="Upper and lower case do not matter."
                />
            }
            .into_any()
        })
        .collect();
    view! {
        <Field
            state=refused.field("reason")
            label="Reason"
            input=Input::Lines(3)
            hint="Why agents get more freedom. It is kept in the audit with your name."
        />
        {names}
        <StepUpFields viewer refused=refused.clone() />
    }
    .into_any()
}
