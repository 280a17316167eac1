//! Who calls: the right of a handler is its first extractor.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::{ApiState, Problem};
use crate::access::{Agent, Reviewer, Technician};

/// A handler for agents.
pub struct AsAgent(pub Agent);

/// A handler for people who may look.
pub struct AsReviewer(pub Reviewer);

/// A handler for people who may decide.
pub struct AsTechnician(pub Technician);

impl FromRequestParts<ApiState> for AsAgent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = token(parts)?;
        let address = address(parts);
        Ok(Self(state.access.agent(token, address).await?))
    }
}

impl FromRequestParts<ApiState> for AsReviewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = token(parts)?;
        let address = address(parts);
        let person = state.access.person_by_token(token, address).await?;
        Ok(Self(person.reviewer()?))
    }
}

impl FromRequestParts<ApiState> for AsTechnician {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = token(parts)?;
        let address = address(parts);
        let person = state.access.person_by_token(token, address).await?;
        Ok(Self(person.technician()?))
    }
}

/// The token in `Authorization: Bearer` or `x-api-key`.
fn token(parts: &Parts) -> Result<&str, Problem> {
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let bearer = header("authorization").and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    bearer
        .or_else(|| header("x-api-key"))
        .ok_or_else(Problem::unauthenticated)
}

/// Where the caller is, behind whatever proxies are trusted.
fn address(parts: &Parts) -> Option<String> {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_string())
}
