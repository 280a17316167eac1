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
        let address = address(parts, state.trusted_proxies);
        Ok(Self(state.access.agent(token, address).await?))
    }
}

impl FromRequestParts<ApiState> for AsReviewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = token(parts)?;
        let address = address(parts, state.trusted_proxies);
        let person = state.access.person_by_token(token, address).await?;
        Ok(Self(person.reviewer()?))
    }
}

impl FromRequestParts<ApiState> for AsTechnician {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let token = token(parts)?;
        let address = address(parts, state.trusted_proxies);
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

/// Where the caller is: the peer, or what the outermost trusted proxy saw, counted from the right.
fn address(parts: &Parts, trusted_proxies: usize) -> Option<String> {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip().to_string());
    if trusted_proxies == 0 {
        return peer;
    }
    let forwarded: Vec<&str> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    forwarded
        .len()
        .checked_sub(trusted_proxies)
        .and_then(|position| forwarded.get(position))
        .and_then(|text| text.parse::<std::net::IpAddr>().ok())
        .map(|address| address.to_string())
        .or(peer)
}
