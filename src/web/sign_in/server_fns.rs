//! What the sign-in page may ask for.

use leptos::prelude::*;

use crate::web::error::WebError;
use crate::web::links::{Done, Typed};
use crate::web::{context, links};

/// Signs in and goes where the person wanted to go. Open to everyone.
#[server(prefix = "/web", endpoint = "sign_in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), WebError> {
    match context::sign_in(email, password.into()).await {
        Ok(()) => context::go(links::local(&next).unwrap_or("/")),
        Err(error) => context::go(&links::again(
            &links::sign_in(&next),
            error,
            context::request_id().as_deref(),
            &Typed::default(),
        )),
    }
    Ok(())
}

/// Signs out. Open to everyone.
#[server(prefix = "/web", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), WebError> {
    context::sign_out().await?;
    context::go(&links::done("/signin", Done::SignedOut));
    Ok(())
}
