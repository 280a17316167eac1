//! Who calls, and what of the request is not for IT Glue.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::PREFIX;
use super::errors::Refusal;
use crate::access::{Access, AccessError, Agent, presented_token};

/// Headers that some servers take for another method than that of the request.
const OVERRIDES: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];

/// The agent behind a request.
pub async fn admit(access: &Access, parts: &Parts) -> Result<Agent, Refusal> {
    let token = presented_token(&parts.headers).ok_or(AccessError::Unauthenticated)?;
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = address.map(|ConnectInfo(address)| address.ip().to_string());
    Ok(access.agent(token, address).await?)
}

/// What is judged must be what is meant: a request has one method.
pub fn refuse_override(headers: &HeaderMap) -> Result<(), Refusal> {
    match OVERRIDES.iter().find(|name| headers.contains_key(**name)) {
        None => Ok(()),
        Some(name) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("`{name}` is not taken: send the request with the method it means."),
        )),
    }
}

/// The path of IT Glue, with its query.
pub fn path(uri: &Uri) -> &str {
    let whole = uri.path_and_query().map_or("", |whole| whole.as_str());
    whole.strip_prefix(PREFIX).unwrap_or_default()
}
