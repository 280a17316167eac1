//! A person says what became of a send: by what IT Glue shows, once, and with all that it takes.

use std::time::Duration;

use countersign::simulator::{DEMO_API_KEY, Fault, FaultKind};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};

fn new_contact(last_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts",
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": 2, "first-name": "Ines", "last-name": last_name}}},
    })
}

fn loses_requests(app: &TestApp, method: &str, times: usize) {
    for _ in 0..times {
        let fault = Fault::next(FaultKind::ResetBefore).on(method);
        app.simulator.control().fault(fault);
    }
}

fn word(resolution: &str) -> Value {
    json!({"item": 0, "resolution": resolution, "reason": "looked at it"})
}

fn not_applied(then: &str) -> Value {
    json!({"item": 0, "resolution": "not_applied", "then": then, "reason": "looked at it"})
}

/// A create whose request never arrived, and that reading could not find.
async fn lost_create(app: &TestApp, last_name: &str) -> String {
    let id = app.agent().has_proposed(new_contact(last_name)).await;
    loses_requests(app, "POST", 1);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "needs_attention").await;
    id
}

/// Somebody makes a contact in IT Glue itself.
async fn somebody_creates(app: &TestApp, organization: u64, last_name: &str) -> u64 {
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization-id": organization, "first-name": "Ines", "last-name": last_name}}});
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let made = http
        .post(format!("{}/contacts", app.simulator.base_url()))
        .header("x-api-key", DEMO_API_KEY)
        .header("content-type", "application/vnd.api+json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let made: Value = serde_json::from_str(&made.text().await.unwrap()).unwrap();
    made["data"]["id"].as_str().unwrap().parse().unwrap()
}

fn contacts_called(app: &TestApp, last_name: &str) -> usize {
    let records = app.simulator.control().records("contacts");
    records
        .iter()
        .filter(|contact| contact["last-name"] == last_name)
        .count()
}

#[tokio::test]
async fn what_is_not_there_is_sent_again_by_a_person_who_proves_who_they_are() {
    let app = TestApp::start().await;
    let id = lost_create(&app, "Moreau").await;
    let again = not_applied("send_again");
    let refused = app.without_critical().decides(&id, "resolve", &again).await;
    refused.is_problem(403, "step-up-required");
    let mut without_reason = again.clone();
    without_reason["reason"] = json!(" ");
    let refused = app
        .technician()
        .decides(&id, "resolve", &without_reason)
        .await;
    assert_eq!(refused.pointers(), ["/reason"]);
    let resolved = app.technician().decides(&id, "resolve", &again).await;
    assert_eq!(resolved.status, StatusCode::OK, "{:#}", resolved.body);
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["outcome"]["verified"], true, "{applied:#}");
    assert_eq!(contacts_called(&app, "Moreau"), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn what_arrived_meanwhile_is_not_sent_again() {
    let app = TestApp::start().await;
    let id = lost_create(&app, "Late").await;
    let made = somebody_creates(&app, 2, "Late").await;
    let again = not_applied("send_again");
    let refused = app.technician().decides(&id, "resolve", &again).await;
    refused.is_problem(409, "changed-since-shown");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains(&made.to_string()), "{detail}");
    let mut there = word("applied");
    there["resource_id"] = json!(made.to_string());
    let resolved = app.technician().decides(&id, "resolve", &there).await;
    assert_eq!(resolved.body["status"], "applied", "{:#}", resolved.body);
    assert_eq!(resolved.body["outcome"]["verified"], true);
    assert_eq!(resolved.body["outcome"]["resource_id"], made.to_string());
    assert_eq!(contacts_called(&app, "Late"), 1);
}

/// A create that never arrived, beside a record of its name that somebody has made since.
async fn lost_create_beside_another(app: &TestApp, last_name: &str) -> (String, u64) {
    let mut proposal = new_contact(last_name);
    proposal["body"]["data"]["attributes"]["title"] = json!("Nurse");
    let id = app.agent().has_proposed(proposal).await;
    loses_requests(app, "POST", 1);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "needs_attention").await;
    let other = somebody_creates(app, 2, last_name).await;
    (id, other)
}

#[tokio::test]
async fn a_new_record_of_the_same_name_is_shown_and_neither_doubled_nor_called_absent() {
    let app = TestApp::start().await;
    let (id, other) = lost_create_beside_another(&app, "Moreau").await;
    let opened = app.technician().opens(&id).await;
    let now = &opened["trails"][0]["now"];
    let finding = now["finding"].as_str().unwrap();
    assert!(finding.contains(&other.to_string()), "{now:#}");
    let candidates = now["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 1, "{now:#}");
    assert_eq!(candidates[0]["id"], other.to_string());
    assert_eq!(candidates[0]["as_sent"], false);
    let again = not_applied("send_again");
    let refused = app.technician().decides(&id, "resolve", &again).await;
    refused.is_problem(409, "changed-since-shown");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains(&other.to_string()), "{detail}");
    let left = app
        .technician()
        .decides(&id, "resolve", &not_applied("close"))
        .await;
    assert_eq!(left.body["status"], "closed_unknown", "{:#}", left.body);
    assert_eq!(left.body["outcome"]["result"], "unknown");
    assert_eq!(contacts_called(&app, "Moreau"), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_new_record_of_the_same_name_can_be_named_as_the_one_that_was_made() {
    let app = TestApp::start().await;
    let (id, other) = lost_create_beside_another(&app, "Moreau").await;
    let mut there = word("applied");
    there["resource_id"] = json!(other.to_string());
    let resolved = app.technician().decides(&id, "resolve", &there).await;
    assert_eq!(resolved.body["status"], "applied", "{:#}", resolved.body);
    assert_eq!(resolved.body["outcome"]["resource_id"], other.to_string());
    assert_eq!(resolved.body["outcome"]["verified"], false);
}

#[tokio::test]
async fn once_a_new_record_of_the_same_name_is_gone_it_is_sent_again() {
    let app = TestApp::start().await;
    let (id, other) = lost_create_beside_another(&app, "Moreau").await;
    app.simulator.control().remove("contacts", other);
    let again = not_applied("send_again");
    let resolved = app.technician().decides(&id, "resolve", &again).await;
    assert_eq!(resolved.status, StatusCode::OK, "{:#}", resolved.body);
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(contacts_called(&app, "Moreau"), 1);
}

#[tokio::test]
async fn the_record_that_is_there_has_to_be_one_that_the_send_can_have_made() {
    let app = TestApp::start().await;
    let id = lost_create(&app, "Moreau").await;
    let elsewhere = somebody_creates(&app, 3, "Moreau").await;
    for record in [
        json!("999999999"),
        json!(elsewhere.to_string()),
        Value::Null,
    ] {
        let mut there = word("applied");
        there["resource_id"] = record.clone();
        let refused = app.technician().decides(&id, "resolve", &there).await;
        assert_eq!(refused.pointers(), ["/resource_id"], "{record}");
    }
    let open = app.agent().sees(&id).await;
    assert_eq!(open["status"], "needs_attention");
}

#[tokio::test]
async fn what_is_left_is_failed_if_reading_agrees_and_given_up_without_it() {
    let app = TestApp::start().await;
    let first = lost_create(&app, "Moreau").await;
    let left = app
        .technician()
        .decides(&first, "resolve", &not_applied("close"))
        .await;
    assert_eq!(left.body["status"], "failed", "{:#}", left.body);
    assert_eq!(left.body["outcome"]["result"], "not_applied");
    let second = lost_create(&app, "Petit").await;
    let given_up = app
        .technician()
        .decides(&second, "resolve", &word("give_up"))
        .await;
    assert_eq!(given_up.body["status"], "closed_unknown");
    assert_eq!(given_up.body["outcome"]["result"], "unknown");
    app.audit_is_whole().await;
}

#[tokio::test]
async fn of_two_people_one_is_heard_and_the_other_is_told_who() {
    let app = TestApp::start().await;
    let id = lost_create(&app, "Moreau").await;
    let (close, give_up) = (not_applied("close"), word("give_up"));
    let (sam, kim) = (app.technician(), app.colleague());
    let (first, second) = tokio::join!(
        sam.decides(&id, "resolve", &close),
        kim.decides(&id, "resolve", &give_up),
    );
    let (winner, loser) = if first.status == StatusCode::OK {
        ("Sam", second)
    } else {
        assert_eq!(second.status, StatusCode::OK, "{:#}", second.body);
        ("Kim", first)
    };
    loser.is_problem(409, "changed-since-shown");
    assert!(loser.body["detail"].as_str().unwrap().contains(winner));
    let repeated = if winner == "Sam" {
        sam.decides(&id, "resolve", &close).await
    } else {
        kim.decides(&id, "resolve", &give_up).await
    };
    assert_eq!(repeated.status, StatusCode::OK, "the first answer again");
}

#[tokio::test]
async fn a_word_about_one_attempt_is_never_taken_for_one_about_the_next() {
    let app = TestApp::start().await;
    let id = lost_create(&app, "Moreau").await;
    let (sam, kim) = (app.technician(), app.colleague());
    let mut first = not_applied("send_again");
    first["attempt"] = sam.opens(&id).await["trails"][0]["attempt"].clone();
    assert!(first["attempt"].is_u64(), "{first:#}");
    loses_requests(&app, "POST", 1);
    let resolved = sam.decides(&id, "resolve", &first).await;
    assert_eq!(resolved.status, StatusCode::OK, "{:#}", resolved.body);
    app.agent().waits_for(&id, "needs_attention").await;
    let writes = app.writes();
    let repeated = sam.decides(&id, "resolve", &first).await;
    assert_eq!(repeated.status, StatusCode::OK, "the first answer again");
    assert_eq!(repeated.body["status"], "needs_attention");
    let late = kim.decides(&id, "resolve", &first).await;
    late.is_problem(409, "changed-since-shown");
    assert!(late.body["detail"].as_str().unwrap().contains("Sam"));
    assert_eq!(app.agent().sees(&id).await["status"], "needs_attention");
    assert_eq!(app.writes(), writes, "nothing more was sent");
    let mut second = first.clone();
    second["attempt"] = kim.opens(&id).await["trails"][0]["attempt"].clone();
    assert_ne!(first["attempt"], second["attempt"]);
    let again = kim.decides(&id, "resolve", &second).await;
    assert_eq!(again.status, StatusCode::OK, "{:#}", again.body);
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(contacts_called(&app, "Moreau"), 1);
    let malformed = json!({"item": 0, "attempt": -1, "resolution": "give_up", "reason": "x"});
    let refused = sam.decides(&id, "resolve", &malformed).await;
    assert_eq!(refused.pointers(), ["/attempt"]);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_conflict_is_sent_again_over_what_the_person_saw() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("IT Director")).await;
    loses_requests(&app, "PATCH", 1);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "checking").await;
    let control = app.simulator.control();
    control.edit("contacts", 501, json!({"title": "Somebody was here"}));
    app.agent().waits_for(&id, "needs_attention").await;
    let opened = app.technician().opens(&id).await;
    let field = &opened["diff"]["fields"][0];
    assert_eq!(field["live"], "Somebody was here", "{field:#}");
    assert_eq!(field["proposed"], "IT Director");
    let again = not_applied("send_again");
    let resolved = app.technician().decides(&id, "resolve", &again).await;
    assert_eq!(resolved.status, StatusCode::OK, "{:#}", resolved.body);
    let applied = app.agent().waits_for(&id, "applied").await;
    assert_eq!(applied["round"], 2);
    assert_eq!(applied["decision"]["name"], "Sam");
    assert_eq!(app.record("contacts", 501)["title"], "IT Director");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
}

#[tokio::test]
async fn an_item_that_ended_well_lets_the_rest_go_on() {
    let app = TestApp::start().await;
    let contacts = [app.another_contact().await, app.another_contact().await];
    let id = app.agent().has_proposed(deletes(&contacts)).await;
    loses_requests(&app, "DELETE", 2);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "needs_attention").await;
    let refused = app
        .technician()
        .decides(&id, "resolve", &word("applied"))
        .await;
    assert_eq!(refused.pointers(), ["/resolution"], "it is still there");
    app.simulator.control().remove("contacts", contacts[0]);
    let resolved = app
        .technician()
        .decides(&id, "resolve", &word("applied"))
        .await;
    assert_eq!(resolved.status, StatusCode::OK, "{:#}", resolved.body);
    app.agent().waits_for(&id, "applied").await;
    let second = app.simulator.control().record("contacts", contacts[1]);
    assert!(second.is_none());
}

#[tokio::test]
async fn the_rest_of_several_is_skipped_when_a_person_says_so() {
    let app = TestApp::start().await;
    let contacts = [app.another_contact().await, app.another_contact().await];
    let id = app.agent().has_proposed(deletes(&contacts)).await;
    loses_requests(&app, "DELETE", 2);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "needs_attention").await;
    let skipped = app
        .technician()
        .decides(&id, "resolve", &word("skip_rest"))
        .await;
    assert_eq!(
        skipped.body["status"], "needs_attention",
        "{:#}",
        skipped.body
    );
    assert_eq!(skipped.body["items"][1]["state"], "skipped");
    let closed = app
        .technician()
        .decides(&id, "resolve", &not_applied("close"))
        .await;
    assert_eq!(closed.body["status"], "failed", "{:#}", closed.body);
    for contact in contacts {
        let record = app.simulator.control().record("contacts", contact);
        assert!(record.is_some(), "nothing was deleted");
    }
}

fn deletes(contacts: &[u64]) -> Value {
    let data: Vec<Value> = contacts
        .iter()
        .map(|id| json!({"type": "contacts", "attributes": {"id": id}}))
        .collect();
    json!({"method": "DELETE", "path": "/contacts", "body": {"data": data}})
}

#[tokio::test]
async fn nothing_but_an_unknown_outcome_is_resolved() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let early = app
        .technician()
        .decides(&id, "resolve", &word("give_up"))
        .await;
    early.is_problem(409, "wrong-state");
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    let late = app
        .technician()
        .decides(&id, "resolve", &not_applied("send_again"))
        .await;
    late.is_problem(409, "wrong-state");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
    let malformed = json!({"item": 0, "resolution": "not_applied", "reason": "x", "when": "now"});
    let refused = app.technician().decides(&id, "resolve", &malformed).await;
    assert_eq!(refused.pointers(), ["/then", "/when"]);
    app.agent()
        .post(
            &format!("/api/v1/review/proposals/{id}/resolve"),
            &word("give_up"),
        )
        .await
        .is_problem(403, "forbidden");
}

fn titles(contacts: &[u64]) -> Value {
    let data: Vec<Value> = contacts
        .iter()
        .map(|id| json!({"type": "contacts", "attributes": {"id": id, "title": "Together"}}))
        .collect();
    json!({"method": "PATCH", "path": "/contacts", "body": {"data": data}})
}

/// Three records, of which the second has gone by the time of its turn.
async fn held_by_the_second(app: &TestApp) -> (String, [u64; 3]) {
    let contacts = [
        somebody_creates(app, 2, "One").await,
        somebody_creates(app, 2, "Two").await,
        somebody_creates(app, 2, "Three").await,
    ];
    let id = app.agent().has_proposed(titles(&contacts)).await;
    let approved = app.technician().approves(&id).await;
    assert_eq!(approved.body["status"], "held", "{:#}", approved.body);
    app.simulator.control().remove("contacts", contacts[1]);
    app.ends_holds().await;
    let open = app.agent().waits_for(&id, "needs_attention").await;
    assert_eq!(open["items"][1]["state"], "failed", "{open:#}");
    assert_eq!(open["items"][2]["state"], "queued");
    let advice = open["advice"].as_str().unwrap();
    assert!(advice.contains("Do not propose it again"), "{advice}");
    (id, contacts)
}

#[tokio::test]
async fn the_rest_of_several_goes_on_past_one_that_failed_when_a_person_says_so() {
    let hold = [("COUNTERSIGN_HOLD_SECONDS", "600")];
    let app = TestApp::start_with(&hold).await;
    let (id, contacts) = held_by_the_second(&app).await;
    let resume = |item: u32| json!({"item": item, "resolution": "resume", "reason": "go on"});
    let well = app.technician().decides(&id, "resolve", &resume(0)).await;
    assert_eq!(well.pointers(), ["/item"], "{:#}", well.body);
    let resumed = app.technician().decides(&id, "resolve", &resume(1)).await;
    assert_eq!(resumed.status, StatusCode::OK, "{:#}", resumed.body);
    let ended = app.agent().waits_for(&id, "partly_applied").await;
    let states: Vec<&str> = ended["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["applied", "failed", "applied"]);
    assert_eq!(app.record("contacts", contacts[2])["title"], "Together");
    let again = app.technician().decides(&id, "resolve", &resume(1)).await;
    assert_eq!(again.status, StatusCode::OK, "the first answer again");
    app.audit_is_whole().await;
}

#[tokio::test]
async fn what_waits_for_another_write_says_for_which() {
    let app = TestApp::start().await;
    let first = app.agent().has_proposed(new_title("First")).await;
    loses_requests(&app, "PATCH", 1);
    app.technician().approves(&first).await;
    app.agent().waits_for(&first, "checking").await;
    let second = json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"important": false}}},
    });
    let second = app.other_agent().has_proposed(second).await;
    app.technician().approves(&second).await;
    let waiting = app.other_agent().sees(&second).await;
    let number = app.agent().sees(&first).await["number"].clone();
    let why = waiting["hold_reason"].as_str().unwrap_or_default();
    assert!(why.contains(&format!("#{number}")), "{waiting:#}");
    app.agent().waits_for(&first, "applied").await;
    app.other_agent().waits_for(&second, "applied").await;
}

#[tokio::test]
async fn what_is_tried_again_later_says_from_when_on() {
    let app = TestApp::start().await;
    let max = app.administrator();
    let id = app.agent().has_proposed(new_title("Later")).await;
    let all = json!({"scope": "all", "reason": "a migration runs"});
    max.post("/api/v1/admin/pause", &all).await.is(200);
    app.technician().approves(&id).await;
    app.simulator.control().fault(Fault {
        path_contains: Some("/contacts/".to_owned()),
        times: 1000,
        ..Fault::next(FaultKind::ErrorBefore { status: 403 }).on("GET")
    });
    max.post("/api/v1/admin/resume", &all).await.is(204);
    let told = async {
        loop {
            let waiting = app.agent().sees(&id).await;
            if waiting["not_before"].is_string() {
                break waiting;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waiting = tokio::time::timeout(Duration::from_secs(20), told);
    let waiting = waiting.await.unwrap();
    assert_eq!(waiting["status"], "queued");
    let why = waiting["hold_reason"].as_str().unwrap_or_default();
    assert!(why.contains("this kind of record"), "{waiting:#}");
}
