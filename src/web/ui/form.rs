//! What stands around the fields of a form: what is wrong on top, the proof at the end.

use leptos::prelude::*;

use super::banner::{Banner, Mood};
use super::field::{Field, FieldState, Input};
use crate::web::context::{ProofKind, Viewer};
use crate::web::forms::PROOF;
use crate::web::handoff::Refused;

/// Why the form that led here was not carried out, with a way to each field that is wrong. Nothing,
/// if none led here.
#[component]
pub fn FormProblems(
    /// What the form held.
    refused: Refused,
    /// What did not happen.
    #[prop(optional, into, default = "This was not done".to_owned())]
    title: String,
) -> impl IntoView {
    let Refused {
        errors, general, ..
    } = refused;
    if errors.is_empty() && general.is_none() {
        return None;
    }
    let list = (!errors.is_empty()).then(|| {
        let links = errors.into_iter().map(|(field, error)| {
            view! {
                <li>
                    <a href=format!("#{field}")>{error}</a>
                </li>
            }
        });
        view! { <ul class="banner__list">{links.collect_view()}</ul> }
    });
    let view = view! {
        <Banner mood=Mood::Critical title>
            {general.map(|general| view! { <p>{general}</p> })} {list}
        </Banner>
    };
    Some(view)
}

/// The proof of who one is, where the last one is too old: the code, or the password of a person
/// without a second factor. Its name is `proof`; nothing is shown while the last one is fresh.
#[component]
pub fn StepUpFields(
    /// Who.
    viewer: Viewer,
    /// What the form held.
    refused: Refused,
) -> impl IntoView {
    if viewer.is_fresh {
        return None;
    }
    let (label, input, hint) = match viewer.proof {
        ProofKind::Password => (
            "Your password",
            Input::Password,
            "This takes a proof of who you are, at most five minutes old.",
        ),
        ProofKind::Code => (
            "Your code",
            Input::Code,
            "This takes a proof of who you are, at most five minutes old: six digits from your \
             code app, or a recovery code.",
        ),
    };
    Some(view! { <Field state=refused.field(PROOF) label input hint /> })
}

/// A password to be chosen: the rules are said beforehand, every reason against one beside it.
#[component]
pub fn NewPasswordField(
    /// Its name and what is wrong with it.
    state: FieldState,
    /// Whose it is.
    #[prop(into)]
    label: String,
    /// How many characters it needs at least.
    shortest: u8,
) -> impl IntoView {
    let hint = format!(
        "At least {shortest} characters, any you like; a few words are good. Not your name or \
         address, not the word countersign, and none that everybody would guess."
    );
    view! { <Field state label input=Input::NewPassword hint /> }
}
