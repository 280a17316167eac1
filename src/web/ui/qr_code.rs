//! A text as a code that a camera can read.

use std::fmt::Write as _;

use leptos::prelude::*;
use qrcodegen::{QrCode as Code, QrCodeEcc};
use secrecy::{ExposeSecret as _, SecretString};

/// The white that readers need around it, in modules.
const QUIET: i32 = 4;

/// A QR code, drawn by the server: no script, no request, nothing that leaves the page. Nothing is
/// drawn of a text that is too long for one.
#[component]
pub fn QrCode(
    /// What it says.
    text: SecretString,
    /// What it is, for those who do not see it.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let code = Code::encode_text(text.expose_secret(), QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * QUIET;
    let view = view! {
        <svg
            class="qr-code"
            viewBox=format!("0 0 {size} {size}")
            role="img"
            aria-label=label
            shape-rendering="crispEdges"
        >
            <path class="qr-code__ink" d=modules(&code) />
        </svg>
    };
    Some(view)
}

/// A path with a square for each dark module.
fn modules(code: &Code) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                // Writing to a string cannot go wrong.
                let _written = write!(path, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_drawn_and_its_text_is_not_in_the_markup() {
        let text = SecretString::from("otpauth://totp/Countersign:sam?secret=CANARY");
        let html = view! { <QrCode text label="Seed" /> }.to_html();
        assert!(html.contains("<svg") && html.contains("aria-label=\"Seed\""));
        assert!(html.matches("h1v1h-1z").count() > 200);
        assert!(!html.contains("CANARY"));
    }
}
