//! What the forms of claims and comments may ask for.

use leptos::prelude::*;

use crate::access::Technician;
use crate::domain::ProposalId;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure};
use crate::web::links::{self, Done};
use crate::web::{context, links::local};

/// Says that one is on it.
#[server(prefix = "/web", endpoint = "claim")]
pub async fn claim_proposal(
    number: i64,
    id: String,
    #[server(default)] next: String,
) -> Result<(), WebError> {
    let result = claim(&id)
        .await
        .map(|()| after(number, &next, Done::Claimed));
    forms::answer(result, &links::proposal(number), Vec::new()).await;
    Ok(())
}

/// Says that one no longer is.
#[server(prefix = "/web", endpoint = "release_claim")]
pub async fn release_claim(
    number: i64,
    id: String,
    #[server(default)] next: String,
) -> Result<(), WebError> {
    let result = release(&id)
        .await
        .map(|()| after(number, &next, Done::Released));
    forms::answer(result, &links::proposal(number), Vec::new()).await;
    Ok(())
}

/// Says something to the others.
#[server(prefix = "/web", endpoint = "comment")]
pub async fn comment_on(
    number: i64,
    id: String,
    #[server(default)] text: String,
) -> Result<(), WebError> {
    let result = comment(&id, &text).await;
    let result = result.map(|()| links::done(&links::proposal(number), Done::Commented));
    let back = links::proposal(number);
    forms::answer(result, &back, forms::typed(&[("text", &text)])).await;
    Ok(())
}

/// The page the form stood on, if it was another than the proposal's.
fn after(number: i64, next: &str, done: Done) -> String {
    match local(next) {
        Some(next) => next.to_owned(),
        None => links::done(&links::proposal(number), done),
    }
}

async fn claim(id: &str) -> Result<(), Failure> {
    let (technician, id) = asked(id).await?;
    Ok(context::handles()?.decision.claim(&technician, id).await?)
}

async fn release(id: &str) -> Result<(), Failure> {
    let (technician, id) = asked(id).await?;
    Ok(context::handles()?
        .decision
        .release(&technician, id)
        .await?)
}

async fn comment(id: &str, text: &str) -> Result<(), Failure> {
    let (technician, id) = asked(id).await?;
    let decision = context::handles()?.decision;
    decision.comment(&technician, id, text).await?;
    Ok(())
}

async fn asked(id: &str) -> Result<(Technician, ProposalId), Failure> {
    let technician = context::technician().await?;
    let id = id.parse().map_err(|_| WebError::Malformed)?;
    Ok((technician, id))
}
