//! H1 to H6 of the security requirements, at every route there is: the list is read from the router,
//! so that a new route is held to them from its first day.

use std::collections::BTreeSet;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use axum::routing::{get, post};
use leptos::server_fn::axum::server_fn_paths;
use rstest::rstest;
use tower::ServiceExt as _;

use super::tests::{Case, answer, case, case_with};
use super::*;

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];
/// What lies in caches of browsers, because it never changes and is no secret.
const KEPT: [&str; 3] = ["/pkg/", "/favicon.ico", "/robots.txt"];
const PROBLEM: &str = "application/problem+json";
/// What clients made for IT Glue read.
const JSON_API: &str = "application/vnd.api+json";

/// Where there is something, and where there is nothing.
fn paths(case: &Case) -> BTreeSet<String> {
    let _registered = router(&case.state).unwrap();
    let api = api::routes().into_iter().map(|route| route.path);
    let pages = pages::paths().into_iter();
    let functions = server_fn_paths().map(|(path, _)| path.to_owned());
    let others = [
        "/healthz",
        "/readyz",
        "/pkg/1/nothing.js",
        "/favicon.ico",
        "/robots.txt",
        "/nowhere",
        "/web/nowhere",
        "/api/v1/nowhere",
        "/api/v2",
        "/api/docs",
        "/itglue",
        "/itglue/contacts/501",
        "/itglue/nowhere",
    ];
    let others = others.into_iter().map(str::to_owned);
    api.chain(pages)
        .chain(functions)
        .chain(others)
        .map(|path| filled(&path))
        .collect()
}

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "1042" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn request(method: &Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

async fn sent(case: &Case, request: Request<Body>) -> (u16, HeaderMap, String) {
    answer(router(&case.state).unwrap(), request).await
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).map(|value| value.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn h1_every_answer_of_every_route_carries_the_headers() {
    let case = case_with(&[("COUNTERSIGN_PUBLIC_URL", "https://gate.example")]).await;
    let mut policies = BTreeSet::new();
    let mut count = 0;
    for path in paths(&case) {
        for method in METHODS {
            let asked = request(&method, &path).body(Body::empty()).unwrap();
            let (status, headers, body) = sent(&case, asked).await;
            let place = format!("{method} {path}: {status} {headers:?}");
            assert_eq!(
                text(&headers, "x-content-type-options"),
                "nosniff",
                "{place}"
            );
            assert_eq!(text(&headers, "referrer-policy"), "same-origin", "{place}");
            for name in ["cross-origin-opener-policy", "cross-origin-resource-policy"] {
                assert_eq!(text(&headers, name), "same-origin", "{place}");
            }
            let hsts = text(&headers, "strict-transport-security");
            assert_eq!(hsts, "max-age=31536000; includeSubDomains", "{place}");
            assert!(headers.contains_key("permissions-policy"), "{place}");
            assert!(headers.contains_key("x-request-id"), "{place}");
            let is_kept = KEPT.iter().any(|kept| path.starts_with(kept));
            if !is_kept || status >= 400 {
                assert_eq!(text(&headers, "cache-control"), "no-store", "{place}");
            }
            policies.insert(text(&headers, "content-security-policy"));
            count += 1;
            speaks_for_itself(status, &headers, &body, &place);
        }
    }
    assert_eq!(policies.len(), count, "a nonce was used twice");
    assert!(count > 200, "{count}");
    let policy = policies.first().unwrap();
    for part in [
        "default-src 'none'; script-src 'self' 'nonce-",
        "' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
}

/// H5: an error is problem details, a page, or the error of a server function.
fn speaks_for_itself(status: u16, headers: &HeaderMap, body: &str, place: &str) {
    if status < 400 {
        return;
    }
    let kind = text(headers, "content-type");
    let is_ours = [PROBLEM, JSON_API].contains(&kind.as_str()) || kind.starts_with("text/html");
    let is_function = headers.contains_key("serverfnerror");
    assert!(is_ours || is_function, "{place} {body}");
    for word in [
        "axum", "tokio", "sqlx", "SELECT", "panicked", ".rs:", "src/",
    ] {
        assert!(!body.contains(word), "{place} {word} {body}");
    }
}

#[tokio::test]
async fn h1_what_the_layers_refuse_is_said_in_our_words_under_our_headers() {
    let case = case().await;
    let soon = Times {
        sending: Duration::from_millis(30),
        answering: Duration::from_millis(150),
    };
    let never = async || -> &'static str { std::future::pending().await };
    let routes = Router::new()
        .route("/never", get(never))
        .route("/take", post(async |_: axum::body::Bytes| "taken"))
        .route("/fails", get(async || -> &'static str { panic!("c4n4ry") }))
        .layer(RequestBodyLimitLayer::new(10));
    let all = headers::protect(front(routes, &case.state, soon), "http://127.0.0.1");
    let never_sent = Body::new(Unending);
    for (method, path, body, status, slug) in [
        ("GET", "/never", Body::empty(), 503, "timed-out"),
        ("POST", "/take", never_sent, 408, "timed-out"),
        (
            "POST",
            "/take",
            Body::from("x".repeat(11)),
            413,
            "too-large",
        ),
        ("PUT", "/take", Body::empty(), 405, "method-not-allowed"),
        ("GET", "/nowhere", Body::empty(), 404, "not-found"),
        ("GET", "/fails", Body::empty(), 500, "about:blank"),
    ] {
        let asked = Request::builder().method(method).uri(path);
        let length = hyper::body::Body::size_hint(&body).exact().unwrap_or(0);
        let asked = asked.header("content-length", length);
        let (found, headers, body) = answer(all.clone(), asked.body(body).unwrap()).await;
        assert_eq!(found, status, "{method} {path} {body}");
        assert_eq!(text(&headers, "content-type"), PROBLEM, "{path}");
        assert_eq!(text(&headers, "cache-control"), "no-store", "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
        let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["status"], status);
        assert!(problem["type"].as_str().unwrap().ends_with(slug), "{body}");
        assert!(!body.contains("c4n4ry"));
    }
}

/// A body of which nothing ever comes.
struct Unending;

impl hyper::body::Body for Unending {
    type Data = axum::body::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn h2_no_server_function_answers_to_a_get() {
    let case = case().await;
    let _registered = router(&case.state).unwrap();
    let functions: Vec<_> = server_fn_paths().collect();
    assert!(functions.len() >= 6, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, Method::POST, "{path} changes something by {method}");
        for method in [Method::GET, Method::HEAD] {
            let asked = request(&method, path).body(Body::empty()).unwrap();
            let (status, headers, _) = sent(&case, asked).await;
            assert!(matches!(status, 404 | 405), "{method} {path}: {status}");
            assert!(!headers.contains_key("set-cookie"), "{method} {path}");
        }
    }
}

#[rstest]
#[case::a_forged_form(&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")])]
#[case::from_a_sub_domain(&[("sec-fetch-site", "same-site"), ("origin", "https://x.gate.example")])]
#[case::unmarked(&[])]
#[case::from_a_sandbox(&[("origin", "null")])]
#[tokio::test]
async fn h2_no_other_site_acts_in_a_persons_name(#[case] marks: &[(&str, &str)]) {
    let case = case_with(&[("COUNTERSIGN_PUBLIC_URL", "https://gate.example")]).await;
    let _registered = router(&case.state).unwrap();
    for (path, _) in server_fn_paths() {
        let mut asked = request(&Method::POST, path)
            .header("host", "gate.example")
            .header("cookie", "__Host-cs=x")
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in marks {
            asked = asked.header(*name, *value);
        }
        let (status, headers, body) = sent(&case, asked.body(Body::empty()).unwrap()).await;
        assert_eq!(status, 403, "{path} {body}");
        assert!(!headers.contains_key("set-cookie"), "{path}");
    }
}

#[tokio::test]
async fn h3_nothing_is_shared_with_other_origins() {
    let case = case().await;
    for path in paths(&case) {
        for method in METHODS {
            let asked = request(&method, &path)
                .header("host", "127.0.0.1:3000")
                .header("origin", "https://other.example")
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization")
                .header("access-control-request-private-network", "true");
            let (_, headers, _) = sent(&case, asked.body(Body::empty()).unwrap()).await;
            let mut names = headers.keys();
            let shares = names.any(|name| name.as_str().starts_with("access-control-"));
            assert!(!shares, "{method} {path}: {headers:?}");
        }
    }
}

#[rstest]
#[case("gzip")]
#[case("br")]
#[case("GZIP, identity")]
#[case("x-unknown")]
#[tokio::test]
async fn h4_nothing_is_decompressed_for_anybody(#[case] encoding: &str) {
    let case = case().await;
    for path in paths(&case) {
        let asked = request(&Method::POST, &path).header("content-encoding", encoding);
        let (status, headers, _) = sent(&case, asked.body(Body::from("x")).unwrap()).await;
        assert_eq!(status, 415, "{path}");
        let is_gateway = path.starts_with("/itglue");
        let kind = if is_gateway { JSON_API } else { PROBLEM };
        assert_eq!(text(&headers, "content-type"), kind, "{path}");
    }
}

#[tokio::test]
async fn t3_a_token_in_a_query_opens_nothing() {
    let case = case().await;
    for route in api::routes() {
        for query in ["token=cs_agent_a_b", "api_key=x", "ticket=cs_user_1"] {
            let path = format!("{}?{query}", filled(&route.path));
            let asked = request(&route.method, &path).body(Body::empty()).unwrap();
            let (status, _, body) = sent(&case, asked).await;
            assert_eq!(status, 400, "{path}");
            assert!(body.contains("does not belong in an address"), "{body}");
            assert!(!body.contains("cs_"), "{body}");
        }
    }
}

#[rstest]
#[case::nobody_is_believed("0", "10.0.0.9")]
#[case::the_last_word_of_one_proxy("1", "198.51.100.7")]
#[case::of_two("2", "203.0.113.5")]
#[case::of_more_than_there_were("4", "10.0.0.9")]
#[tokio::test]
async fn h6_an_address_cannot_be_made_up(#[case] trusted: &str, #[case] expected: &str) {
    let case = case_with(&[("COUNTERSIGN_TRUSTED_PROXIES", trusted)]).await;
    let seen =
        get(async |ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>| peer.ip().to_string());
    let all = front(Router::new().route("/", seen), &case.state, TIMES);
    let peer: std::net::SocketAddr = "10.0.0.9:50000".parse().unwrap();
    let mut asked = Request::get("/")
        .header("x-forwarded-for", "6.6.6.6, 203.0.113.5")
        .header("x-forwarded-for", "198.51.100.7")
        .header("x-real-ip", "6.6.6.6")
        .header("forwarded", "for=6.6.6.6")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .body(Body::empty())
        .unwrap();
    asked.extensions_mut().insert(ConnectInfo(peer));
    assert_eq!(answer(all, asked).await.2, expected);
}

#[tokio::test]
async fn h6_links_do_not_follow_a_forwarded_host() {
    let case = case_with(&[("COUNTERSIGN_TRUSTED_PROXIES", "1")]).await;
    for path in paths(&case) {
        let asked = request(&Method::GET, &path)
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "https")
            .body(Body::empty())
            .unwrap();
        let response = router(&case.state).unwrap().oneshot(asked).await.unwrap();
        let headers = format!("{:?}", response.headers());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        assert!(!headers.contains("evil.example"), "{path}: {headers}");
        assert!(!body.contains("evil.example"), "{path}: {body}");
    }
}
