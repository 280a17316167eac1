//! Keys, limits and media types.

use reqwest::Method;
use serde_json::json;

use super::{Settings, Site, item};

#[tokio::test]
async fn a_wrong_key_is_forbidden_without_a_pointer() {
    let site = Site::open().await;
    let url = format!("{}/organizations", site.running.base_url());
    let answer = site
        .client
        .get(url)
        .header("x-api-key", "ITG.other")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.text().await.unwrap(), r#"{"message":"Forbidden"}"#);
    site.control().reject_key(true);
    assert_eq!(site.get("/organizations").await.status, 403);
    site.control().reject_key(false);
    assert_eq!(site.get("/organizations").await.status, 200);
}

#[tokio::test]
async fn a_request_above_the_limit_is_told_when_to_come_back() {
    let settings = Settings {
        requests_per_window: 2,
        ..Settings::default()
    };
    let site = Site::open_with(settings).await;
    assert_eq!(site.get("/organizations").await.status, 200);
    assert_eq!(site.get("/organizations").await.status, 200);
    let reply = site.get("/organizations").await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.body, json!({ "message": "Too Many Requests" }));
    let seconds: u64 = reply.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=300).contains(&seconds));
}

#[tokio::test]
async fn a_body_above_ten_megabytes_is_refused() {
    let site = Site::open().await;
    let text = "a".repeat(10 * 1024 * 1024 + 1);
    let reply = site
        .patch("/contacts/501", item("contacts", json!({ "notes": text })))
        .await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let site = Site::open().await;
    let request = site.request(Method::PATCH, "/contacts/501");
    let answer = request
        .header("content-type", "text/plain")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 415);
    let request = site.request(Method::PATCH, "/contacts/501");
    let answer = request
        .header("content-type", "application/json")
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn unknown_places_answer_404() {
    let site = Site::open().await;
    for path in [
        "/flexible-assets",
        "/documents",
        "/organizations/2/relationships/flexible_assets",
        "/organizations/3/relationships/contacts/501",
        "/contacts/4711",
        "/",
    ] {
        let reply = site.get(path).await;
        assert_eq!((path, reply.status), (path, 404));
        assert!(reply.body["errors"].is_array());
    }
    assert_eq!(
        site.send(Method::POST, "/documents/802/publish", None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn requests_are_logged_with_what_became_of_them() {
    let site = Site::open().await;
    site.get("/contacts?page[size]=1").await;
    site.patch("/contacts/501", item("contacts", json!({ "title": "CTO" })))
        .await;
    site.patch("/contacts/502", item("contacts", json!({ "title": "CTO" })))
        .await;
    let log = site.control().requests();
    let seen: Vec<_> = log
        .iter()
        .map(|one| {
            (
                one.method.as_str(),
                one.path.as_str(),
                one.status,
                one.applied,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("GET", "/contacts", Some(200), false),
            ("PATCH", "/contacts/501", Some(200), true),
            ("PATCH", "/contacts/502", Some(422), false),
        ]
    );
    assert_eq!(
        log[1].body.as_ref().unwrap()["data"]["attributes"]["title"],
        "CTO"
    );
    assert!(log[0].query.contains("page"));
}

#[tokio::test]
async fn a_stopped_simulator_no_longer_listens() {
    let site = Site::open().await;
    let address = site.running.address();
    site.running.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn control_is_also_served_over_http() {
    let site = Site::open().await;
    let base = format!("{}/_control", site.running.base_url());
    let post = |path: &str, body: serde_json::Value| {
        site.client.post(format!("{base}{path}")).json(&body).send()
    };
    let fault = json!({ "method": "GET", "kind": "error_before", "status": 503 });
    assert_eq!(post("/faults", fault).await.unwrap().status(), 200);
    assert_eq!(site.get("/contacts").await.status, 503);
    assert_eq!(site.get("/contacts").await.status, 200);
    let record: serde_json::Value = site
        .client
        .get(format!("{base}/records/passwords/601"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(record["password"], "Correct-Horse-601");
    let edited = site
        .client
        .patch(format!("{base}/records/contacts/501"))
        .json(&json!({ "title": "CFO" }));
    assert_eq!(edited.send().await.unwrap().status(), 200);
    assert_eq!(site.truth("contacts", 501)["title"], "CFO");
    post("/settings", json!({ "reject_key": true }))
        .await
        .unwrap();
    assert_eq!(site.get("/contacts").await.status, 403);
    let log: serde_json::Value = site
        .client
        .get(format!("{base}/requests"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(log.as_array().unwrap().len(), 3);
    assert_eq!(
        site.client
            .delete(format!("{base}/records/contacts/501"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert!(site.control().record("contacts", 501).is_none());
}
