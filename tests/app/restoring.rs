//! The restore drill: a database from yesterday, and nothing sent twice from it.

use std::fs;
use std::path::Path;

use countersign::access::ProvenAdministrator;
use countersign::domain::{AuditAction, AuditFilter};
use countersign::simulator::{Fault, FaultKind};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title, plain_client};

const DATABASE: &str = "countersign.db";

fn keep_copy(data: &Path) {
    fs::copy(data.join(DATABASE), data.join("backup")).unwrap();
}

fn put_copy_back(data: &Path) {
    for beside in ["countersign.db-wal", "countersign.db-shm"] {
        let _gone = fs::remove_file(data.join(beside));
    }
    fs::copy(data.join("backup"), data.join(DATABASE)).unwrap();
}

fn new_contact(last_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts",
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": 2, "first-name": "Ines", "last-name": last_name}}},
    })
}

fn contacts_called(app: &TestApp, last_name: &str) -> usize {
    let records = app.simulator.control().records("contacts");
    records
        .iter()
        .filter(|contact| contact["last-name"] == last_name)
        .count()
}

/// Approved, and held long enough that nothing leaves before a copy is made.
async fn waiting(app: &TestApp, proposals: Vec<Value>) -> Vec<String> {
    let mut ids = Vec::new();
    for proposal in proposals {
        ids.push(app.agent().has_proposed(proposal).await);
    }
    for id in &ids {
        let approved = app.technician().approves(id).await;
        assert_eq!(approved.body["status"], "held", "{:#}", approved.body);
    }
    ids
}

#[tokio::test]
async fn nothing_of_a_restored_database_is_sent_before_somebody_answers_for_it() {
    let hold = [("COUNTERSIGN_HOLD_SECONDS", "600")];
    let app = TestApp::start_with(&hold).await;
    let created: Vec<Value> = (0..4).map(|n| new_contact(&format!("Drill{n}"))).collect();
    let mut proposals = created;
    proposals.push(new_title("Restored once"));
    let ids = waiting(&app, proposals).await;
    let app = app.stop_then(keep_copy).await;
    app.ends_holds().await;
    for id in &ids {
        app.agent().waits_for(id, "applied").await;
    }
    let writes = app.writes();
    let app = app.stop_then(put_copy_back).await;
    let shown = app.agent().sees(&ids[0]).await;
    assert_ne!(shown["status"], "applied", "an old truth");
    assert!(shown["hold_reason"].as_str().unwrap().contains("restored"));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(app.writes(), writes, "nothing was sent");
    let admin = &app.server().state().admin;
    assert!(admin.is_held_after_restore());
    let operator = ProvenAdministrator::operator();
    let accepted = admin.accept_restore(&operator).await.unwrap().unwrap();
    assert_eq!(accepted.doubted, 5);
    for id in &ids {
        let found = app.agent().waits_for(id, "applied").await;
        assert_eq!(found["outcome"]["result"], "applied", "{found:#}");
    }
    assert_eq!(app.writes(), writes, "all of it was found by reading");
    for number in 0..4 {
        assert_eq!(contacts_called(&app, &format!("Drill{number}")), 1);
    }
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_create_that_was_not_sent_before_the_restore_ends_with_a_person() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let ids = waiting(&app, vec![new_contact("Never"), new_title("Again")]).await;
    let pending = app.agent().has_proposed(new_contact("Pending")).await;
    let app = app
        .stop_then(|data| fs::remove_file(data.join("countersign.db.mark")).unwrap())
        .await;
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let accepted = admin.accept_restore(&operator).await.unwrap().unwrap();
    assert_eq!((accepted.doubted, accepted.marked), (2, 1));
    app.agent().waits_for(&ids[0], "needs_attention").await;
    app.agent().waits_for(&ids[1], "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Again");
    assert_eq!(
        app.applied_writes("POST", "/contacts"),
        0,
        "not sent blindly"
    );
    let pending = app.agent().sees(&pending).await;
    assert!(
        pending["warnings"]
            .to_string()
            .contains("may_exist_already")
    );
}

/// Creates of one name: reading cannot tell which of them made what it finds.
#[tokio::test]
async fn creates_behind_one_another_are_asked_about_one_by_one_and_none_is_closed_or_sent() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let mut twin = new_contact("Twin");
    twin["body"]["data"]["attributes"]["title"] = json!("The other one");
    let first = waiting(&app, vec![new_contact("Twin")])
        .await
        .swap_remove(0);
    let second = app.other_agent().has_proposed(twin).await;
    app.technician().approves(&second).await;
    let app = app
        .stop_then(|data| fs::remove_file(data.join("countersign.db.mark")).unwrap())
        .await;
    let admin = &app.server().state().admin;
    let operator = ProvenAdministrator::operator();
    let accepted = admin.accept_restore(&operator).await.unwrap().unwrap();
    assert_eq!((accepted.doubted, accepted.asked), (2, 1));
    app.agent().waits_for(&first, "needs_attention").await;
    let waits = app.other_agent().sees(&second).await;
    assert_eq!(waits["status"], "queued", "{waits:#}");
    assert!(waits["hold_reason"].as_str().unwrap().contains('#'));
    let give_up = json!({"item": 0, "resolution": "give_up", "reason": "nobody knows"});
    let left = app.technician().decides(&first, "resolve", &give_up).await;
    assert_eq!(left.body["status"], "closed_unknown");
    app.other_agent()
        .waits_for(&second, "needs_attention")
        .await;
    assert_eq!(app.writes(), 0, "none is sent blindly");
    let again = json!({"item": 0, "resolution": "not_applied", "then": "send_again",
        "reason": "it is not there"});
    app.technician().decides(&second, "resolve", &again).await;
    app.other_agent().waits_for(&second, "applied").await;
    assert_eq!(contacts_called(&app, "Twin"), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_server_that_only_starts_again_holds_nothing_back() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    let lost = app.agent().has_proposed(new_title("Two")).await;
    let fault = Fault::next(FaultKind::ResetBefore).on("PATCH");
    app.simulator.control().fault(fault);
    app.technician().approves(&lost).await;
    app.agent().waits_for(&lost, "checking").await;
    let app = app.stop_then(|_| ()).await;
    assert!(!app.server().state().admin.is_held_after_restore());
    app.agent().waits_for(&lost, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Two");
}

/// A write that waits, on a server whose mark has gone.
async fn restored_with(title: &str) -> (TestApp, String) {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let id = waiting(&app, vec![new_title(title)]).await.swap_remove(0);
    let app = app
        .stop_then(|data| fs::remove_file(data.join("countersign.db.mark")).unwrap())
        .await;
    (app, id)
}

async fn accepted_by(app: &TestApp) -> Vec<String> {
    let filter = AuditFilter {
        action: Some(AuditAction::RestoreAccepted),
        ..AuditFilter::default()
    };
    let admin = &app.server().state().admin;
    let by = ProvenAdministrator::operator();
    let rows = admin.audit(&by, &filter, None, 10).await.unwrap().items;
    rows.iter().map(|row| row.actor.to_string()).collect()
}

#[tokio::test]
async fn what_looks_unsent_in_a_restored_database_is_neither_withdrawn_nor_undone() {
    let (app, id) = restored_with("Not taken back").await;
    let pending = app.agent().has_proposed(new_contact("Pending")).await;
    let withdraw = |id: &str| format!("/api/v1/proposals/{id}/withdraw");
    let withdrawn = app.agent().post(&withdraw(&id), &json!({})).await;
    withdrawn.is_problem(409, "wrong-state");
    let detail = withdrawn.body["detail"].as_str().unwrap();
    assert!(detail.contains("restored from a backup"), "{detail}");
    let undone = app.technician().decides(&id, "undo", &json!({})).await;
    undone.is_problem(409, "wrong-state");
    let detail = undone.body["detail"].as_str().unwrap();
    assert!(detail.contains("restored from a backup"), "{detail}");
    assert_eq!(app.agent().sees(&id).await["status"], "held");
    let waited = app.agent().post(&withdraw(&pending), &json!({})).await;
    assert_eq!(waited.is(200)["status"], "withdrawn", "nobody approved it");
    let address = "/api/v1/admin/restore";
    app.administrator().post(address, &json!({})).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    app.audit_is_whole().await;
}

#[tokio::test]
async fn nobody_says_what_became_of_a_write_before_the_restore_is_accepted() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_contact("Unclear")).await;
    let fault = Fault::next(FaultKind::ResetBefore).on("POST");
    app.simulator.control().fault(fault);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "needs_attention").await;
    let app = app
        .stop_then(|data| fs::remove_file(data.join("countersign.db.mark")).unwrap())
        .await;
    let give_up = json!({"item": 0, "resolution": "give_up", "reason": "nobody knows"});
    let early = app.technician().decides(&id, "resolve", &give_up).await;
    early.is_problem(409, "wrong-state");
    assert_eq!(app.agent().sees(&id).await["status"], "needs_attention");
    let address = "/api/v1/admin/restore";
    app.administrator().post(address, &json!({})).await.is(200);
    let resolved = app.technician().decides(&id, "resolve", &give_up).await;
    assert_eq!(resolved.body["status"], "closed_unknown");
    app.audit_is_whole().await;
}

#[tokio::test]
async fn an_administrator_accepts_a_restored_database_by_rest_and_the_worker_goes_on() {
    let (app, id) = restored_with("Accepted by REST").await;
    let shown = app
        .administrator()
        .get("/api/v1/admin/restore")
        .await
        .is(200);
    assert_eq!(shown["held"], true, "{shown:#}");
    assert!(
        shown["sign"].as_str().unwrap().contains("mark"),
        "{shown:#}"
    );
    let address = "/api/v1/admin/restore";
    let refused = app.technician().post(address, &json!({})).await;
    refused.is_problem(403, "forbidden");
    assert_eq!(app.writes(), 0);
    let accepted = app.administrator().post(address, &json!({})).await.is(200);
    assert_eq!(accepted, json!({"doubted": 1, "asked": 0, "marked": 0}));
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Accepted by REST");
    let again = app.administrator().post(address, &json!({})).await;
    again.is_problem(409, "wrong-state");
    assert_eq!(accepted_by(&app).await, ["person"]);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn an_administrator_accepts_a_restored_database_in_the_browser_with_a_proof() {
    const PASSWORD: &str = "a+long+enough+pass+phrase";
    let (app, id) = restored_with("Accepted in the browser").await;
    let browser = plain_client();
    let form = |path: &str, cookie: &str, body: String| {
        browser
            .post(app.address(path))
            .header(ACCEPT, "text/html")
            .header(COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send()
    };
    let page = async |path: &str, cookie: &str| {
        let page = browser.get(app.address(path)).header(COOKIE, cookie);
        let page = page.header(ACCEPT, "text/html").send().await.unwrap();
        page.text().await.unwrap()
    };
    let signs_in = async |email: &str| {
        let body = format!("email={email}%40example.com&password={PASSWORD}&next=%2Fqueue");
        let answer = form("/web/sign_in", "", body).await.unwrap();
        let cookies = answer.headers().get_all(SET_COOKIE).iter();
        let session = cookies
            .filter_map(|cookie| cookie.to_str().unwrap().split(';').next())
            .find(|cookie| cookie.starts_with("cs_dev="));
        session.unwrap().to_owned()
    };
    let technician = signs_in("sam").await;
    let queue = page("/queue", &technician).await;
    assert!(queue.contains("restored from a backup"), "{queue}");
    assert!(!queue.contains("href=\"/restore\""));
    let administrator = signs_in("max").await;
    assert!(
        page("/queue", &administrator)
            .await
            .contains("href=\"/restore\"")
    );
    assert!(
        page("/restore", &administrator)
            .await
            .contains("/web/accept_restore")
    );
    let without = form("/web/accept_restore", &administrator, String::new());
    let back = without.await.unwrap().headers()[LOCATION]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        back.starts_with("/restore") && !back.contains("done="),
        "{back}"
    );
    assert!(app.server().state().admin.is_held_after_restore());
    let accepted = form(
        "/web/accept_restore",
        &administrator,
        format!("proof={PASSWORD}"),
    );
    let done = accepted.await.unwrap().headers()[LOCATION]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(done, "/restore?done=restore-accepted");
    app.agent().waits_for(&id, "applied").await;
    assert!(
        !page("/queue", &administrator)
            .await
            .contains("restored from a backup")
    );
}
