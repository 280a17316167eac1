//! What has not been saved yet, and saving it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::draft::Draft;
use super::server_fns::SaveProfile;
use crate::web::context::ProfileDetails;
use crate::web::links;

/// How many changes there are, whether they give more freedom, and what can be done with them.
pub fn bar(draft: &Draft, saved: &ProfileDetails) -> AnyView {
    let differences = draft.changes(saved);
    let is_renamed = draft.name != saved.name;
    let changes = differences.count() + usize::from(is_renamed);
    let gives_more = differences.gives_more();
    let words = match (changes, gives_more) {
        (0, _) => "Nothing is changed so far.".to_owned(),
        (1, true) => "1 change, not saved, and it gives more freedom.".to_owned(),
        (1, false) => "1 change, not saved. It gives no more freedom.".to_owned(),
        (changes, true) => format!("{changes} changes, not saved, and they give more freedom."),
        (changes, false) => format!("{changes} changes, not saved. They give no more freedom."),
    };
    let note = if gives_more {
        "Saving asks for a reason and for a proof of who you are."
    } else {
        "More freedom for agents would ask for a reason and a proof of who you are."
    };
    let discard = (changes > 0).then(|| {
        view! {
            <a class="button" href=links::profile(saved.id)>
                "Discard"
            </a>
        }
    });
    view! {
        <section class="bar" aria-label="Changes">
            <p data-freedom=if gives_more { "more" } else { "same" } class="draft-state">
                <strong>{words}</strong>
                " "
                <span class="bar__note">{note}</span>
            </p>
            <p class="actions">
                <button
                    class="button button--primary"
                    formmethod="post"
                    formaction=SaveProfile::url()
                >
                    "Save …"
                </button>
                {discard}
            </p>
        </section>
    }
    .into_any()
}
