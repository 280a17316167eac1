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

use super::{ApiState, Listed, Needs, Problem, Routes, body, caller, cursor, told};

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
        .get(
            "/admin/connections",
            looks,
            connections::list,
            told::connections::list,
        )
        .post(
            "/admin/connections",
            changes,
            connections::create,
            told::connections::create,
        )
        .post(
            "/admin/connections/test",
            looks,
            connections::try_key,
            told::connections::try_key,
        )
        .get(
            "/admin/connections/{id}",
            looks,
            connections::show,
            told::connections::show,
        )
        .delete(
            "/admin/connections/{id}",
            changes,
            connections::remove,
            told::connections::remove,
        )
        .post(
            "/admin/connections/{id}/test",
            looks,
            connections::test,
            told::connections::test_kept,
        )
        .put(
            "/admin/connections/{id}/key",
            changes,
            connections::rotate_key,
            told::connections::rotate_key,
        )
}

fn profile_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get(
            "/admin/profiles",
            looks,
            profiles::list,
            told::profiles::list,
        )
        .post(
            "/admin/profiles",
            changes,
            profiles::create,
            told::profiles::create,
        )
        .get(
            "/admin/profiles/{id}",
            looks,
            profiles::show,
            told::profiles::show,
        )
        .patch(
            "/admin/profiles/{id}",
            looks,
            profiles::save,
            told::profiles::save,
        )
        .delete(
            "/admin/profiles/{id}",
            changes,
            profiles::remove,
            told::profiles::remove,
        )
        .post(
            "/admin/profiles/{id}/try",
            looks,
            profiles::try_on_history,
            told::profiles::try_on_history,
        )
        .post(
            "/admin/profiles/{id}/what-if",
            looks,
            profiles::what_if,
            told::profiles::what_if,
        )
}

fn agent_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/agents", looks, agents::list, told::agents::list)
        .post(
            "/admin/agents",
            changes,
            agents::create,
            told::agents::create,
        )
        .get(
            "/admin/agents/{id}",
            looks,
            agents::show,
            told::agents::show,
        )
        .patch(
            "/admin/agents/{id}",
            changes,
            agents::change,
            told::agents::change,
        )
        .delete(
            "/admin/agents/{id}",
            changes,
            agents::remove,
            told::agents::remove,
        )
        .get(
            "/admin/agents/{id}/tokens",
            looks,
            tokens::of_agent,
            told::agents::list_tokens,
        )
        .post(
            "/admin/agents/{id}/tokens",
            changes,
            tokens::create_for_agent,
            told::agents::create_token,
        )
        .post(
            "/admin/agents/{id}/tokens/{token}/rotate",
            changes,
            tokens::rotate,
            told::agents::rotate_token,
        )
        .delete(
            "/admin/tokens/{id}",
            changes,
            tokens::revoke,
            told::agents::revoke_token,
        )
}

fn user_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get("/admin/users", looks, people::list, told::people::list)
        .post(
            "/admin/users",
            changes,
            people::invite,
            told::people::invite,
        )
        .get("/admin/users/{id}", looks, people::show, told::people::show)
        .patch(
            "/admin/users/{id}",
            changes,
            people::change,
            told::people::change,
        )
        .delete(
            "/admin/users/{id}",
            changes,
            people::disable,
            told::people::disable,
        )
        .post(
            "/admin/users/{id}/enable",
            changes,
            people::enable,
            told::people::enable,
        )
        .post(
            "/admin/users/{id}/invitation",
            changes,
            people::invite_again,
            told::people::invite_again,
        )
        .post(
            "/admin/users/{id}/reset",
            changes,
            people::reset,
            told::people::reset,
        )
        .delete(
            "/admin/users/{id}/factor",
            changes,
            people::reset_factor,
            told::people::reset_factor,
        )
        .delete(
            "/admin/users/{id}/sessions",
            changes,
            people::end_sessions,
            told::people::end_sessions,
        )
        .get(
            "/admin/users/{id}/tokens",
            looks,
            tokens::of_user,
            told::people::list_tokens,
        )
        .post(
            "/admin/users/{id}/tokens",
            changes,
            tokens::create_for_user,
            told::people::create_token,
        )
}

fn other_routes() -> Routes {
    let (looks, changes) = (Needs::Administrator, Needs::ProvenAdministrator);
    Routes::new()
        .get(
            "/admin/pauses",
            looks,
            pauses::list,
            told::upkeep::list_pauses,
        )
        .post("/admin/pause", looks, pauses::pause, told::upkeep::pause)
        .post(
            "/admin/resume",
            changes,
            pauses::resume,
            told::upkeep::resume,
        )
        .get(
            "/admin/restore",
            looks,
            restore::show,
            told::upkeep::show_restore,
        )
        .post(
            "/admin/restore",
            changes,
            restore::accept,
            told::upkeep::accept_restore,
        )
        .get(
            "/admin/settings",
            looks,
            settings::list,
            told::upkeep::list_settings,
        )
        .patch(
            "/admin/settings",
            changes,
            settings::change,
            told::upkeep::change_settings,
        )
        .get("/admin/audit", looks, audit::list, told::upkeep::list_audit)
}
