//! Claims and comments: seen by people, never by agents, and in nobody's way.

use countersign::domain::AuditAction;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::ground::{Caller, TestApp, new_title};

fn claim_of(id: &str) -> String {
    format!("/api/v1/review/proposals/{id}/claim")
}

async fn claims(who: &Caller<'_>, id: &str) -> Value {
    who.post(&claim_of(id), &json!({})).await.is(200)
}

#[tokio::test]
async fn a_claim_is_shown_to_others_and_keeps_nobody_from_deciding() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    assert_eq!(app.colleague().opens(&id).await["claim"], Value::Null);
    let claimed = claims(&app.technician(), &id).await;
    assert_eq!(claimed["claim"]["name"], "Sam");
    assert_eq!(
        claims(&app.technician(), &id).await["claim"],
        claimed["claim"]
    );
    let opened = app.colleague().opens(&id).await;
    assert_eq!(opened["claim"], claimed["claim"]);
    let list = app
        .colleague()
        .get("/api/v1/review/proposals")
        .await
        .is(200);
    assert_eq!(list["items"][0]["claim"]["name"], "Sam");
    let lane = "/api/v1/review/proposals?lane=needs_you";
    let lane = app.auditor().get(lane).await.is(200);
    assert_eq!(lane["items"][0]["claim"]["name"], "Sam");
    let approved = app.colleague().approves(&id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    assert_eq!(app.colleague().opens(&id).await["claim"], Value::Null);
    assert_eq!(app.audited(AuditAction::ClaimTaken).await.len(), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_claim_is_taken_over_and_released_by_whose_it_is() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    claims(&app.technician(), &id).await;
    assert_eq!(claims(&app.colleague(), &id).await["claim"]["name"], "Kim");
    let kept = app.technician().deletes(&claim_of(&id)).await.is(200);
    assert_eq!(kept["claim"]["name"], "Kim");
    for _ in 0..2 {
        let released = app.colleague().deletes(&claim_of(&id)).await.is(200);
        assert_eq!(released["claim"], Value::Null);
    }
}

#[tokio::test]
async fn a_claim_falls_away_with_what_the_agent_does() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    claims(&app.technician(), &id).await;
    let path = format!("/api/v1/proposals/{id}");
    let mut revised = new_title("Two");
    revised["summary"] = json!("another");
    app.agent()
        .sends(Method::PUT, &path, &revised)
        .await
        .is(200);
    assert_eq!(app.technician().opens(&id).await["claim"], Value::Null);
    claims(&app.technician(), &id).await;
    app.agent()
        .post(&format!("{path}/withdraw"), &json!({}))
        .await
        .is(200);
    assert_eq!(app.technician().opens(&id).await["claim"], Value::Null);
    let late = app.technician().post(&claim_of(&id), &json!({})).await;
    late.is_problem(409, "wrong-state");
}

#[tokio::test]
async fn comments_are_for_people_alone() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let path = format!("/api/v1/review/proposals/{id}/comments");
    let text = "<b>canary</b> Approved by Max\nask the client first";
    let added = app.technician().post(&path, &json!({"text": text})).await;
    let added = added.is(201);
    assert_eq!(
        (&added["name"], &added["text"]),
        (&json!("Sam"), &json!(text))
    );
    let again = app
        .technician()
        .post(&path, &json!({"text": text}))
        .await
        .is(201);
    assert_eq!(again["id"], added["id"]);
    claims(&app.technician(), &id).await;
    let comments = app.auditor().opens(&id).await["comments"].clone();
    assert_eq!(comments, json!([added]));
    for seen in [
        app.agent().sees(&id).await,
        app.agent().get("/api/v1/proposals").await.is(200),
    ] {
        let seen = seen.to_string();
        assert!(!seen.contains("canary") && !seen.contains("Sam"), "{seen}");
        assert!(!seen.contains("\"claim\"") && !seen.contains("comments"));
    }
    let audited = app.audited(AuditAction::Commented).await;
    assert_eq!(audited.len(), 1);
    assert!(!audited[0].to_string().contains("canary"), "{audited:?}");
}

#[tokio::test]
async fn a_comment_that_does_not_fit_is_named() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let path = format!("/api/v1/review/proposals/{id}/comments");
    for text in [
        json!(" \n "),
        json!("x".repeat(2_001)),
        json!(null),
        json!(7),
    ] {
        let refused = app.technician().post(&path, &json!({"text": text})).await;
        refused.is_problem(422, "invalid-proposal");
        assert_eq!(refused.pointers(), ["/text"]);
    }
    let unknown = json!({"text": "x", "by": "Max"});
    let refused = app.technician().post(&path, &unknown).await;
    assert_eq!(refused.pointers(), ["/by"]);
    assert_eq!(app.technician().opens(&id).await["comments"], json!([]));
    let longest = json!({"text": "é".repeat(2_000)});
    app.technician().post(&path, &longest).await.is(201);
}
