//! Who may come in: tokens of agents and of people, each at its own doors only.

use countersign::access::ProvenAdministrator;
use reqwest::Method;
use serde_json::json;

use crate::ground::{PATIENCE, TestApp, answer, new_title};

#[tokio::test]
async fn without_a_valid_token_nobody_gets_in() {
    let app = TestApp::start().await;
    let none = answer(app.request(Method::GET, "/api/v1/proposals")).await;
    none.is_problem(401, "unauthenticated");
    assert!(none.headers.contains_key("www-authenticate"));
    for token in ["", "cs_agent_x", "ITG.abc", "cs_agent_aaaaaaaa_bbbb"] {
        app.caller(token)
            .get("/api/v1/proposals")
            .await
            .is_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn an_agent_reaches_no_deciding_route() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let fingerprint = app.technician().opens(&id).await["fingerprint"].clone();
    for what in ["approve", "reject", "send-back", "undo"] {
        let body = json!({"fingerprint": fingerprint, "reason": "mine"});
        app.agent()
            .decides(&id, what, &body)
            .await
            .is_problem(403, "forbidden");
    }
    app.agent()
        .get("/api/v1/review/proposals")
        .await
        .is_problem(403, "forbidden");
    app.agent()
        .get(&format!("/api/v1/review/proposals/{id}"))
        .await
        .is_problem(403, "forbidden");
    assert_eq!(app.agent().sees(&id).await["status"], "pending");
}

#[tokio::test]
async fn nothing_in_a_proposal_makes_it_born_approved() {
    let app = TestApp::start().await;
    for member in ["status", "decision", "approved", "tier", "verdict"] {
        let mut proposal = new_title("One");
        proposal[member] = json!("approved");
        let answer = app.agent().proposes(proposal).await;
        answer.is_problem(422, "invalid-proposal");
        assert_eq!(answer.pointers(), [format!("/{member}")]);
    }
}

#[tokio::test]
async fn another_agents_proposal_does_not_exist() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let path = format!("/api/v1/proposals/{id}");
    app.other_agent()
        .get(&path)
        .await
        .is_problem(404, "not-found");
    app.other_agent()
        .post(&format!("{path}/withdraw"), &json!({}))
        .await
        .is_problem(404, "not-found");
    let mut body = new_title("Two");
    body["summary"] = json!("mine now");
    answer(app.other_agent().request(Method::PUT, &path).json(&body))
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn people_do_not_propose_and_auditors_do_not_decide() {
    let app = TestApp::start().await;
    app.technician()
        .proposes(new_title("One"))
        .await
        .is_problem(403, "forbidden");
    let id = app.agent().has_proposed(new_title("One")).await;
    let opened = app.auditor().opens(&id).await;
    let body = json!({"fingerprint": opened["fingerprint"], "reason": "no"});
    app.auditor()
        .decides(&id, "reject", &body)
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_paused_agent_is_told_so() {
    let app = TestApp::start().await;
    let admin = &app.server().state().admin;
    admin
        .pause_agent(
            &ProvenAdministrator::operator(),
            &"triage-bot".parse().unwrap(),
            None,
        )
        .await
        .unwrap();
    app.agent()
        .proposes(new_title("One"))
        .await
        .is_problem(403, "agent-paused");
}

#[tokio::test]
async fn a_token_says_what_it_may_do() {
    let app = TestApp::start().await;
    let permissions = app.agent().get("/api/v1/permissions").await.body;
    assert_eq!(permissions["profile"], "Everything");
    assert_eq!(permissions["groups"]["passwords"]["access"], "read-write");
    assert!(permissions["floors"].as_array().unwrap().len() >= 8);
    let checked = app
        .agent()
        .post(
            "/api/v1/permissions/check",
            &json!({"method": "DELETE", "path": "/organizations/2"}),
        )
        .await
        .body;
    assert_eq!(checked["verdict"], "refused");
    assert_eq!(checked["rule"], "floor.organization_delete");
    let write = json!({"method": "PATCH", "path": "/passwords/601"});
    let checked = app
        .agent()
        .post("/api/v1/permissions/check", &write)
        .await
        .body;
    assert_eq!(checked["verdict"], "needs_approval");
    assert_eq!(checked["tier"], "critical");
    assert_eq!(checked["at_least"], true);
}

#[tokio::test]
async fn whoever_waits_for_what_is_over_is_answered_at_once() {
    let app = TestApp::start().await;
    let waits = async |id: &str| {
        let path = format!("/api/v1/proposals/{id}");
        let question = app.agent().request(Method::GET, &path);
        let asked = answer(question.header("prefer", "wait=60"));
        // Far less than the minute that it would otherwise take.
        let told = tokio::time::timeout(PATIENCE, asked).await;
        told.expect("it is over, and nothing more will be known")
            .is(200)
    };
    let rejected = app.agent().has_proposed(new_title("One")).await;
    app.technician().rejects(&rejected, "No").await.is(200);
    assert_eq!(waits(&rejected).await["status"], "rejected");

    let applied = app.agent().has_proposed(new_title("Two")).await;
    app.technician().approves(&applied).await.is(200);
    app.agent().waits_for(&applied, "applied").await;
    assert_eq!(waits(&applied).await["outcome"]["verified"], true);
    assert_eq!(waits(&applied).await["outcome"]["verified"], true);
}
