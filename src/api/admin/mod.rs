//! `/api/v1/admin`, for administrators with a token: the same stage as the browser.
//!
//! Keys and tokens come in and are shown once by the call that made them; no answer holds one
//! otherwise. `{id}` is an id or, where things have names, a name.

mod agents;
mod audit;
mod connections;
mod pauses;
mod people;
mod profiles;
mod reading;
mod restore;
mod settings;
mod tokens;
pub mod wire;

use super::{ApiState, Needs, Problem, Routes, body, caller, cursor};

/// The routes with the rights they need.
pub fn routes() -> Routes {
    connection_routes()
        .merge(profile_routes())
        .merge(agent_routes())
        .merge(user_routes())
        .merge(other_routes())
}

fn connection_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/connections", looks, connections::list)
        .post("/admin/connections", changes, connections::create)
        .post("/admin/connections/test", looks, connections::try_key)
        .get("/admin/connections/{id}", looks, connections::show)
        .delete("/admin/connections/{id}", changes, connections::remove)
        .post("/admin/connections/{id}/test", looks, connections::test)
        .put(
            "/admin/connections/{id}/key",
            changes,
            connections::rotate_key,
        )
}

fn profile_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/profiles", looks, profiles::list)
        .post("/admin/profiles", changes, profiles::create)
        .get("/admin/profiles/{id}", looks, profiles::show)
        .patch("/admin/profiles/{id}", looks, profiles::save)
        .delete("/admin/profiles/{id}", changes, profiles::remove)
        .post("/admin/profiles/{id}/try", looks, profiles::try_on_history)
        .post("/admin/profiles/{id}/what-if", looks, profiles::what_if)
}

fn agent_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/agents", looks, agents::list)
        .post("/admin/agents", changes, agents::create)
        .get("/admin/agents/{id}", looks, agents::show)
        .patch("/admin/agents/{id}", changes, agents::change)
        .delete("/admin/agents/{id}", changes, agents::remove)
        .get("/admin/agents/{id}/tokens", looks, tokens::of_agent)
        .post(
            "/admin/agents/{id}/tokens",
            changes,
            tokens::create_for_agent,
        )
        .post(
            "/admin/agents/{id}/tokens/{token}/rotate",
            changes,
            tokens::rotate,
        )
        .delete("/admin/tokens/{id}", changes, tokens::revoke)
}

fn user_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/users", looks, people::list)
        .post("/admin/users", changes, people::invite)
        .get("/admin/users/{id}", looks, people::show)
        .patch("/admin/users/{id}", changes, people::change)
        .delete("/admin/users/{id}", changes, people::disable)
        .post("/admin/users/{id}/enable", changes, people::enable)
        .post(
            "/admin/users/{id}/invitation",
            changes,
            people::invite_again,
        )
        .post("/admin/users/{id}/reset", changes, people::reset)
        .delete("/admin/users/{id}/factor", changes, people::reset_factor)
        .delete("/admin/users/{id}/sessions", changes, people::end_sessions)
        .get("/admin/users/{id}/tokens", looks, tokens::of_user)
        .post("/admin/users/{id}/tokens", changes, tokens::create_for_user)
}

fn other_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/pauses", looks, pauses::list)
        .post("/admin/pause", looks, pauses::pause)
        .post("/admin/resume", changes, pauses::resume)
        .get("/admin/restore", looks, restore::show)
        .post("/admin/restore", changes, restore::accept)
        .get("/admin/settings", looks, settings::list)
        .patch("/admin/settings", changes, settings::change)
        .get("/admin/audit", looks, audit::list)
}
