use axum::body::Body;
use axum::http::Request;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::caller::As;
use super::{ApiState, Needs, Operation, Routes, Tag};
use crate::access::{Administrator, Agent, ProvenAdministrator, Reviewer, Technician};
use crate::domain::Timestamp;
use crate::server::clock::ManualClock;
use crate::server::settings::{Environment, Settings, SettingsArgs};
use crate::server::{AppState, Installation};

async fn status(routes: Routes, path: &str) -> u16 {
    let folder = TempDir::new().unwrap();
    let none = Environment::default();
    let settings = Settings::load(&SettingsArgs::default(), &none, folder.path()).unwrap();
    let clock = ManualClock::starting_at(Timestamp::from_millis(0)).clock();
    let installation = Installation::open_or_create(settings, clock).await;
    let state = AppState::new(&installation.unwrap());
    let api = routes.into_router(ApiState::from(&state));
    let request = Request::get(path).body(Body::empty()).unwrap();
    api.oneshot(request).await.unwrap().status().as_u16()
}

fn nothing() -> Operation {
    Operation::new(Tag::About, "nothing", "Nothing")
}

#[tokio::test]
async fn a_handler_that_asks_for_more_than_its_route_declares_is_closed_to_everyone() {
    let free = Needs::Nobody;
    let routes = || {
        Routes::new()
            .get("/agent", free, async |As(_): As<Agent>| "in", nothing)
            .get("/reviewer", free, async |As(_): As<Reviewer>| "in", nothing)
            .get(
                "/technician",
                free,
                async |As(_): As<Technician>| "in",
                nothing,
            )
            .get(
                "/administrator",
                free,
                async |As(_): As<Administrator>| "in",
                nothing,
            )
            .get(
                "/proven",
                free,
                async |As(_): As<ProvenAdministrator>| "in",
                nothing,
            )
    };
    for route in routes().declared() {
        assert_eq!(status(routes(), &route.path).await, 500, "{}", route.path);
    }
}

#[tokio::test]
async fn a_right_holds_though_the_handler_asks_for_none() {
    for needs in Needs::ALL {
        let routes = Routes::new().get("/careless", *needs, async || "in", nothing);
        let expected = if *needs == Needs::Nobody { 200 } else { 401 };
        assert_eq!(status(routes, "/api/v1/careless").await, expected);
    }
}
