//! `GET`: what the profile lets the agent read.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::errors::{JSON_API, Refusal};
use super::{GatewayState, links};
use crate::access::Agent;

/// Reads, with the links of the answer pointing back here.
pub async fn answer(state: &GatewayState, agent: &Agent, path: &str) -> Result<Response, Refusal> {
    state.intake.count(agent)?;
    let located = state.reading.locate(path)?;
    let mut document = state.reading.read(agent, located).await?;
    links::rewrite(&mut document, &state.base_url());
    Ok(([(CONTENT_TYPE, JSON_API)], Json(document)).into_response())
}
