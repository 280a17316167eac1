//! Choosing: one of several, yes or no.

use leptos::prelude::*;

use super::field::FieldState;

/// One of the things to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
    /// What it means.
    pub hint: Option<String>,
}

impl Choice {
    /// One that its label explains.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
        }
    }

    /// What it means.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// One of several, all in sight. The state's value is what is chosen; nothing, if none is it.
#[component]
pub fn RadioGroup(
    /// Its name, what is chosen and what is wrong with it.
    state: FieldState,
    /// What is being chosen.
    #[prop(into)]
    legend: String,
    /// What there is to choose from.
    choices: Vec<Choice>,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let hint_text = state.hint(hint.as_deref());
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let is_on = choice.value == state.value;
            radio(&state.name, choice, is_on)
        })
        .collect();
    view! {
        <fieldset
            class="choices"
            id=state.name.clone()
            aria-describedby=state.described_by(hint.is_some())
            aria-invalid=state.invalid()
        >
            <legend>{legend}</legend>
            {hint_text}
            {options}
            {state.error_text()}
        </fieldset>
    }
}

/// Yes or no: sent as `true` if ticked, not at all if not.
#[component]
pub fn Tick(
    /// Its name, and `true` if it is ticked.
    state: FieldState,
    /// What is ticked.
    #[prop(into)]
    label: String,
    /// What it means.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether the form cannot be sent without it.
    #[prop(optional)]
    is_required: bool,
) -> impl IntoView {
    let hint_text = state.hint(hint.as_deref());
    view! {
        <div class="field">
            <label class="choice">
                <input
                    type="checkbox"
                    id=state.name.clone()
                    name=state.name.clone()
                    value="true"
                    checked=state.value == "true"
                    aria-describedby=state.described_by(hint.is_some())
                    aria-invalid=state.invalid()
                    required=is_required
                />
                <span>{label}</span>
            </label>
            {hint_text}
            {state.error_text()}
        </div>
    }
}

/// One of many, folded.
#[component]
pub fn Select(
    /// Its name, what is chosen and what is wrong with it.
    state: FieldState,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// What there is to choose from.
    choices: Vec<Choice>,
    /// What to know before choosing.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let hint_text = state.hint(hint.as_deref());
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let is_on = choice.value == state.value;
            view! {
                <option value=choice.value selected=is_on>
                    {choice.label}
                </option>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=state.name.clone()>{label}</label>
            {hint_text}
            <select
                class="input"
                id=state.name.clone()
                name=state.name.clone()
                aria-describedby=state.described_by(hint.is_some())
                aria-invalid=state.invalid()
            >
                {options}
            </select>
            {state.error_text()}
        </div>
    }
}

fn radio(name: &str, choice: Choice, is_on: bool) -> AnyView {
    let Choice { value, label, hint } = choice;
    let hint = hint.map(|hint| view! { <span class="choice__hint">{hint}</span> });
    view! {
        <label class="choice">
            <input type="radio" name=name.to_owned() value=value checked=is_on />
            <span class="choice__text">
                <span class="choice__label">{label}</span>
                {hint}
            </span>
        </label>
    }
    .into_any()
}
