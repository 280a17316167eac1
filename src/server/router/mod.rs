//! All doors behind one front: which layers every answer passes, and which limits each door has.

use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::limit::RequestBodyLimitLayer;

use super::request::{Observer, observe, on_panic};
use super::state::AppState;
use super::{csrf, headers, health, pages, site, unfit};
use crate::api::{self, ApiState, PageFiles};
use crate::gateway::{self, GatewayState};

/// What people send from their browsers.
const BROWSER_BODY: usize = 1024 * 1024;
/// The largest body there is, and room for what stands around it.
const LARGEST_BODY: usize = 10 * 1024 * 1024 + 64 * 1024;

/// How long things may take.
#[derive(Clone, Copy)]
struct Times {
    /// A client, to send its body.
    sending: Duration,
    /// An answer, to begin; waiting for a decision lasts up to 60 seconds.
    answering: Duration,
}

const TIMES: Times = Times {
    sending: Duration::from_secs(30),
    answering: Duration::from_secs(90),
};

/// Every route of the server.
///
/// # Errors
/// If the public address is no origin.
pub(super) fn router(state: &AppState) -> anyhow::Result<Router> {
    // Doors that go by a bearer token stand outside of `csrf`, have the large body limit, and do
    // not look at cookies.
    let doors = Router::new()
        .merge(health::router(state))
        .merge(api::router(ApiState::from(state)))
        .merge(api::documentation(&PageFiles {
            style: site::address("countersign.css"),
            icon: site::address("favicon.svg"),
        }))
        .merge(gateway::router(GatewayState::from(state)))
        .merge(browser(state)?)
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY));
    Ok(headers::protect(
        front(doors, state, TIMES),
        state.public_url.as_str(),
    ))
}

/// The routes that go by the cookie. The fallback for unknown addresses is among them.
fn browser(state: &AppState) -> anyhow::Result<Router> {
    let pages = Router::new()
        .merge(site::router())
        .merge(pages::router(state))
        .layer(RequestBodyLimitLayer::new(BROWSER_BODY));
    csrf::protect(pages, state.public_url.as_str())
        .context("the public URL cannot be trusted as an origin")
}

/// The layers that every answer passes, the innermost first.
fn front(router: Router, state: &AppState, times: Times) -> Router {
    // The browser code is compressed when it is built; doing it here would cost seconds.
    let compressible =
        DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"));
    // An agent reads many pages, and each waits for this.
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(compressible);
    let observer = Observer {
        clock: state.clock.clone(),
        metrics: state.metrics.clone(),
        trusted_proxies: state.settings.trusted_proxies,
    };
    router
        .layer(from_fn(unfit::in_our_words))
        .layer(compression)
        .layer(from_fn_with_state(times.sending, unfit::read_in_time))
        .layer(from_fn_with_state(times.answering, unfit::answer_in_time))
        .layer(from_fn(unfit::refuse_unfit))
        .layer(from_fn(gateway::in_its_shape))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn_with_state(observer, observe))
}

#[cfg(test)]
mod surface;
#[cfg(test)]
mod tests;
