//! What the last step may ask for.

use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use crate::domain::TraitsMode;
use crate::intake::{Submission, SubmissionText};
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};

const PAGE: &str = "/setup/first";

/// Proposes the sample with the token of the agent that was just added, the way the agent would.
#[server(prefix = "/web", endpoint = "setup_sample")]
pub async fn send_sample(held: String) -> Result<(), WebError> {
    let result = sent(&held).await;
    forms::answer(result, PAGE, Vec::new()).await;
    Ok(())
}

async fn sent(held: &str) -> Result<String, Failure> {
    let _administrator = context::administrator().await?;
    let Some(sample) = context::held(held).await else {
        return Err(Failure::general(
            "The token is no longer kept aside, so no sample was sent. Use the line for the shell, \
             or let the agent propose something.",
        ));
    };
    let fact = |name: &str| sample.fact(name).unwrap_or_default().to_owned();
    let submission = Submission {
        method: fact("method"),
        path: fact("path"),
        body: serde_json::from_str(&fact("body")).ok(),
        traits: TraitsMode::Replace,
        text: SubmissionText {
            summary: fact("summary"),
            ..SubmissionText::default()
        },
        expires_in_seconds: None,
        is_one_while_open: false,
        idempotency: None,
    };
    let token = sample.secrets.first().map(|(_, token)| token.clone());
    let token = token.unwrap_or_else(|| SecretString::from(""));
    let handles = context::handles()?;
    let agent = handles
        .access
        .agent(token.expose_secret(), context::address())
        .await
        .map_err(WebError::from)?;
    handles.intake.submit(&agent, &submission).await?;
    Ok(PAGE.to_owned())
}
