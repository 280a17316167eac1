//! REST `/api/v1`: for agents, and for people who review and administrate.
//!
//! A thin door: who asks, one stage, the answer. Each route declares its right, which is checked
//! before its handler: a token of the other kind is 403, none 401. Cookies are not looked at here.
//! Every error is problem+json.

mod admin;
mod agents;
mod body;
mod caller;
mod cursor;
mod events;
mod headers;
mod history;
mod problem;
mod proposing;
mod review;
mod routes;
mod teamwork;
mod trail;
mod wire;

use std::sync::Arc;

use axum::Router;

use crate::access::Access;
use crate::admin::Admin;
use crate::decision::Decision;
use crate::domain::Clock;
use crate::intake::Intake;
use crate::notify::Feed;
use crate::review::Review;
use crate::store::Store;

pub use problem::Problem;
pub use routes::{DeclaredRoute, Needs, Routes};

/// What the handlers reach.
#[derive(Clone)]
pub struct ApiState {
    /// Finds out who asks.
    pub access: Access,
    /// Takes proposals in.
    pub intake: Intake,
    /// Tells agents what becomes of their proposals.
    pub feed: Feed,
    /// Shows proposals.
    pub review: Review,
    /// Decides.
    pub decision: Decision,
    /// Keeps connections, profiles, agents and people.
    pub admin: Admin,
    /// Tells when something changes.
    pub store: Store,
    /// Says whether a proof is fresh.
    pub clock: Arc<dyn Clock>,
    /// Where people reach this server, without a slash at the end.
    pub public_url: Arc<str>,
}

/// The router of everything below `/api/v1`.
pub fn router(state: ApiState) -> Router {
    all().into_router(state)
}

/// Every route with the right it needs.
pub fn routes() -> Vec<DeclaredRoute> {
    all().declared()
}

fn all() -> Routes {
    for_agents().merge(for_people()).merge(admin::routes())
}

fn for_agents() -> Routes {
    let needs = Needs::Agent;
    Routes::new()
        .post("/proposals", needs, agents::propose)
        .get("/proposals", needs, agents::list)
        .get("/proposals/{id}", needs, agents::show)
        .put("/proposals/{id}", needs, agents::revise)
        .post("/proposals/{id}/withdraw", needs, agents::withdraw)
        .get("/events", needs, events::listen)
        .get("/permissions", needs, agents::permissions)
        .post("/permissions/check", needs, agents::check)
}

fn for_people() -> Routes {
    let (looks, decides) = (Needs::Reviewer, Needs::Technician);
    Routes::new()
        .get("/review/proposals", looks, review::list)
        .get("/review/proposals/{id}", looks, review::show)
        .post("/review/proposals/{id}/approve", decides, review::approve)
        .post("/review/proposals/{id}/preview", decides, review::preview)
        .post("/review/proposals/{id}/reject", decides, review::reject)
        .post(
            "/review/proposals/{id}/send-back",
            decides,
            review::send_back,
        )
        .post("/review/proposals/{id}/undo", decides, review::undo)
        .post("/review/proposals/{id}/seen", decides, review::seen)
        .post("/review/proposals/{id}/claim", decides, teamwork::take)
        .delete("/review/proposals/{id}/claim", decides, teamwork::release)
        .post("/review/proposals/{id}/comments", decides, teamwork::add)
        .get("/review/history", looks, history::list)
        .post("/review/proposals/{id}/resolve", decides, review::resolve)
        .post("/review/proposals/{id}/revert", decides, review::revert)
}

#[cfg(test)]
mod tests;
