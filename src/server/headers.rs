//! The headers that every answer carries, whichever door it comes from.
//!
//! The nonce of the content security policy is made here, anew for each request, and travels to the
//! page in the request's extensions as [`Nonce`]; `pages` hands it to the rendering, which puts it on
//! the inline scripts.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use leptos::nonce::Nonce;

/// The same on every answer.
const FIXED: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: a form posted without script is sent back to where it came from.
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// Nothing but what the pages use: copying a token, and passkeys.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
    usb=(), xr-spatial-tracking=(), clipboard-write=(self), publickey-credentials-get=(self)";

const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

#[derive(Clone, Copy)]
struct Policy {
    https: bool,
}

/// Wraps the finished router, fallback included; the outermost layer but for those that may answer
/// without it, of which there should be none. Answers are not stored by anyone unless their handler
/// says otherwise.
pub fn protect(router: Router, public_url: &str) -> Router {
    let policy = Policy {
        https: public_url.starts_with("https://"),
    };
    router.layer(from_fn_with_state(policy, add_headers))
}

async fn add_headers(State(policy): State<Policy>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;

    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_SECURITY_POLICY, content_security_policy(&nonce));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if policy.https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

fn content_security_policy(nonce: &Nonce) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'"
    );
    // Cannot fail, the nonce being base64; were it to, nothing at all may load.
    HeaderValue::try_from(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; base-uri 'none'"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    async fn answer(public_url: &str, path: &str) -> (StatusCode, HeaderMap) {
        let kept = get(|| async { ([(CACHE_CONTROL, "max-age=60")], "kept") });
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/kept", kept);
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = protect(router, public_url).oneshot(request).await.unwrap();
        (response.status(), response.headers().clone())
    }

    #[tokio::test]
    async fn an_answer_without_a_route_is_protected_too() {
        let (status, headers) = answer("http://127.0.0.1:3000", "/nowhere").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        for (name, value) in FIXED {
            assert_eq!(headers[name], value);
        }
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
    }

    #[tokio::test]
    async fn the_policy_starts_from_nothing_and_its_nonce_is_used_once() {
        let (_, first) = answer("http://127.0.0.1:3000", "/").await;
        let (_, second) = answer("http://127.0.0.1:3000", "/").await;
        let policy = first[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"));
        assert!(policy.ends_with("object-src 'none'; frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_ne!(
            first[CONTENT_SECURITY_POLICY],
            second[CONTENT_SECURITY_POLICY]
        );
    }

    #[tokio::test]
    async fn a_page_is_given_the_nonce_that_its_policy_names() {
        let router = Router::new().route(
            "/",
            get(|axum::Extension(nonce): axum::Extension<Nonce>| async move { nonce.to_string() }),
        );
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = protect(router, "http://127.0.0.1")
            .oneshot(request)
            .await
            .unwrap();
        let policy = response.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        let nonce = axum::body::to_bytes(response.into_body(), 100)
            .await
            .unwrap();
        let nonce = std::str::from_utf8(&nonce).unwrap();
        assert!(policy.contains(&format!("'nonce-{nonce}'")));
    }

    #[tokio::test]
    async fn strict_transport_is_promised_over_https_alone() {
        let (_, plain) = answer("http://127.0.0.1:3000", "/").await;
        let (_, secure) = answer("https://gate.example", "/").await;
        assert!(!plain.contains_key(STRICT_TRANSPORT_SECURITY));
        assert_eq!(secure[STRICT_TRANSPORT_SECURITY], HSTS);
    }

    #[tokio::test]
    async fn a_handler_may_let_its_answer_be_kept() {
        let (_, headers) = answer("http://127.0.0.1:3000", "/kept").await;
        assert_eq!(headers[CACHE_CONTROL], "max-age=60");
    }
}
