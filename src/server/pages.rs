//! The pages of `web` as routes.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::Nonce;
use leptos_axum::{LeptosRoutes as _, generate_route_list};

use super::site;
use super::state::AppState;
use crate::domain::SecondFactor;
use crate::web::{App, Handles, Handoff, Limits, Site, shell};

/// Every page of the browser, and the page for addresses that lead nowhere.
pub fn router(state: &AppState) -> Router {
    let options = site::options();
    let provide = {
        let handles = handles(state);
        move || provide_handles(&handles)
    };
    let document = {
        let options = options.clone();
        move || shell(&options)
    };
    Router::<LeptosOptions>::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(App),
            provide.clone(),
            document,
        )
        .fallback(move |request: Request| not_found(provide, request))
        .with_state(options)
}

/// Where there is a page.
#[cfg(test)]
pub fn paths() -> Vec<String> {
    let routes = generate_route_list(App).into_iter();
    routes.map(|route| route.path().to_owned()).collect()
}

/// The stages behind the pages.
fn handles(state: &AppState) -> Handles {
    Handles {
        access: state.access.clone(),
        review: state.review.clone(),
        decision: state.decision.clone(),
        admin: state.admin.clone(),
        intake: state.intake.clone(),
        handoff: Handoff::default(),
        clock: Arc::new(state.clock.clone()),
        address: state.public_url.as_str().into(),
        limits: Limits {
            requests: state.settings.token_rate.requests,
            per_seconds: state.settings.token_rate.per.as_secs(),
            waiting: state.settings.token_waiting,
        },
        site: Site {
            is_demo: state.is_demo,
            is_https: state.public_url.is_https(),
            is_factor_off: state.settings.second_factor == SecondFactor::Off,
            may_set_base_url: state.settings.allow_base_url || state.is_demo,
        },
    }
}

/// What a page can ask for while it is rendered: the handles that `web/context.rs` reads. Leptos
/// makes a nonce of its own for each request; the one that counts is that of the answer's policy.
fn provide_handles(handles: &Handles) {
    handles.provide();
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Nonce>().cloned());
    if let Some(nonce) = nonce {
        provide_context(nonce);
    }
}

async fn not_found(
    provide: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let page = leptos_axum::render_app_async_with_context(provide, || shell(&site::options()));
    let mut response = page(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
