//! What the page of a link may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::{context, links};

/// Sets the password that was chosen, and signs the person in. Open to whoever has the link.
#[server(prefix = "/web", endpoint = "join")]
pub async fn join(secret: String, password: String) -> Result<(), WebError> {
    let back = links::join(&secret);
    let result = joined(secret.into(), password.into()).await;
    forms::answer(result, &back, Vec::new()).await;
    Ok(())
}

async fn joined(secret: SecretString, password: SecretString) -> Result<String, Failure> {
    let stage = context::use_link(secret, password).await?;
    Ok(links::after_sign_in(stage, "/"))
}
