//! A secret that is shown one time.

use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use crate::web::islands::CopyButton;

/// A secret in its own box, to be selected by hand or copied by the button.
#[component]
pub fn ShownSecret(
    /// What it is, in a word or two.
    #[prop(into)]
    label: String,
    /// The id of its box on this page.
    id: &'static str,
    /// The secret.
    secret: SecretString,
) -> impl IntoView {
    let name = format!("{label}, shown once");
    let what = label.to_lowercase();
    view! {
        <div class="secret" role="group" aria-label=name>
            <p class="secret__label">{label.clone()}</p>
            <pre class="secret__text" id=id tabindex="0" aria-label=label>
                {secret.expose_secret().to_owned()}
            </pre>
            <CopyButton target=id.to_owned() what=what />
        </div>
    }
}
