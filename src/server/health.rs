//! Whether the process lives, and whether it can do its work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Serialize;

use super::clock::Clock;
use super::state::AppState;
use crate::replay;
use crate::secrets::Vault;
use crate::store::Store;

/// How far the machine's clock may lag behind the time that was given.
const CLOCK_AHEAD_MILLIS: i64 = 5_000;

/// What the parts of the server say of themselves. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    is_stopping: AtomicBool,
    worker_is_down: AtomicBool,
    worker: OnceLock<replay::Health>,
}

impl Health {
    /// No more work is taken.
    pub fn stop(&self) {
        self.0.is_stopping.store(true, Ordering::SeqCst);
    }

    /// From now on this worker's health counts, too.
    pub fn watch(&self, worker: replay::Health) {
        // There is one worker in the life of a server.
        let _first = self.0.worker.set(worker);
    }

    /// Whether the background work goes on as it should.
    pub fn worker_is_well(&self) -> bool {
        let has_ended = self.0.worker_is_down.load(Ordering::SeqCst);
        let is_well = self.0.worker.get().is_none_or(replay::Health::is_well);
        !has_ended && is_well
    }

    /// A background task ended though nobody told it to.
    pub fn worker_is_down(&self) {
        self.0.worker_is_down.store(true, Ordering::SeqCst);
    }
}

/// What `/readyz` looks at.
#[derive(Clone)]
pub(super) struct Checks {
    store: Store,
    vault: Vault,
    health: Health,
    clock: Clock,
}

impl Checks {
    pub fn new(state: &AppState) -> Self {
        Self {
            store: state.store.clone(),
            vault: state.vault.clone(),
            health: state.health.clone(),
            clock: state.clock.clone(),
        }
    }
}

/// The answer of `/readyz`: words only, nothing about clients or files.
#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    checks: Found,
}

#[derive(Serialize)]
struct Found {
    database: &'static str,
    master_key: &'static str,
    worker: &'static str,
    server: &'static str,
    /// Nothing waits for a machine's clock that was set back, so this turns nothing red.
    clock: &'static str,
}

/// `/healthz` and `/readyz`.
pub(super) fn router(state: &AppState) -> Router {
    Router::new()
        .route(
            "/healthz",
            get(async || Json(serde_json::json!({ "status": "ok" }))),
        )
        .route("/readyz", get(readyz))
        .with_state(Checks::new(state))
}

async fn readyz(State(checks): State<Checks>) -> (StatusCode, Json<Readiness>) {
    let has_database = checks.store.instance().await.is_ok_and(|row| row.is_some());
    let has_key = tokio::task::spawn_blocking({
        let checks = checks.clone();
        move || is_key_readable(&checks)
    });
    let has_key = has_key.await.unwrap_or(false);
    let flags = &checks.health.0;
    let has_worker = checks.health.worker_is_well();
    let is_open = !flags.is_stopping.load(Ordering::SeqCst);
    let is_ready = has_database && has_key && has_worker && is_open;
    let word = |is_good| if is_good { "ok" } else { "failing" };
    let answer = Readiness {
        status: if is_ready { "ready" } else { "not_ready" },
        checks: Found {
            database: word(has_database),
            master_key: word(has_key),
            worker: if checks.store.is_held_after_restore() {
                "held_after_restore"
            } else {
                word(has_worker)
            },
            server: if is_open { "ok" } else { "stopping" },
            clock: if checks.clock.ahead_millis() > CLOCK_AHEAD_MILLIS {
                "set_back"
            } else {
                "ok"
            },
        },
    };
    let status = if is_ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(answer))
}

/// The file may have been rotated since; it has to be this installation's still.
fn is_key_readable(checks: &Checks) -> bool {
    checks.vault.reload().is_ok()
}
