//! Proposing: what is stored, what comes back, what is told about it.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::ground::{TestApp, answer, new_title};

#[tokio::test]
async fn a_proposal_is_stored_with_everything_a_technician_needs() {
    let app = TestApp::start().await;
    let answer = app.agent().proposes(new_title("IT Director")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let id = answer.body["id"].as_str().unwrap();
    assert_eq!(
        answer.headers["location"],
        format!("/api/v1/proposals/{id}")
    );
    let proposal = &answer.body;
    assert_eq!(proposal["status"], "pending");
    assert_eq!(proposal["revision"], 1);
    assert_eq!(proposal["agent"], "triage-bot");
    assert_eq!(proposal["connection"], "main");
    assert_eq!(proposal["operation"], "update");
    assert_eq!(proposal["group"], "contacts");
    assert_eq!(proposal["verdict"]["verdict"], "needs_approval");
    assert_eq!(proposal["verdict"]["rule"], "contacts.ask");
    assert_eq!(proposal["resource"]["type"], "contacts");
    assert_eq!(proposal["resource"]["id"], "501");
    assert_eq!(proposal["resource"]["name"], "Dana Reyes");
    assert_eq!(proposal["resource"]["organization_id"], "2");
    assert_eq!(proposal["resource"]["organization_name"], "Acme Corp");
    assert!(proposal["decision"].is_null() && proposal["outcome"].is_null());
    assert_eq!(app.agent().sees(id).await["id"], id);
}

#[tokio::test]
async fn the_same_key_and_content_give_the_first_answer() {
    let app = TestApp::start().await;
    let send = |title: &str, key: &str| {
        let mut body = new_title(title);
        body["summary"] = json!("new title");
        answer(
            app.agent()
                .request(Method::POST, "/api/v1/proposals")
                .header("idempotency-key", key)
                .json(&body),
        )
    };
    let first = send("One", "T-1").await;
    let again = send("One", "T-1").await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(first.body["id"], again.body["id"]);
    send("Two", "T-1")
        .await
        .is_problem(422, "idempotency-key-reused");
    assert_ne!(send("Two", "T-2").await.body["id"], first.body["id"]);
}

#[tokio::test]
async fn a_new_revision_replaces_what_was_proposed() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let before = app.technician().opens(&id).await;
    let mut body = new_title("Two");
    body["summary"] = json!("better");
    let path = format!("/api/v1/proposals/{id}");
    let revised = answer(app.agent().request(Method::PUT, &path).json(&body)).await;
    assert_eq!(revised.status, StatusCode::OK, "{:#}", revised.body);
    assert_eq!(revised.body["revision"], 2);
    assert_eq!(revised.body["summary"], "better");
    let old = json!({"fingerprint": before["fingerprint"]});
    app.technician()
        .decides(&id, "approve", &old)
        .await
        .is_problem(409, "changed-since-shown");
}

#[tokio::test]
async fn what_is_withdrawn_cannot_be_approved() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let opened = app.technician().opens(&id).await;
    let path = format!("/api/v1/proposals/{id}/withdraw");
    assert_eq!(
        app.agent().post(&path, &json!({})).await.body["status"],
        "withdrawn"
    );
    let body = json!({"fingerprint": opened["fingerprint"]});
    app.technician()
        .decides(&id, "approve", &body)
        .await
        .is_problem(409, "changed-since-shown");
}

#[tokio::test]
async fn traits_that_would_be_erased_are_named() {
    let app = TestApp::start().await;
    let proposal = app
        .agent()
        .proposes(json!({
            "method": "PATCH",
            "path": "/flexible_assets/123",
            "body": {"data": {"type": "flexible-assets", "attributes": {"traits": {
                "name": "Office 365", "category": "Cloud"
            }}}},
        }))
        .await;
    let warning = proposal.body["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|warning| warning["code"] == "erases_traits");
    match warning {
        Some(warning) => {
            let fields = warning["fields"].as_array().unwrap();
            assert!(fields.contains(&json!("location")), "{fields:?}");
            assert!(!fields.contains(&json!("name")));
            assert_eq!(proposal.body["tier"], "critical");
        }
        None => assert_eq!(proposal.status, 422, "{:#}", proposal.body),
    }
}

#[tokio::test]
async fn a_merge_leaves_the_other_traits_alone() {
    let app = TestApp::start().await;
    let before = app.record("flexible_assets", 123);
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH",
            "path": "/flexible_assets/123",
            "traits": "merge",
            "body": {"data": {"type": "flexible-assets", "attributes": {"traits": {
                "location": "Frankfurt"
            }}}},
        }))
        .await;
    let shown = app.agent().sees(&id).await;
    let traits = &shown["request"]["body"]["data"]["attributes"]["traits"];
    assert_eq!(traits["name"], before["traits"]["name"]);
    assert!(
        shown["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|warning| warning["code"] != "erases_traits")
    );
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["outcome"]["verified"], true, "{applied:#}");
    let mut expected = before["traits"].clone();
    expected["location"] = json!("Frankfurt");
    assert_eq!(app.record("flexible_assets", 123)["traits"], expected);
}

#[tokio::test]
async fn a_bulk_body_is_split_into_items() {
    let app = TestApp::start().await;
    let contact = app.another_contact().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH",
            "path": "/contacts",
            "body": {"data": [
                {"type": "contacts", "attributes": {"id": 501, "title": "First"}},
                {"type": "contacts", "attributes": {"id": contact, "title": "Second"}},
            ]},
        }))
        .await;
    let proposal = app.agent().sees(&id).await;
    let items = proposal["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[1]["resource"]["id"], contact.to_string());
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "First");
    assert_eq!(app.record("contacts", contact)["title"], "Second");
}

#[tokio::test]
async fn own_proposals_are_listed_newest_first_page_by_page() {
    let app = TestApp::start().await;
    for title in ["One", "Two", "Three"] {
        app.agent().has_proposed(new_title(title)).await;
    }
    let first = app.agent().get("/api/v1/proposals?limit=2").await.body;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/v1/proposals?limit=2&cursor={cursor}&status=pending&group=contacts");
    let second = app.agent().get(&path).await.body;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert!(second["next_cursor"].is_null());
    assert_eq!(
        app.other_agent().get("/api/v1/proposals").await.body["items"],
        json!([])
    );
}
