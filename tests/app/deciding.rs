//! Deciding: bound to what was shown, one winner, carried out exactly once.

use countersign::domain::PermissionGroup;
use reqwest::StatusCode;
use serde_json::json;

use crate::ground::{TestApp, new_title};

#[tokio::test]
async fn what_is_approved_is_written_once_and_verified() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("IT Director")).await;
    assert_eq!(app.writes(), 0);
    let approved = app.technician().approves(&id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    assert_eq!(approved.body["decision"]["verdict"], "approved");
    assert_eq!(approved.body["decision"]["name"], "Sam");
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["status"], "applied");
    assert_eq!(applied["outcome"]["result"], "applied");
    assert_eq!(applied["outcome"]["verified"], true);
    assert_eq!(app.record("contacts", 501)["title"], "IT Director");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_create_is_carried_out_and_its_id_is_told() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "POST", "path": "/contacts",
            "body": {"data": {"type": "contacts", "attributes": {
                "organization-id": 2, "first-name": "Ines", "last-name": "Moreau"}}},
        }))
        .await;
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["outcome"]["verified"], true, "{applied:#}");
    let created: u64 = applied["outcome"]["resource_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(app.record("contacts", created)["last-name"], "Moreau");
}

#[tokio::test]
async fn a_delete_is_critical_and_carried_out() {
    let app = TestApp::start().await;
    let contact = app.another_contact().await;
    let proposal = json!({"method": "DELETE", "path": "/contacts",
        "body": {"data": [{"type": "contacts", "attributes": {"id": contact}}]}});
    let id = app.agent().has_proposed(proposal).await;
    assert_eq!(app.agent().sees(&id).await["tier"], "critical");
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    assert!(
        app.simulator
            .control()
            .record("contacts", contact)
            .is_none()
    );
}

#[tokio::test]
async fn a_rejection_reaches_the_agent_with_its_reason() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let opened = app.technician().opens(&id).await;
    let body = json!({"fingerprint": opened["fingerprint"]});
    let missing = app.technician().decides(&id, "reject", &body).await;
    missing.is_problem(422, "invalid-proposal");
    let rejected = app
        .technician()
        .rejects(&id, "The ticket says otherwise")
        .await;
    assert_eq!(rejected.body["status"], "rejected");
    let seen = app.agent().sees(&id).await;
    assert_eq!(seen["decision"]["reason"], "The ticket says otherwise");
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn what_is_sent_back_can_be_revised() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let opened = app.technician().opens(&id).await;
    let body = json!({"fingerprint": opened["fingerprint"], "reason": "Which ticket?"});
    let sent_back = app.technician().decides(&id, "send-back", &body).await;
    assert_eq!(sent_back.body["status"], "sent_back");
    let mut revised = new_title("Two");
    revised["summary"] = json!("with ticket");
    let path = format!("/api/v1/proposals/{id}");
    let put = app
        .agent()
        .request(reqwest::Method::PUT, &path)
        .json(&revised);
    assert_eq!(crate::ground::answer(put).await.body["status"], "pending");
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
}

#[tokio::test]
async fn erased_traits_can_be_kept() {
    let app = TestApp::start().await;
    let before = app.record("flexible_assets", 123)["traits"].clone();
    let traits = json!({"name": before["name"], "category": before["category"], "seats": 7});
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/flexible_assets/123",
            "body": {"data": {"type": "flexible-assets", "attributes": {"traits": traits}}},
        }))
        .await;
    let opened = app.technician().opens(&id).await;
    assert_eq!(
        opened["diff"]["fields"][0]["change"], "erased",
        "{opened:#}"
    );
    let keep = json!({"keep": ["location", "application-server"]});
    let approved = app.technician().approves_with(&id, keep).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    assert_eq!(approved.body["decision"]["verdict"], "approved_with_edits");
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["outcome"]["verified"], true, "{applied:#}");
    let after = app.record("flexible_assets", 123)["traits"].clone();
    assert_eq!(after["location"], before["location"]);
    assert_eq!(after["application-server"], before["application-server"]);
    assert_eq!(after["seats"], 7);
    assert!(after.get("version").is_none_or(serde_json::Value::is_null));
}

#[tokio::test]
async fn critical_proposals_need_the_scope_and_a_reason() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": {"password": "canary-4711-value"}}},
        }))
        .await;
    let opened = app.technician().opens(&id).await;
    assert!(!opened.to_string().contains("canary-4711"), "{opened:#}");
    assert!(
        !app.agent()
            .sees(&id)
            .await
            .to_string()
            .contains("canary-4711")
    );
    let bare = json!({"fingerprint": opened["fingerprint"]});
    app.technician()
        .decides(&id, "approve", &bare)
        .await
        .is_problem(422, "invalid-proposal");
    app.without_critical()
        .approves(&id)
        .await
        .is_problem(403, "step-up-required");
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for(&id, "applied").await;
    assert!(!applied.to_string().contains("canary-4711"));
    assert_eq!(
        app.record("passwords", 601)["password"],
        "canary-4711-value"
    );
}

#[tokio::test]
async fn of_two_people_one_wins_and_the_other_is_told_who() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let shown = app.colleague().opens(&id).await["fingerprint"].clone();
    let first = app.technician().approves(&id).await;
    assert_eq!(first.status, StatusCode::OK);
    let body = json!({"fingerprint": shown, "reason": "no"});
    let second = app.colleague().decides(&id, "reject", &body).await;
    second.is_problem(409, "changed-since-shown");
    assert!(second.body["detail"].as_str().unwrap().contains("Sam"));
    let repeated = json!({"fingerprint": shown, "reason": "looks right"});
    let again = app.technician().decides(&id, "approve", &repeated).await;
    assert_eq!(again.status, StatusCode::OK, "{:#}", again.body);
}

#[tokio::test]
async fn a_held_approval_can_be_undone() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let held = app.technician().approves(&id).await;
    assert_eq!(held.body["status"], "held");
    app.colleague()
        .decides(&id, "undo", &json!({}))
        .await
        .is_problem(403, "forbidden");
    let undone = app.technician().decides(&id, "undo", &json!({})).await;
    assert_eq!(undone.body["status"], "pending");
    assert_eq!(undone.body["round"], 2);
    assert!(undone.body["decision"].is_null());
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn where_asking_is_off_the_policy_approves() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let id = app.agent().has_proposed(new_title("At once")).await;
    let applied = app.agent().waits_for(&id, "applied").await;
    assert_eq!(applied["decision"]["by"], "policy");
    assert_eq!(applied["verdict"]["rule"], "contacts.allowed");
}

#[tokio::test]
async fn a_password_is_asked_even_where_asking_is_off() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Passwords).await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": {"notes": "rotated"}}},
        }))
        .await;
    let proposal = app.agent().sees(&id).await;
    assert_eq!(proposal["status"], "pending");
    assert_eq!(proposal["verdict"]["rule"], "floor.password_write");
    assert_eq!(proposal["tier"], "critical");
}

#[tokio::test]
async fn a_body_with_edits_takes_the_place_of_the_proposed_one() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let edit = json!({"body": {"data": {"type": "contacts", "attributes": {"title": "Edited"}}}});
    let approved = app.technician().approves_with(&id, edit).await;
    assert_eq!(approved.body["decision"]["verdict"], "approved_with_edits");
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Edited");
}

#[tokio::test]
async fn only_the_same_edits_get_the_first_answer_again() {
    let app = TestApp::start().await;
    let mut proposal = new_title("One");
    proposal["body"]["data"]["attributes"]["notes"] = json!("Call first");
    let id = app.agent().has_proposed(proposal).await;
    let opened = app.technician().opens(&id).await;
    let decide = |more: serde_json::Value| {
        let mut body = json!({"fingerprint": opened["fingerprint"], "reason": "looks right"});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        let app = &app;
        let id = &id;
        async move { app.technician().decides(id, "approve", &body).await }
    };
    let omit = json!({"omit": ["/data/attributes/notes"]});
    let first = decide(omit.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{:#}", first.body);
    let again = decide(omit).await;
    assert_eq!(again.status, StatusCode::OK, "{:#}", again.body);
    assert_eq!(again.body["decision"], first.body["decision"]);
    decide(json!({}))
        .await
        .is_problem(409, "changed-since-shown");
    let other = json!({"omit": ["/data/attributes/title"]});
    decide(other).await.is_problem(409, "changed-since-shown");
}
