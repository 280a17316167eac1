//! What the page of the pause may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::domain::PauseScope;
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, given, typed};
use crate::web::links::{self, Done};

const PAGE: &str = "/pause";

/// Stops every write. It takes no fresh proof: stopping is never made harder.
#[server(prefix = "/web", endpoint = "pause_all")]
pub async fn pause_all(reason: String) -> Result<(), WebError> {
    let result = paused(&reason).await;
    forms::answer(result, PAGE, typed(&[("reason", &reason)])).await;
    Ok(())
}

/// Lets writes go on.
#[server(prefix = "/web", endpoint = "resume_all")]
pub async fn resume_all(
    #[server(default)] reason: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let result = resumed(&reason, proof.into()).await;
    forms::answer(result, PAGE, typed(&[("reason", &reason)])).await;
    Ok(())
}

async fn paused(reason: &str) -> Result<String, Failure> {
    let administrator = context::administrator().await?;
    let reason = given(reason).ok_or_else(|| {
        Failure::field("reason", "Say why, so that others know what is going on.")
    })?;
    let admin = context::handles()?.admin;
    admin.pause(&administrator, PauseScope::All, reason).await?;
    Ok(links::done(PAGE, Done::Paused))
}

async fn resumed(reason: &str, proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let admin = context::handles()?.admin;
    admin
        .resume(&proven, PauseScope::All, given(reason))
        .await?;
    Ok(links::done(PAGE, Done::Resumed))
}
