//! No other site can act in a person's name: routes that go by the cookie take changes from our own
//! pages only.
//!
//! Routes with a bearer token are not wrapped by this: they do not look at cookies.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderName, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use tower_http::csrf::{ConfigError, CsrfLayer, ProtectionError};

use crate::api::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const REFUSAL: &str = "This form was not sent from a page of Countersign. Nothing was changed. \
    Open Countersign itself and try again there.";

/// Wraps the routes that go by the cookie.
///
/// # Errors
/// If the public address is no origin.
pub(super) fn protect(router: Router, public_origin: &str) -> Result<Router, ConfigError> {
    let layer = CsrfLayer::new()
        .add_trusted_origin(public_origin)?
        .with_rejection_response(|_: ProtectionError| refusal());
    Ok(router.layer(layer).layer(from_fn(refuse_unmarked)))
}

/// A browser says where a change comes from, in at least one of two headers. What says nothing and
/// has a cookie all the same is refused.
async fn refuse_unmarked(request: Request, next: Next) -> Response {
    let is_change = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let headers = request.headers();
    let is_marked = headers.contains_key(SEC_FETCH_SITE) || headers.contains_key(ORIGIN);
    if is_change && headers.contains_key(COOKIE) && !is_marked {
        return refusal();
    }
    next.run(request).await
}

fn refusal() -> Response<Body> {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", REFUSAL).into_response()
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use rstest::rstest;
    use tower::ServiceExt as _;

    use super::*;

    async fn status(method: &str, headers: &[(&'static str, &'static str)]) -> StatusCode {
        let handler = post(async || "changed").get(async || "shown");
        let router = Router::new().route("/", handler);
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in [("host", "127.0.0.1:3000")].iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let router = protect(router, "https://gate.example").unwrap();
        router.oneshot(request).await.unwrap().status()
    }

    const COOKIE: (&str, &str) = ("cookie", "__Host-cs=x");

    #[rstest]
    #[case(&[COOKIE, ("sec-fetch-site", "same-origin")])]
    #[case(&[COOKIE, ("origin", "http://127.0.0.1:3000")])]
    #[case(&[COOKIE, ("origin", "https://gate.example"), ("sec-fetch-site", "same-origin")])]
    #[case(&[])]
    #[tokio::test]
    async fn our_own_pages_may_change(#[case] headers: &[(&'static str, &'static str)]) {
        assert_eq!(status("POST", headers).await, StatusCode::OK);
    }

    #[rstest]
    #[case(&[COOKIE])]
    #[case(&[COOKIE, ("sec-fetch-site", "cross-site")])]
    #[case(&[COOKIE, ("sec-fetch-site", "same-site"), ("origin", "https://other.example")])]
    #[case(&[COOKIE, ("origin", "https://other.example")])]
    #[case(&[COOKIE, ("origin", "null")])]
    #[case(&[("origin", "https://other.example")])]
    #[tokio::test]
    async fn others_may_not(#[case] headers: &[(&'static str, &'static str)]) {
        assert_eq!(status("POST", headers).await, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_link_from_elsewhere_shows_the_page() {
        let headers = [COOKIE, ("sec-fetch-site", "cross-site")];
        assert_eq!(status("GET", &headers).await, StatusCode::OK);
    }
}
