//! REST `/api/v1`: for agents, and for people who review.
//!
//! A thin door: who asks, one stage, the answer. Each handler's extractor is its right; a token of
//! the other kind is 403, none 401. Cookies are not looked at here. Every error is problem+json.

mod agents;
mod body;
mod caller;
mod cursor;
mod headers;
mod problem;
mod proposing;
mod review;
mod wire;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::access::Access;
use crate::decision::Decision;
use crate::intake::Intake;
use crate::review::Review;
use crate::store::Store;

pub use problem::Problem;

/// The largest body IT Glue takes, and with it ours.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// What the handlers reach.
#[derive(Clone)]
pub struct ApiState {
    /// Finds out who asks.
    pub access: Access,
    /// Takes proposals in.
    pub intake: Intake,
    /// Shows proposals.
    pub review: Review,
    /// Decides.
    pub decision: Decision,
    /// Tells when something changes.
    pub store: Store,
    /// Where people reach this server, without a slash at the end.
    pub public_url: Arc<str>,
}

/// All routes below `/api/v1`.
pub fn router(state: ApiState) -> Router {
    let agents = Router::new()
        .route("/proposals", post(agents::propose).get(agents::list))
        .route("/proposals/{id}", get(agents::show).put(agents::revise))
        .route("/proposals/{id}/withdraw", post(agents::withdraw))
        .route("/permissions", get(agents::permissions))
        .route("/permissions/check", post(agents::check));
    let people = Router::new()
        .route("/review/proposals", get(review::list))
        .route("/review/proposals/{id}", get(review::show))
        .route("/review/proposals/{id}/approve", post(review::approve))
        .route("/review/proposals/{id}/reject", post(review::reject))
        .route("/review/proposals/{id}/send-back", post(review::send_back))
        .route("/review/proposals/{id}/undo", post(review::undo));
    let v1 = agents
        .merge(people)
        .fallback(async || Problem::no_route())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(state);
    Router::new().nest("/api/v1", v1)
}
