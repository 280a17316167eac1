//! H2, H5 and H8 of the security requirements, over the wire.

use countersign::access::ProvenAdministrator;
use countersign::admin::{PersonRequest, TokenRequest};
use countersign::api::{Needs, routes};
use countersign::domain::{Role, Scope};
use reqwest::header::{CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::ground::{TestApp, answer, new_title, plain_client};

/// Texts that have broken programs before, as they stand in an address.
const ODD_IDS: [&str; 12] = [
    "0",
    "-1",
    "99999999999999999999999999",
    "1.5",
    "01981f6e-0000-7000-8000-000000000000",
    "%00",
    "%2e%2e%2f%2e%2e",
    "%F0%9F%92%A5",
    "%FF%FE",
    "'%20OR%201=1--",
    "%3Cscript%3E",
    "{id}",
];
const ODD_QUERIES: [&str; 10] = [
    "?limit=0",
    "?limit=-1",
    "?limit=99999999999",
    "?limit=1&limit=2",
    "?cursor=x",
    "?cursor=9223372036854775808.0.0",
    "?cursor=-9223372036854775808",
    "?status=%00&group=%FF",
    "?%00=%00",
    "?since=tomorrow&action=%27",
];

fn odd_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = "[".repeat(5_000);
    let deep_object = r#"{"body":"#.repeat(3_000);
    let numbers = r#"{"number":1e400,"body":123456789012345678901234567890}"#;
    let doubled = r#"{"fingerprint":"a","fingerprint":"b"}"#;
    let wrong = json!({
        "method": {}, "path": ["x"], "body": null, "summary": 7, "reason": {"a": 1},
        "ticket": "x", "expires_in_seconds": "soon", "traits": true, "fingerprint": 1,
        "keep": "x", "omit": {"a": 1}, "name": [], "role": 1, "id": {}, "scope": 1,
    });
    let control =
        json!({"method": "PATCH\u{0}", "path": "/contacts/\u{202e}1", "summary": "\u{0}"});
    vec![
        ("application/json", Vec::new()),
        ("application/json", b"null".to_vec()),
        ("application/json", b"[]".to_vec()),
        ("application/json", b"{".to_vec()),
        ("application/json", b"\xff\xfe\x00".to_vec()),
        ("application/json", deep.into_bytes()),
        ("application/json", deep_object.into_bytes()),
        ("application/json", numbers.as_bytes().to_vec()),
        ("application/json", doubled.as_bytes().to_vec()),
        ("application/json", wrong.to_string().into_bytes()),
        ("application/json", control.to_string().into_bytes()),
        ("text/plain", b"{}".to_vec()),
        ("application/x-www-form-urlencoded", b"a=b&%zz=%".to_vec()),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\n\r\n--x--".to_vec(),
        ),
        (
            "application/xml",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_vec(),
        ),
    ]
}

#[tokio::test]
async fn h5_no_input_breaks_a_route_or_makes_it_talk() {
    let app = TestApp::start().await;
    let administrator = administrator(&app).await;
    for route in routes() {
        let caller = match route.needs {
            Needs::Nobody | Needs::Agent => app.agent(),
            Needs::Reviewer | Needs::Technician => app.technician(),
            Needs::Administrator | Needs::ProvenAdministrator => app.caller(&administrator),
        };
        let has_id = route.path.contains('{');
        let ids = if has_id { &ODD_IDS[..] } else { &ODD_IDS[..1] };
        for (position, id) in ids.iter().enumerate() {
            let parts = route.path.split('/');
            let parts = parts.map(|part| if part.starts_with('{') { id } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            if route.method == Method::GET {
                for query in ODD_QUERIES {
                    let asked = caller.request(Method::GET, &format!("{path}{query}"));
                    says_no_more_than_it_should(asked).await;
                }
                continue;
            }
            let bodies = odd_bodies();
            // The bodies do not care for the id: with the first of them all, with the others one.
            let bodies = if position == 0 {
                &bodies[..]
            } else {
                &bodies[9..10]
            };
            for (kind, body) in bodies {
                let asked = caller.request(route.method.clone(), &path);
                let asked = asked.header("content-type", *kind).body(body.clone());
                says_no_more_than_it_should(asked).await;
            }
        }
    }
    assert_eq!(app.writes(), 0);
    let alive = app.request(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
    app.audit_is_whole().await;
}

/// A token that may administrate.
async fn administrator(app: &TestApp) -> String {
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let request = PersonRequest {
        email: "alex@example.com".parse().unwrap(),
        name: "Alex".parse().unwrap(),
        role: Role::Administrator,
        password: Some("a long enough pass phrase".into()),
    };
    admin.create_user(&operator, request).await.unwrap();
    let scopes = Scope::ALL.iter().copied().collect();
    let token = admin
        .create_user_token(
            &operator,
            &"alex@example.com".parse().unwrap(),
            Some(scopes),
            TokenRequest::default(),
        )
        .await
        .unwrap();
    token.token.expose_secret().to_owned()
}

async fn says_no_more_than_it_should(asked: reqwest::RequestBuilder) {
    let place = format!("{asked:?}");
    let answered = answer(asked).await;
    let body = answered.body.to_string();
    assert!(
        answered.status.as_u16() < 500,
        "{place}: {} {body}",
        answered.status
    );
    assert!(answered.headers.contains_key("x-request-id"), "{place}");
    if answered.status.is_client_error() {
        let kind = &answered.headers["content-type"];
        assert_eq!(kind, "application/problem+json", "{place}: {body}");
    }
    for word in [
        "SELECT ", "sqlx", "sqlite", "panicked", ".rs:", "serde", "/tmp/",
    ] {
        assert!(!body.contains(word), "{place} says {word}: {body}");
    }
}

/// Signs in as a person does, without script; gives the cookie.
pub async fn signed_in(app: &TestApp) -> String {
    let form = "email=sam%40example.com&password=a%20long%20enough%20pass%20phrase";
    let sent = plain_client()
        .post(app.address("/web/sign_in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        sent.headers().get(LOCATION).unwrap(),
        "/",
        "{:?}",
        sent.headers()
    );
    let cookies = sent.headers().get_all(SET_COOKIE).iter();
    let session = cookies
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with("cs_dev="))
        .unwrap();
    session.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn h1_nothing_behind_the_sign_in_is_kept_by_browsers() {
    let app = TestApp::start().await;
    let cookie = signed_in(&app).await;
    let id = app.agent().has_proposed(new_title("Director")).await;
    let number = app.agent().sees(&id).await["number"].to_string();
    for path in [
        "/queue".to_owned(),
        format!("/p/{number}"),
        format!("/p/{number}/approve"),
    ] {
        let page = app.request(Method::GET, &path).header(COOKIE, &cookie);
        let page = page.send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(page.headers()[CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn h2_routes_with_a_token_do_not_look_at_cookies() {
    let app = TestApp::start().await;
    let cookie = signed_in(&app).await;
    for route in routes()
        .into_iter()
        .filter(|route| route.needs != Needs::Nobody)
    {
        let path = route.path.replace("{id}", "1");
        let asked = app.request(route.method.clone(), &path);
        let asked = asked
            .header(COOKIE, &cookie)
            .header("sec-fetch-site", "same-origin");
        let refused = answer(asked).await;
        refused.is_problem(401, "unauthenticated");
        assert!(!refused.headers.contains_key("set-cookie"), "{path}");
    }
    // And a token works wherever the request comes from: no browser adds it by itself.
    let elsewhere = app
        .agent()
        .request(Method::GET, "/api/v1/permissions")
        .header(COOKIE, &cookie)
        .header("origin", "https://other.example")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(answer(elsewhere).await.status, StatusCode::OK);
}

#[tokio::test]
async fn h8_metrics_are_elsewhere_and_name_nobody() {
    let app = TestApp::start_with(&[("COUNTERSIGN_ADMIN_LISTEN", "127.0.0.1:0")]).await;
    let id = app
        .agent()
        .has_proposed(new_title("Chief of 4f9a1c7e"))
        .await;
    app.technician().approves(&id).await;
    app.agent().waits_for_verification(&id).await;
    app.agent().has_proposed(new_title("Another")).await;
    app.agent().get("/api/v1/proposals/none").await;

    let metrics = app.metrics().await;
    for line in [
        r#"countersign_proposals{status="pending"} 1"#,
        r#"countersign_events_total{action="proposal.created"} 2"#,
        r#"countersign_events_total{action="proposal.approved"} 1"#,
        r#"countersign_replay_endings_total{ending="done"} 1"#,
        r#"countersign_http_requests_total{method="POST",route="/api/v1/proposals",status="201"} 2"#,
        r#"countersign_http_request_seconds_bucket{route="/api/v1/proposals",le="+Inf"} 2"#,
        "countersign_queue_age_seconds 0",
        "countersign_worker_well 1",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
    for name in [
        "Acme",
        "Dana",
        "Reyes",
        "4f9a1c7e",
        "triage-bot",
        "Sam",
        "example.com",
        &id,
    ] {
        assert!(!metrics.contains(name), "{name}\n{metrics}");
    }
    let again = app.metrics().await;
    assert!(again.contains(r#"countersign_events_total{action="proposal.created"} 2"#));
    for path in ["/metrics", "/api/v1/metrics"] {
        let public = app.request(Method::GET, path).send().await.unwrap();
        assert_eq!(public.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
