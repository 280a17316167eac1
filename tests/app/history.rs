//! The history: decisions and what came of them, for people to look up.

use reqwest::Method;
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};

const HISTORY: &str = "/api/v1/review/history";

async fn found(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app
        .auditor()
        .get(&format!("{HISTORY}?{query}"))
        .await
        .is(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn decisions_are_told_with_what_came_of_them() {
    let app = TestApp::start().await;
    let one = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&one).await;
    app.agent().waits_for_verification(&one).await;
    let two = app.other_agent().has_proposed(new_title("Two")).await;
    app.colleague().rejects(&two, "Not this one").await;
    let all = found(&app, "").await;
    assert_eq!(all.len(), 2);
    let (rejected, applied) = (&all[0], &all[1]);
    assert_eq!(rejected["decision"]["verdict"], "rejected");
    assert_eq!(rejected["decision"]["name"], "Kim");
    assert_eq!(rejected["decision"]["reason"], "Not this one");
    assert_eq!(rejected["outcome"], Value::Null);
    assert_eq!(applied["decision"]["verdict"], "approved");
    assert_eq!(applied["outcome"]["result"], "applied");
    assert_eq!(applied["proposal"]["agent"], "triage-bot");
    assert_eq!(applied["proposal"]["id"], json!(one));
    let person = rejected["decision"]["person"].as_str().unwrap();
    for (query, number) in [
        ("verdict=approved".to_owned(), 1),
        ("result=applied".to_owned(), 1),
        (format!("person={person}"), 2),
        ("verdict=rejected&organization_id=2".to_owned(), 2),
    ] {
        let found = found(&app, &query).await;
        assert_eq!(found.len(), 1, "{query}");
        assert_eq!(found[0]["proposal"]["number"], number, "{query}");
    }
    for query in [
        "organization_id=9",
        "ticket=T-0",
        "result=refused_by_itglue",
        "since=2099-01-01T00:00:00Z",
        "until=2001-01-01T00:00:00Z",
    ] {
        assert!(found(&app, query).await.is_empty(), "{query}");
    }
    let page = app
        .auditor()
        .get(&format!("{HISTORY}?limit=1"))
        .await
        .is(200);
    let next = page["next_cursor"].as_str().unwrap();
    let last = app
        .auditor()
        .get(&format!("{HISTORY}?limit=1&cursor={next}"))
        .await;
    let last = last.is(200);
    assert_eq!(last["items"][0], all[1]);
    assert_eq!(last["next_cursor"], Value::Null);
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_named() {
    let app = TestApp::start().await;
    for (query, pointer) in [
        ("verdict=maybe", "/query/verdict"),
        ("result=fine", "/query/result"),
        ("agent=somebody", "/query/agent"),
        ("person=somebody", "/query/person"),
        ("organization_id=Acme", "/query/organization_id"),
        ("since=yesterday", "/query/since"),
        ("cursor=1", "/query/cursor"),
        ("limit=0", "/query/limit"),
        ("order=oldest", "/query"),
    ] {
        let refused = app.auditor().get(&format!("{HISTORY}?{query}")).await;
        refused.is_problem(422, "invalid-proposal");
        assert_eq!(refused.pointers(), [pointer], "{query}");
    }
}

/// What was sent back is in the proposal's past: why, what had been proposed, what was decided.
#[tokio::test]
async fn a_new_revision_stands_beside_what_was_sent_back() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let opened = app.technician().opens(&id).await;
    assert_eq!(
        (&opened["revisions"], &opened["decisions"]),
        (&json!([]), &json!([]))
    );
    let body = json!({"fingerprint": opened["fingerprint"], "reason": "Which ticket?"});
    app.technician()
        .decides(&id, "send-back", &body)
        .await
        .is(200);
    let told = app.agent().sees(&id).await;
    assert_eq!(told["decision"]["verdict"], "sent_back");
    assert_eq!(told["decision"]["reason"], "Which ticket?");
    let mut revised = new_title("Two");
    revised["summary"] = json!("with ticket");
    let path = format!("/api/v1/proposals/{id}");
    let answer = app
        .agent()
        .sends(Method::PUT, &path, &revised)
        .await
        .is(200);
    assert_eq!(
        (&answer["revision"], &answer["decision"]),
        (&json!(2), &Value::Null)
    );
    let opened = app.technician().opens(&id).await;
    assert_eq!(opened["revision"], 2);
    assert_eq!(opened["decisions"][0]["reason"], "Which ticket?");
    assert_eq!(opened["decisions"][0]["verdict"], "sent_back");
    let before = &opened["revisions"][0];
    assert_eq!(before["revision"], 1);
    assert_eq!(before["summary"], "a test");
    assert_eq!(
        before["request"]["body"]["data"]["attributes"]["title"],
        "One"
    );
    // What was shown before is no longer what would be approved.
    let stale = app.technician().decides(&id, "approve", &body).await;
    stale.is_problem(409, "changed-since-shown");
    app.technician().approves(&id).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Two");
}
