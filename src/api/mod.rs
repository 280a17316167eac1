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
mod described;
mod events;
mod headers;
mod history;
mod listed;
mod openapi;
mod problem;
mod proposing;
mod query;
mod review;
mod routes;
mod teamwork;
mod wire;

use std::sync::{Arc, OnceLock};

use axum::{Json, Router};
use serde_json::Value;

use crate::access::Access;
use crate::admin::Admin;
use crate::decision::Decision;
use crate::domain::Clock;
use crate::intake::Intake;
use crate::notify::Feed;
use crate::review::Review;

use described as told;
use listed::Listed;

pub use openapi::{Operation, PageFiles, Tag};
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

/// The `OpenAPI` document of all of them.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| openapi::document(&all().described()))
}

/// The same as it is printed and committed.
pub fn document_text() -> String {
    // Pretty, with a line break at its end; its keys are in order.
    format!("{:#}\n", document())
}

/// The page on which people read it.
pub fn documentation(files: &PageFiles) -> Router {
    routes::page("/api/docs", openapi::page(document(), files))
}

fn all() -> Routes {
    for_agents()
        .merge(for_people())
        .merge(admin::routes())
        .merge(for_everyone())
}

fn for_everyone() -> Routes {
    Routes::new().get(
        "/openapi.json",
        Needs::Nobody,
        async || Json(document()),
        told::about::openapi,
    )
}

fn for_agents() -> Routes {
    let needs = Needs::Agent;
    Routes::new()
        .post(
            "/proposals",
            needs,
            agents::propose,
            told::proposals::propose,
        )
        .get("/proposals", needs, agents::list, told::proposals::list)
        .get(
            "/proposals/{id}",
            needs,
            agents::show,
            told::proposals::show,
        )
        .put(
            "/proposals/{id}",
            needs,
            agents::revise,
            told::proposals::revise,
        )
        .post(
            "/proposals/{id}/withdraw",
            needs,
            agents::withdraw,
            told::proposals::withdraw,
        )
        .get("/events", needs, events::listen, told::proposals::events)
        .get(
            "/permissions",
            needs,
            agents::permissions,
            told::permissions::show,
        )
        .post(
            "/permissions/check",
            needs,
            agents::check,
            told::permissions::check,
        )
}

fn for_people() -> Routes {
    let (looks, decides) = (Needs::Reviewer, Needs::Technician);
    Routes::new()
        .get("/review/proposals", looks, review::list, told::review::list)
        .get(
            "/review/proposals/{id}",
            looks,
            review::show,
            told::review::show,
        )
        .post(
            "/review/proposals/{id}/approve",
            decides,
            review::approve,
            told::review::approve,
        )
        .post(
            "/review/proposals/{id}/preview",
            decides,
            review::preview,
            told::review::preview,
        )
        .post(
            "/review/proposals/{id}/reject",
            decides,
            review::reject,
            told::review::reject,
        )
        .post(
            "/review/proposals/{id}/send-back",
            decides,
            review::send_back,
            told::review::send_back,
        )
        .post(
            "/review/proposals/{id}/undo",
            decides,
            review::undo,
            told::review::undo,
        )
        .post(
            "/review/proposals/{id}/seen",
            decides,
            review::seen,
            told::review::seen,
        )
        .post(
            "/review/proposals/{id}/resolve",
            decides,
            review::resolve,
            told::review::resolve,
        )
        .post(
            "/review/proposals/{id}/revert",
            decides,
            review::revert,
            told::review::revert,
        )
        .post(
            "/review/proposals/{id}/claim",
            decides,
            teamwork::take,
            told::review::claim,
        )
        .delete(
            "/review/proposals/{id}/claim",
            decides,
            teamwork::release,
            told::review::release,
        )
        .post(
            "/review/proposals/{id}/comments",
            decides,
            teamwork::add,
            told::review::comment,
        )
        .get(
            "/review/history",
            looks,
            history::list,
            told::review::history,
        )
}

#[cfg(test)]
mod tests;
