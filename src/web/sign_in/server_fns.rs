//! What the pages of the sign-in may ask for.

use leptos::prelude::*;

use crate::access::Enroller;
use crate::domain::SignInStage;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, typed};
use crate::web::handoff::Once;
use crate::web::links::{self, Done};
use crate::web::{context, recovery_codes};

/// Signs in and goes where the person wanted to go, or to the step that is missing. Open to
/// everyone.
#[server(prefix = "/web", endpoint = "sign_in")]
pub async fn sign_in(
    email: String,
    password: String,
    #[server(default)] next: String,
) -> Result<(), WebError> {
    let stage = context::sign_in(email.clone(), password.into()).await;
    let back = links::sign_in(&next);
    let address = stage.map(|stage| links::after_sign_in(stage, &next));
    forms::answer(address, &back, typed(&[("email", &email)])).await;
    Ok(())
}

/// Completes a sign-in with a code. Open to whoever has given the password.
#[server(prefix = "/web", endpoint = "give_code")]
pub async fn give_code(code: String, #[server(default)] next: String) -> Result<(), WebError> {
    let result = code_given(&code, &next).await;
    forms::answer(result, &links::sign_in_code(&next), Vec::new()).await;
    Ok(())
}

/// Takes the offered seed as the second factor. Open to whoever has given the password and has to
/// have one.
#[server(prefix = "/web", endpoint = "confirm_factor")]
pub async fn confirm_factor(code: String, #[server(default)] next: String) -> Result<(), WebError> {
    match factor_confirmed(&code).await {
        Ok(codes) => context::show_once(&recovery_codes::address(&next), codes).await?,
        Err(failure) => {
            forms::answer(Err(failure), &links::sign_in_factor(&next), Vec::new()).await;
        }
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

async fn code_given(code: &str, next: &str) -> Result<String, Failure> {
    let unfinished = context::unfinished().await?;
    context::give_code(&unfinished, code).await?;
    Ok(links::after_sign_in(SignInStage::Complete, next))
}

async fn factor_confirmed(code: &str) -> Result<Once, Failure> {
    let unfinished = context::unfinished().await?;
    let who = Enroller::Unfinished(&unfinished);
    let codes = context::confirm_factor(who, code).await?;
    Ok(recovery_codes::once(codes))
}
