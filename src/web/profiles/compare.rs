//! Somebody else has changed the profile meanwhile: yours and theirs, side by side.

use leptos::prelude::*;

use super::draft::Draft;
use super::words::{cell_word, column_word, freedom_word};
use crate::domain::{PermissionGroup, Preset};
use crate::policy::{Column, Differences};
use crate::web::context::{ProfileDetails, ProfileOverview};
use crate::web::links;
use crate::web::ui::{Banner, Foreign, Moment, Mood};

/// What differs between a draft and what somebody else saved, and the two ways on.
pub fn compare(draft: &Draft, overview: &ProfileOverview) -> AnyView {
    let saved = &overview.profile;
    let by = overview.changed_by.clone();
    let by = by.unwrap_or_else(|| "somebody else".to_owned());
    let page = links::profile(saved.id);
    let mine = Draft {
        version: saved.version,
        ..draft.clone()
    };
    let over_theirs = mine.address(&page);
    let saved_at = saved.updated_at;
    let differing = differing(draft, saved);
    view! {
        <Banner mood=Mood::Warning title="This profile was changed while you worked on it".to_owned()>
            <p>
                "It was saved "
                <Moment at=saved_at />
                " by "
                <Foreign text=by />
                ". Nothing of yours is lost and nothing of it is saved."
            </p>
            {differing}
            <p class="actions">
                <a class="button button--primary" href=over_theirs>
                    "Go on with mine, over theirs"
                </a>
                <a class="button" href=page>
                    "Take theirs, drop mine"
                </a>
            </p>
        </Banner>
    }
    .into_any()
}

fn differing(draft: &Draft, saved: &ProfileDetails) -> AnyView {
    let changes = draft.changes(saved);
    let mut rows = rows(&changes, draft, saved);
    if draft.name != saved.name {
        let (mine, theirs) = (draft.name.clone(), saved.name.clone());
        let name = view! {
            <tr>
                <th scope="row">"Name"</th>
                <td>
                    <Foreign text=mine />
                </td>
                <td>
                    <Foreign text=theirs />
                </td>
                <td></td>
            </tr>
        };
        rows.insert(0, name.into_any());
    }
    if rows.is_empty() {
        return view! { <p>"They saved just what you have here."</p> }.into_any();
    }
    let number = rows.len();
    view! {
        <table class="differences">
            <caption>{format!("Differences: {number}")}</caption>
            <thead>
                <tr>
                    <th scope="col">"Cell"</th>
                    <th scope="col">"Yours"</th>
                    <th scope="col">"Theirs, saved now"</th>
                    <th scope="col">"Yours would give"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn rows(changes: &Differences, draft: &Draft, saved: &ProfileDetails) -> Vec<AnyView> {
    changes
        .iter()
        .map(|change| {
            let mine = draft.rules.of(change.group);
            let theirs = saved.rules.of(change.group);
            view! {
                <tr>
                    <th scope="row">{cell_name(change.group, change.column)}</th>
                    <td>{cell_word(mine, change.column)}</td>
                    <td>{cell_word(theirs, change.column)}</td>
                    <td>{freedom_word(change.freedom)}</td>
                </tr>
            }
            .into_any()
        })
        .collect()
}

/// `Contacts: Ask before writes`.
pub fn cell_name(group: PermissionGroup, column: Column) -> String {
    format!("{}: {}", group.label(), column_word(column))
}

/// How many cells differ from a preset, in words.
pub fn deviation(draft: &Draft) -> String {
    let preset: Preset = draft.preset;
    let number = crate::policy::differences(&preset.rules(), &draft.rules).count();
    let word = super::words::preset_word(preset);
    match number {
        0 => format!("As in {word}."),
        1 => format!("Starts from {word}; 1 cell differs."),
        number => format!("Starts from {word}; {number} cells differ."),
    }
}
