//! Getting in, and out again: the password, a code, and the second factor where one is due.

mod code_page;
mod factor_page;
mod page;
mod server_fns;
#[cfg(test)]
mod tests;

pub use code_page::CodePage;
pub use factor_page::{FactorPage, code_field, enrolment};
pub use page::SignInPage;
pub use server_fns::SignOut;

use leptos::prelude::*;

use super::error::WebError;
use super::{context, links};

/// Where nothing is missing from a sign-in: on, if it is complete, or to its beginning.
async fn page_without_sign_in(next: &str) -> Result<AnyView, WebError> {
    match context::person().await {
        Ok(_) => context::go(links::local(next).unwrap_or("/")),
        Err(WebError::SignedOut) => context::go(&links::sign_in(next)),
        Err(error) => return Err(error),
    }
    Ok(().into_any())
}
