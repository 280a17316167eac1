//! A field of a form that looks for something by the address. Nothing has to be in it.

use leptos::prelude::*;

/// A field to look for something by.
#[component]
pub fn SearchField(
    /// The name it is sent by, and the id it has.
    name: &'static str,
    /// What it is for.
    label: &'static str,
    /// What stands in it.
    value: String,
    /// Whether it takes a day.
    #[prop(optional)]
    is_day: bool,
) -> impl IntoView {
    let kind = if is_day { "date" } else { "search" };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type=kind value=value autocomplete="off" />
        </div>
    }
}
