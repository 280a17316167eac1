//! Form fields: label, hint, what was typed, and beside it what is wrong with it.

use leptos::prelude::*;

use crate::web::handoff::Refused;

/// What a form remembers of one field: what was typed, and why that was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldState {
    /// The name it is sent by, and the id it has.
    pub name: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with that.
    pub error: Option<String>,
}

impl Refused {
    /// The state of a field that is empty at first.
    pub fn field(&self, name: &str) -> FieldState {
        self.field_or(name, "")
    }

    /// The state of a field that holds this at first.
    pub fn field_or(&self, name: &str, at_first: &str) -> FieldState {
        // A field that was emptied stays empty.
        let value = self.value(name).unwrap_or(at_first);
        FieldState {
            name: name.to_owned(),
            value: value.to_owned(),
            error: self.error(name).map(ToOwned::to_owned),
        }
    }
}

impl FieldState {
    fn hint_id(&self) -> String {
        format!("{}-hint", self.name)
    }

    fn error_id(&self) -> String {
        format!("{}-error", self.name)
    }

    /// What a reader hears after the label: what is wrong first.
    pub(super) fn described_by(&self, has_hint: bool) -> Option<String> {
        let error = self.error.is_some().then(|| self.error_id());
        let hint = has_hint.then(|| self.hint_id());
        let ids: Vec<String> = error.into_iter().chain(hint).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }

    pub(super) fn hint(&self, text: Option<&str>) -> Option<AnyView> {
        let text = text?.to_owned();
        Some(view! { <p class="field__hint" id=self.hint_id()>{text}</p> }.into_any())
    }

    pub(super) fn error_text(&self) -> Option<AnyView> {
        let text = self.error.clone()?;
        let view = view! {
            <p class="field__error" id=self.error_id()>
                <span aria-hidden="true">"! "</span>
                {text}
            </p>
        };
        Some(view.into_any())
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line of text.
    Text,
    /// The person's own address, which password managers know.
    Email,
    /// Somebody's address.
    Address,
    /// A name that browsers fill in.
    PersonName,
    /// The password a person has.
    Password,
    /// The password a person chooses.
    NewPassword,
    /// A code of the second factor.
    Code,
    /// Something secret that no manager should offer to keep: a key.
    Secret,
    /// A whole number between these.
    Number(u32, u32),
    /// Several lines.
    Lines(u32),
}

impl Input {
    const fn kind(self) -> &'static str {
        match self {
            Self::Text | Self::PersonName | Self::Code | Self::Lines(_) => "text",
            Self::Email | Self::Address => "email",
            Self::Password | Self::NewPassword | Self::Secret => "password",
            Self::Number(..) => "number",
        }
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::Text | Self::Address | Self::Number(..) | Self::Lines(_) | Self::Secret => "off",
            Self::Email => "username",
            Self::PersonName => "name",
            Self::Password => "current-password",
            Self::NewPassword => "new-password",
            Self::Code => "one-time-code",
        }
    }

    const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Password | Self::NewPassword | Self::Code | Self::Secret
        )
    }
}

/// A labeled field.
#[component]
pub fn Field(
    /// Its name, what stands in it and what is wrong with it.
    state: FieldState,
    /// What it is for, in a word or two.
    #[prop(into)]
    label: String,
    /// What it takes.
    #[prop(optional, default = Input::Text)]
    input: Input,
    /// What to know before filling it in.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it may be left empty.
    #[prop(optional)]
    is_optional: bool,
    /// Whether the page begins here.
    #[prop(optional)]
    has_focus: bool,
) -> impl IntoView {
    let hint_text = state.hint(hint.as_deref());
    let label = if is_optional {
        format!("{label} (may be left out)")
    } else {
        label
    };
    let control = match input {
        Input::Lines(rows) => lines(&state, rows, hint.is_some(), is_optional),
        input => line(&state, input, hint.is_some(), is_optional, has_focus),
    };
    view! {
        <div class="field">
            <label for=state.name.clone()>{label}</label>
            {hint_text}
            {control}
            {state.error_text()}
        </div>
    }
}

fn line(
    state: &FieldState,
    input: Input,
    has_hint: bool,
    is_optional: bool,
    has_focus: bool,
) -> AnyView {
    let (least, most) = match input {
        Input::Number(least, most) => (Some(least.to_string()), Some(most.to_string())),
        _ => (None, None),
    };
    let is_code = input == Input::Code;
    // What is secret never comes back into a page.
    let value = (!input.is_secret() && !state.value.is_empty()).then(|| state.value.clone());
    view! {
        <input
            class="input"
            id=state.name.clone()
            name=state.name.clone()
            type=input.kind()
            value=value
            autocomplete=input.autocomplete()
            autocapitalize=is_code.then_some("off")
            spellcheck=is_code.then_some("false")
            min=least
            max=most
            aria-describedby=state.described_by(has_hint)
            aria-invalid=state.invalid()
            autofocus=has_focus
            required=!is_optional
        />
    }
    .into_any()
}

fn lines(state: &FieldState, rows: u32, has_hint: bool, is_optional: bool) -> AnyView {
    view! {
        <textarea
            class="input"
            id=state.name.clone()
            name=state.name.clone()
            rows=rows.to_string()
            aria-describedby=state.described_by(has_hint)
            aria-invalid=state.invalid()
            required=!is_optional
        >
            {state.value.clone()}
        </textarea>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(field: &str, typed: &str, error: Option<&str>) -> Refused {
        Refused {
            typed: vec![(field.to_owned(), typed.to_owned())],
            errors: error
                .into_iter()
                .map(|error| (field.to_owned(), error.to_owned()))
                .collect(),
            general: None,
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_what_was_typed() {
        let refused = refused("email", "dana@", Some("This is no address."));
        let html = view! {
            <Field state=refused.field("email") label="E-mail" input=Input::Email hint="Their own." />
        }
        .to_html();
        assert!(html.contains("value=\"dana@\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\""));
        assert!(html.contains("aria-describedby=\"email-error email-hint\""));
        assert!(html.contains("id=\"email-error\""));
        assert!(html.contains("This is no address."));
    }

    #[test]
    fn a_secret_never_comes_back_into_the_page() {
        for input in [
            Input::Password,
            Input::NewPassword,
            Input::Code,
            Input::Secret,
        ] {
            let refused = refused("secret", "canary-in-form", None);
            let html = view! { <Field state=refused.field("secret") label="Secret" input /> };
            assert!(!html.to_html().contains("canary-in-form"), "{input:?}");
        }
    }

    #[test]
    fn a_field_that_was_emptied_stays_empty() {
        assert_eq!(refused("name", "", None).field_or("name", "old").value, "");
        assert_eq!(Refused::default().field_or("name", "old").value, "old");
    }
}
