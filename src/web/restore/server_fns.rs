//! What the page of a restored database may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::links::{self, Done};

/// Goes on with the restored database.
#[server(prefix = "/web", endpoint = "accept_restore")]
pub async fn accept_restore(#[server(default)] proof: String) -> Result<(), WebError> {
    let result = accepted(proof.into()).await;
    forms::answer(result, links::RESTORE, Vec::new()).await;
    Ok(())
}

async fn accepted(proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    match context::handles()?.admin.accept_restore(&proven).await? {
        Some(_) => Ok(links::done(links::RESTORE, Done::RestoreAccepted)),
        None => Err(Failure::general(
            "Nothing is held back: somebody has accepted it already. Nothing was changed by you.",
        )),
    }
}
