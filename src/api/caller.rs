//! Who calls: what came with the request, and the proof that its route was passed with.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::Problem;
use crate::access::presented_token;

/// The proof of the right that the route declares: `As<Agent>`, `As<Technician>`. A handler that
/// asks for another right than its route declares is never reached by anyone.
pub struct As<Right>(pub Right);

impl<S: Sync, Right: Clone + Send + Sync + 'static> FromRequestParts<S> for As<Right> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let proof = parts.extensions.get::<Right>().cloned();
        proof.map(Self).ok_or_else(Problem::without_proof)
    }
}

/// The token in `Authorization: Bearer` or `x-api-key`.
pub fn token(parts: &Parts) -> Result<&str, Problem> {
    presented_token(&parts.headers).ok_or_else(Problem::unauthenticated)
}

/// Where the caller is, behind whatever proxies are trusted.
pub fn address(parts: &Parts) -> Option<String> {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_string())
}
