//! Recovery codes, shown once after a second factor was set up or new codes were asked for.

mod page;
mod server_fns;

pub use page::RecoveryCodesPage;

use leptos_router::location::Url;
use secrecy::SecretString;

use super::handoff::Once;

const PATH: &str = "/account/recovery-codes";

/// The page that shows them, and leads to this place afterwards.
pub fn address(next: &str) -> String {
    format!("{PATH}?next={}", Url::escape(next))
}

/// The codes on their way to the page.
pub fn once(codes: Vec<SecretString>) -> Once {
    let numbered = codes.into_iter().enumerate();
    Once {
        secrets: numbered
            .map(|(position, code)| ((position + 1).to_string(), code))
            .collect(),
        facts: Vec::new(),
    }
}
