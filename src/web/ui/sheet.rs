//! Facts side by side, and the word for how something does.

use leptos::prelude::*;

use super::Mood;

/// A list of facts.
#[component]
pub fn Sheet(
    /// Its facts, [`Fact`] each.
    children: Children,
) -> impl IntoView {
    view! { <dl class="sheet">{children()}</dl> }
}

/// One fact.
#[component]
pub fn Fact(
    /// What it is called.
    label: &'static str,
    /// What it is.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="sheet__fact">
            <dt>{label}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// How something does, in a word or two.
#[component]
pub fn StateWord(
    /// How that feels.
    mood: Mood,
    /// The word.
    word: &'static str,
) -> impl IntoView {
    view! {
        <span class="state-word" data-mood=mood.as_str()>
            {word}
        </span>
    }
}
