//! The pages of `web` as routes.

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
use crate::web::{App, shell};

/// Every page of the browser, and the page for addresses that lead nowhere.
pub fn router() -> Router {
    let options = site::options();
    let document = {
        let options = options.clone();
        move || shell(&options)
    };
    Router::<LeptosOptions>::new()
        .leptos_routes_with_context(
            &options,
            generate_route_list(App),
            provide_handles,
            document,
        )
        .fallback(not_found)
        .with_state(options)
}

/// What a page can ask for while it is rendered. Leptos makes a nonce of its own for each request;
/// the one that counts is that of the answer's policy.
fn provide_handles() {
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Nonce>().cloned());
    if let Some(nonce) = nonce {
        provide_context(nonce);
    }
}

async fn not_found(request: Request) -> Response {
    let page =
        leptos_axum::render_app_async_with_context(provide_handles, || shell(&site::options()));
    let mut response = page(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
