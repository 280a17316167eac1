use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use axum::routing::{get, post};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::domain::Timestamp;
use crate::server::clock::ManualClock;
use crate::server::installation::Installation;
use crate::server::settings::{Environment, Settings, SettingsArgs};
use crate::server::start::Server;

pub(super) struct Case {
    folder: TempDir,
    pub(super) state: AppState,
}

pub(super) async fn case() -> Case {
    case_with(&[]).await
}

pub(super) async fn case_with(variables: &[(&str, &str)]) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings_with(&folder, variables);
    let installation = Installation::open_or_create(settings, clock()).await;
    let state = AppState::new(&installation.unwrap());
    Case { folder, state }
}

fn settings(folder: &TempDir) -> Settings {
    settings_with(folder, &[])
}

fn settings_with(folder: &TempDir, variables: &[(&str, &str)]) -> Settings {
    let variables = variables.iter();
    let environment: Environment = variables
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let args = SettingsArgs {
        listen: Some("127.0.0.1:0".to_owned()),
        ..SettingsArgs::default()
    };
    Settings::load(&args, &environment, folder.path()).unwrap()
}

fn clock() -> crate::server::clock::Clock {
    ManualClock::starting_at(Timestamp::from_millis(1_800_000_000_000)).clock()
}

pub(super) async fn answer(router: Router, request: Request<Body>) -> (u16, HeaderMap, String) {
    let response: Response<Body> = router.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    (head.status.as_u16(), head.headers, body)
}

#[tokio::test]
async fn a_panic_is_an_answer_with_a_request_id_and_nothing_else() {
    let case = case().await;
    let fails = get(async || -> &'static str { panic!("the secret is c4n4ry") });
    let router = front(Router::new().route("/", fails), &case.state, TIMES);
    let request = Request::get("/").body(Body::empty()).unwrap();
    let (status, headers, body) = answer(router, request).await;
    assert_eq!(status, 500);
    assert_eq!(headers["content-type"], "application/problem+json");
    let id = headers["x-request-id"].to_str().unwrap();
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["request_id"], id);
    assert!(!body.contains("c4n4ry"));
}

#[tokio::test]
async fn the_request_id_is_ours_and_reaches_the_handler() {
    let case = case().await;
    let echo = get(async |headers: HeaderMap| headers["x-request-id"].to_str().unwrap().to_owned());
    let router = front(Router::new().route("/", echo), &case.state, TIMES);
    let request = Request::get("/")
        .header("x-request-id", "chosen by the client")
        .body(Body::empty())
        .unwrap();
    let (_, headers, body) = answer(router, request).await;
    assert_eq!(headers["x-request-id"], body);
    assert_ne!(body, "chosen by the client");
}

#[tokio::test]
async fn every_answer_of_the_whole_carries_id_and_headers() {
    let case = case().await;
    for path in ["/", "/healthz", "/readyz", "/nowhere", "/robots.txt"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (_, headers, _) = answer(router(&case.state).unwrap(), request).await;
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
    }
}

#[tokio::test]
async fn more_than_a_browser_sends_is_not_read() {
    let case = case().await;
    for (length, status) in [(BROWSER_BODY, 200), (BROWSER_BODY + 1, 413)] {
        let take = post(async |body: Bytes| body.len().to_string());
        let limits = (
            axum::extract::DefaultBodyLimit::disable(),
            RequestBodyLimitLayer::new(BROWSER_BODY),
        );
        let router = Router::new().route("/", take).layer(limits);
        let body = Body::from(vec![b'a'; length]);
        let request = Request::post("/").body(body).unwrap();
        let (found, _, _) = answer(front(router, &case.state, TIMES), request).await;
        assert_eq!(found, status, "{length}");
    }
}

#[tokio::test]
async fn readyz_turns_red_when_a_part_is_down() {
    let case = case().await;
    let readyz = async || {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        answer(router(&case.state).unwrap(), request).await
    };
    assert_eq!(readyz().await.0, 200);
    case.state.health.worker_is_down();
    let (status, _, body) = readyz().await;
    assert_eq!(status, 503);
    assert!(body.contains(r#""worker":"failing""#), "{body}");
    drop(case.folder);
}

#[tokio::test]
async fn a_server_starts_on_a_free_port_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let running = Server::start(settings(&folder), clock()).await.unwrap();
    let url = running.state().public_url.to_string();
    assert_eq!(url, format!("http://{}", running.address()));
    assert!(Server::start(settings(&folder), clock()).await.is_err());
    assert!(running.stop().await);
    let again = Server::start(settings(&folder), clock()).await.unwrap();
    assert!(again.stop().await);
}
