//! The door for whoever watches the server: `/metrics`, on an address of its own. It has no rights
//! to give, so it is for the network that the operator chose and for nobody else.

use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::headers;
use super::listener::Limits;
use super::state::AppState;

/// Prometheus asks every few seconds, over one connection or two.
const CONNECTIONS: usize = 16;
const HEAD: Duration = Duration::from_secs(30);

/// What is listened on, and how much of it.
pub(super) struct Watching {
    pub listener: TcpListener,
    pub router: Router,
    pub limits: Limits,
}

/// Listens where the settings say; `None` if they say nothing.
///
/// # Errors
/// If the address cannot be listened on.
pub(super) async fn listen(state: &AppState) -> anyhow::Result<Option<Watching>> {
    let Some(address) = state.settings.admin_listen else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} for metrics, and --admin-listen names another address")
    })?;
    state.metrics.begin(&state.store).await?;
    let router = Router::new()
        .route("/metrics", get(metrics))
        .with_state(state.clone());
    Ok(Some(Watching {
        listener,
        router: headers::protect(router, "http://"),
        limits: Limits {
            connections: CONNECTIONS,
            head: HEAD,
        },
    }))
}

async fn metrics(State(state): State<AppState>) -> Response {
    let AppState {
        store,
        clock,
        health,
        ..
    } = &state;
    match state.metrics.render(store, clock, health).await {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the metrics cannot be read"
            );
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
