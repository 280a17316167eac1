//! Bad input: each has its own answer, nothing is stored, nothing reaches IT Glue as a write.

use countersign::domain::PermissionGroup;
use reqwest::Method;
use serde_json::{Value, json};

use crate::ground::{Answer, TestApp, answer, new_title};

async fn sends(app: &TestApp, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = app
        .agent()
        .request(Method::POST, "/api/v1/proposals")
        .header("content-type", content_type)
        .body(body);
    answer(request).await
}

async fn nothing_is_left(app: &TestApp) {
    assert_eq!(
        app.agent().get("/api/v1/proposals").await.body["items"],
        json!([])
    );
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let app = TestApp::start().await;
    for body in ["", "{", "[]", "\"text\"", "{\"method\": NaN}", "{} {}"] {
        sends(&app, "application/json", body)
            .await
            .is_problem(400, "malformed");
    }
    let nested = format!("{{\"body\":{}1{}}}", "[".repeat(70), "]".repeat(70));
    sends(&app, "application/json", nested)
        .await
        .is_problem(400, "malformed");
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn other_media_types_are_not_read() {
    let app = TestApp::start().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
    ] {
        sends(&app, kind, "{}")
            .await
            .is_problem(415, "unsupported-media-type");
    }
    let packed = app
        .agent()
        .request(Method::POST, "/api/v1/proposals")
        .header("content-type", "application/json")
        .header("content-encoding", "gzip")
        .body("{}");
    answer(packed)
        .await
        .is_problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn more_than_ten_megabytes_are_too_large() {
    let app = TestApp::start().await;
    let body = format!("{{\"summary\":\"{}\"}}", "x".repeat(10 * 1024 * 1024 + 1));
    sends(&app, "application/json", body)
        .await
        .is_problem(413, "too-large");
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn a_key_that_stands_twice_is_malformed() {
    let app = TestApp::start().await;
    for body in [
        r#"{"method":"PATCH","method":"DELETE","path":"/contacts/501","summary":"x"}"#,
        r#"{"method":"PATCH","path":"/contacts/501","summary":"x","body":{"data":{"type":"contacts","attributes":{"first-name":"a","first_name":"b"}}}}"#,
    ] {
        sends(&app, "application/json", body)
            .await
            .is_problem(400, "malformed");
    }
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn each_field_that_does_not_fit_is_named() {
    let app = TestApp::start().await;
    let answer = app
        .agent()
        .post(
            "/api/v1/proposals",
            &json!({
                "method": "PATCH", "path": "/contacts/501", "summary": "s".repeat(201),
                "reason": "r".repeat(2001), "expires_in_seconds": 0, "colour": "red",
                "ticket": {"url": "https://psa.example"},
            }),
        )
        .await;
    answer.is_problem(422, "invalid-proposal");
    assert!(answer.pointers().contains(&"/colour"));
    assert!(answer.pointers().contains(&"/ticket/id"));
    let mut proposal = new_title("One");
    proposal["summary"] = json!("s".repeat(201));
    proposal["reason"] = json!("r".repeat(2001));
    proposal["expires_in_seconds"] = json!(30 * 24 * 3600 + 1);
    let answer = app.agent().proposes(proposal).await;
    assert_eq!(
        answer.pointers(),
        ["/summary", "/reason", "/expires_in_seconds"]
    );
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn an_unknown_trait_and_a_wrong_type_are_named() {
    let app = TestApp::start().await;
    let traits = |traits: Value| {
        json!({
            "method": "PATCH", "path": "/flexible_assets/123", "traits": "merge",
            "body": {"data": {"type": "flexible-assets", "attributes": {"traits": traits}}},
        })
    };
    let unknown = app.agent().proposes(traits(json!({"nope": "x"}))).await;
    unknown.is_problem(422, "invalid-proposal");
    assert_eq!(unknown.pointers(), ["/body/data/attributes/traits/nope"]);
    let wrong = app
        .agent()
        .proposes(traits(json!({"business-critical": "perhaps"})))
        .await;
    wrong.is_problem(422, "invalid-proposal");
    assert_eq!(
        wrong.pointers(),
        ["/body/data/attributes/traits/business-critical"]
    );
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn paths_that_play_tricks_lead_nowhere() {
    let app = TestApp::start().await;
    for path in [
        "/contacts/501/../../organizations/2",
        "/contacts/%2e%2e/organizations/2",
        "/contacts%2F501",
        "//contacts/501",
        "/contacts//501",
        "/contacts/501;a=b",
        "/contacts/5o1",
        "/contacts/-1",
        "/contacts/99999999999999999999",
        "contacts/501",
        "https://api.itglue.com/contacts/501",
        "/flexible-assets/123",
        "/nothing/1",
    ] {
        let mut proposal = new_title("One");
        proposal["path"] = json!(path);
        app.agent()
            .proposes(proposal)
            .await
            .is_problem(404, "unknown-endpoint");
    }
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn a_write_selected_by_a_filter_is_refused() {
    let app = TestApp::start().await;
    for (method, path, body) in [
        ("DELETE", "/contacts?filter[organization_id]=2", Value::Null),
        ("DELETE", "/contacts", Value::Null),
        ("DELETE", "/contacts", json!({"data": []})),
        (
            "PATCH",
            "/contacts?filter[id]=501",
            json!({"data": [{"type": "contacts", "attributes": {"id": 501, "title": "x"}}]}),
        ),
    ] {
        let proposal = json!({"method": method, "path": path, "body": body});
        app.agent()
            .proposes(proposal)
            .await
            .is_problem(422, "invalid-proposal");
    }
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn an_organization_is_never_deleted() {
    let app = TestApp::start().await;
    for (path, body) in [
        ("/organizations/2", Value::Null),
        ("/organizations/2/", Value::Null),
        (
            "/organizations",
            json!({"data": [{"type": "organizations", "attributes": {"id": 2}}]}),
        ),
    ] {
        let proposal = json!({"method": "DELETE", "path": path, "body": body});
        let answer = app.agent().proposes(proposal).await;
        answer.is_problem(403, "refused-by-policy");
        assert_eq!(answer.body["rule"], "floor.organization_delete");
    }
    nothing_is_left(&app).await;
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_refusal_says_what_would_be_needed() {
    let app = TestApp::start().await;
    app.make_read_only(PermissionGroup::Contacts).await;
    let answer = app.agent().proposes(new_title("One")).await;
    answer.is_problem(403, "refused-by-policy");
    assert_eq!(answer.body["rule"], "contacts.read_only");
    assert_eq!(answer.body["group"], "contacts");
    assert_eq!(answer.body["needed"]["access"], "read-write");
}

#[tokio::test]
async fn a_record_that_is_not_there_is_not_found() {
    let app = TestApp::start().await;
    let mut proposal = new_title("One");
    proposal["path"] = json!("/contacts/424242");
    app.agent()
        .proposes(proposal)
        .await
        .is_problem(404, "not-found");
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn t4_too_many_requests_are_told_when_to_come_back() {
    let app = TestApp::start_with(&[("COUNTERSIGN_TOKEN_RATE", "2/60s")]).await;
    app.agent().has_proposed(new_title("One")).await;
    app.agent().has_proposed(new_title("Two")).await;
    let third = app.agent().proposes(new_title("Three")).await;
    third.is_problem(429, "too-many-requests");
    assert!(third.headers.contains_key("retry-after"));
    app.other_agent().has_proposed(new_title("Four")).await;
}

#[tokio::test]
async fn unknown_routes_and_methods_are_answered() {
    let app = TestApp::start().await;
    app.agent()
        .get("/api/v1/nothing")
        .await
        .is_problem(404, "not-found");
    let put = app.agent().request(Method::DELETE, "/api/v1/proposals");
    answer(put).await.is_problem(405, "method-not-allowed");
    app.agent()
        .get("/api/v1/proposals/not-an-id")
        .await
        .is_problem(404, "not-found");
    app.agent()
        .get("/api/v1/proposals?limit=0")
        .await
        .is_problem(422, "invalid-proposal");
    app.agent()
        .get("/api/v1/proposals?status=new")
        .await
        .is_problem(422, "invalid-proposal");
}
