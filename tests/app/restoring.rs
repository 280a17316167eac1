//! The restore drill: a database from yesterday, and nothing sent twice from it.

use std::fs;
use std::path::Path;

use countersign::access::ProvenAdministrator;
use countersign::simulator::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};

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
