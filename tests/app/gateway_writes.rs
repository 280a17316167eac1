//! The gateway's writes: held, allowed, refused, waited for and repeated.

use std::time::{Duration, Instant};

use countersign::domain::{AuditAction, PermissionGroup};
use countersign::simulator::{Fault, FaultKind};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::gateway::is_error;
use crate::ground::{Answer, Caller, TestApp, answer};

const DANA: &str = "/itglue/contacts/501";

fn title(title: &str) -> Value {
    json!({"data": {"type": "contacts", "attributes": {"title": title}}})
}

impl Caller<'_> {
    /// Writes as a client made for IT Glue does.
    async fn writes(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.writes_waiting(method, path, body, 0).await
    }

    async fn writes_waiting(&self, method: Method, path: &str, body: &Value, wait: u32) -> Answer {
        let request = self
            .request(method, path)
            .header("content-type", "application/vnd.api+json; charset=utf-8")
            .header("prefer", format!("wait={wait}"))
            .body(body.to_string());
        answer(request).await
    }
}

/// Must say that the write is held; gives the id of the proposal.
#[track_caller]
fn is_held(app: &TestApp, answer: &Answer) -> String {
    let said = is_error(answer, 409);
    assert!(said.contains("waits for a technician"), "{said}");
    named(app, answer)
}

/// The id of the proposal that an answer names.
#[track_caller]
fn named(app: &TestApp, answer: &Answer) -> String {
    let said = is_error(answer, 409);
    assert!(said.contains(&app.address("/p/")), "{said}");
    let location = answer.headers["location"].to_str().unwrap();
    let prefix = app.address("/api/v1/proposals/");
    location.strip_prefix(&prefix).unwrap().to_owned()
}

#[tokio::test]
async fn a_held_write_is_a_409_that_names_the_proposal() {
    let app = TestApp::start().await;
    let held = app
        .agent()
        .writes(Method::PATCH, DANA, &title("Director"))
        .await;
    let id = is_held(&app, &held);
    let proposal = app.agent().sees(&id).await;
    assert_eq!(proposal["status"], "pending");
    assert_eq!(proposal["request"]["path"], "/contacts/501");
    assert_eq!(
        proposal["summary"],
        "PATCH /contacts/501 through the gateway"
    );
    let said = held.body["errors"][0]["detail"].as_str().unwrap();
    assert!(
        said.contains(&format!("Proposal {} ", proposal["number"])),
        "{said}"
    );
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn the_same_write_again_is_the_same_proposal_while_it_is_open() {
    let app = TestApp::start().await;
    let agent = app.agent();
    let first = is_held(
        &app,
        &agent.writes(Method::PATCH, DANA, &title("One")).await,
    );
    for path in [DANA, "/itglue/contacts/501/"] {
        let again = agent.writes(Method::PATCH, path, &title("One")).await;
        assert_eq!(is_held(&app, &again), first);
    }
    let another = agent.writes(Method::PATCH, DANA, &title("Two")).await;
    assert_ne!(is_held(&app, &another), first);
    let of_another = app
        .other_agent()
        .writes(Method::PATCH, DANA, &title("One"))
        .await;
    assert_ne!(is_held(&app, &of_another), first);
    app.technician().rejects(&first, "Ask Dana.").await.is(200);
    let told = agent.writes(Method::PATCH, DANA, &title("One")).await;
    assert_eq!(named(&app, &told), first);
    let said = is_error(&told, 409);
    assert!(
        said.contains("rejected") && said.contains("Ask Dana."),
        "{said}"
    );
    let after = agent.writes(Method::PATCH, DANA, &title("One")).await;
    assert_ne!(is_held(&app, &after), first);
}

#[tokio::test]
async fn many_at_once_are_one() {
    let app = TestApp::start().await;
    let body = title("At once");
    let calls = (0..12).map(|_| app.agent().request(Method::PATCH, DANA).json(&body));
    let sent: Vec<_> = calls.map(|call| tokio::spawn(answer(call))).collect();
    let mut ids = Vec::new();
    for call in sent {
        ids.push(is_held(&app, &call.await.unwrap()));
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let all = app.agent().get("/api/v1/proposals").await.is(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_allowed_write_gives_itglues_own_answer() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let agent = app.agent();
    let changed = agent.writes(Method::PATCH, DANA, &title("Director")).await;
    assert_eq!(changed.headers["content-type"], "application/vnd.api+json");
    let changed = changed.is(200);
    assert_eq!(changed["data"]["id"], "501");
    assert_eq!(changed["data"]["attributes"]["title"], "Director");
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization_id": 2, "first_name": "Ines"}}});
    let made = agent
        .writes(Method::POST, "/itglue/contacts", &body)
        .await
        .is(201);
    let id = made["data"]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(app.record("contacts", id)["first-name"], "Ines");
}

#[tokio::test]
async fn what_itglue_refuses_is_its_own_answer() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    // 502 is synced with a PSA; IT Glue refuses its change.
    let refused = app
        .agent()
        .writes(Method::PATCH, "/itglue/contacts/502", &title("x"))
        .await;
    is_error(&refused, 422);
    assert_eq!(
        app.record("contacts", 502)["title"],
        app.record("contacts", 502)["title"]
    );
}

#[tokio::test]
async fn who_waits_gets_the_answer_of_the_approved_write() {
    let app = TestApp::start().await;
    let held = app
        .agent()
        .writes(Method::PATCH, DANA, &title("Chief"))
        .await;
    let id = is_held(&app, &held);
    let (waits, _) = tokio::join!(
        async {
            app.agent()
                .writes_waiting(Method::PATCH, DANA, &title("Chief"), 60)
                .await
        },
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            app.technician().approves(&id).await.is(200)
        },
    );
    let body = waits.is(200);
    assert_eq!(body["data"]["attributes"]["title"], "Chief");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
}

#[tokio::test]
async fn who_waits_is_told_why_it_was_rejected() {
    let app = TestApp::start().await;
    let held = app
        .agent()
        .writes(Method::PATCH, DANA, &title("Chief"))
        .await;
    let id = is_held(&app, &held);
    let (waits, _) = tokio::join!(
        async {
            app.agent()
                .writes_waiting(Method::PATCH, DANA, &title("Chief"), 60)
                .await
        },
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            app.technician()
                .rejects(&id, "Ask Dana first.")
                .await
                .is(200)
        },
    );
    let said = is_error(&waits, 409);
    assert!(
        said.contains("rejected") && said.contains("Ask Dana first."),
        "{said}"
    );
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn an_agents_own_patience_holds_where_the_client_says_nothing() {
    let app = TestApp::start().await;
    let agents = app
        .administrator()
        .get("/api/v1/admin/agents")
        .await
        .is(200);
    let agent = agents["items"].as_array().unwrap().iter();
    let agent = agent
        .clone()
        .find(|agent| agent["name"] == "triage-bot")
        .unwrap();
    assert_eq!(agent["gateway_wait_seconds"], 0);
    let path = format!("/api/v1/admin/agents/{}", agent["id"].as_str().unwrap());
    for odd in [json!(61), json!(-1), json!("5"), json!(true)] {
        let change = json!({ "gateway_wait_seconds": odd });
        let refused = app
            .administrator()
            .sends(Method::PATCH, &path, &change)
            .await;
        refused.is_problem(422, "invalid-request");
        assert_eq!(refused.pointers(), ["/gateway_wait_seconds"]);
    }
    let change = json!({ "gateway_wait_seconds": 1 });
    let changed = app
        .administrator()
        .sends(Method::PATCH, &path, &change)
        .await
        .is(200);
    assert_eq!(changed["gateway_wait_seconds"], 1);
    let begun = Instant::now();
    let held = app
        .agent()
        .request(Method::PATCH, DANA)
        .json(&title("Later"));
    is_held(&app, &answer(held).await);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_refused_write_names_the_rule_and_is_in_the_audit() {
    let app = TestApp::start().await;
    app.make_read_only(PermissionGroup::Contacts).await;
    let refused = app.agent().writes(Method::PATCH, DANA, &title("x")).await;
    let said = is_error(&refused, 403);
    assert!(said.contains("contacts.read_only"), "{said}");
    let deleted = answer(
        app.agent()
            .request(Method::DELETE, "/itglue/organizations/2"),
    )
    .await;
    let said = is_error(&deleted, 403);
    assert!(said.contains("floor.organization_delete"), "{said}");
    assert_eq!(app.audited(AuditAction::Refused).await.len(), 2);
    assert_eq!(app.writes(), 0);
}

#[rstest]
#[case::not_json("{", "application/json", 400)]
#[case::a_key_twice(r#"{"data":1,"data":2}"#, "application/json", 400)]
#[case::another_type("a=b", "application/x-www-form-urlencoded", 415)]
#[case::no_data("{}", "application/json", 422)]
#[case::wrong_type(
    r#"{"data":{"type":"passwords","attributes":{"title":"x"}}}"#,
    "application/json",
    422
)]
#[tokio::test]
async fn a_body_that_does_not_fit_is_refused(
    #[case] body: &'static str,
    #[case] kind: &str,
    #[case] status: u16,
) {
    let app = TestApp::start().await;
    let request = app.agent().request(Method::PATCH, DANA);
    let refused = answer(request.header("content-type", kind).body(body)).await;
    is_error(&refused, status);
}

#[rstest]
#[case(Method::DELETE, "/itglue/contacts", 422)]
#[case(Method::DELETE, "/itglue/contacts?filter[organization_id]=2", 422)]
#[case(Method::POST, "/itglue/documents/801/publish", 404)]
#[case(Method::POST, "/itglue/nowhere", 404)]
#[tokio::test]
async fn a_write_without_a_target_is_refused(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
) {
    let app = TestApp::start().await;
    is_error(&answer(app.agent().request(method, path)).await, status);
}

#[tokio::test]
async fn an_unclear_outcome_is_never_a_success() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let fault = Fault::next(FaultKind::AcceptedAndIgnored).on("POST");
    app.simulator.control().fault(Fault {
        kind: FaultKind::ResetBefore,
        ..fault
    });
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization-id": 2, "first-name": "Nobody", "last-name": "Knows"}}});
    let unclear = app
        .agent()
        .writes(Method::POST, "/itglue/contacts", &body)
        .await;
    let said = is_error(&unclear, 409);
    assert!(said.contains("not known"), "{said}");
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_nothing() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    app.simulator
        .control()
        .set_latency(Duration::from_millis(300));
    let request = app
        .agent()
        .request(Method::PATCH, DANA)
        .json(&title("Stays"));
    let gone = request.timeout(Duration::from_millis(100)).send().await;
    assert!(gone.is_err());
    app.simulator.control().set_latency(Duration::ZERO);
    let all = loop {
        let all = app.agent().get("/api/v1/proposals").await.is(200);
        if !all["items"].as_array().unwrap().is_empty() {
            break all;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let id = all["items"][0]["id"].as_str().unwrap();
    app.agent().waits_for(id, "applied").await;
}

#[tokio::test]
async fn a_document_is_published_without_a_body() {
    let app = TestApp::start().await;
    let held = answer(
        app.agent()
            .request(Method::PATCH, "/itglue/documents/802/publish"),
    )
    .await;
    is_held(&app, &held);
}

#[tokio::test]
async fn several_records_are_one_proposal_and_one_answer() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let other = app.another_contact().await;
    let body = json!({"data": [
        {"type": "contacts", "attributes": {"id": 501, "title": "Both"}},
        {"type": "contacts", "attributes": {"id": other, "title": "Both"}},
    ]});
    let changed = app
        .agent()
        .writes(Method::PATCH, "/itglue/contacts", &body)
        .await
        .is(200);
    let titles = changed["data"].as_array().unwrap().iter();
    let titles: Vec<&Value> = titles
        .map(|record| &record["attributes"]["title"])
        .collect();
    assert_eq!(titles, ["Both", "Both"]);
}

#[tokio::test]
async fn who_asks_later_is_told_once_that_it_was_carried_out() {
    let app = TestApp::start().await;
    let agent = app.agent();
    let held = agent.writes(Method::PATCH, DANA, &title("Later")).await;
    let id = is_held(&app, &held);
    app.technician().approves(&id).await.is(200);
    agent.waits_for(&id, "applied").await;
    let told = agent.writes(Method::PATCH, DANA, &title("Later")).await;
    assert_eq!(told.is(200)["data"]["attributes"]["title"], "Later");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
    let after = agent.writes(Method::PATCH, DANA, &title("Later")).await;
    assert_ne!(is_held(&app, &after), id);
}

#[tokio::test]
async fn who_waited_for_the_end_has_been_told() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization_id": 2, "first_name": "Ines", "last_name": "Twice"}}});
    for _ in 0..2 {
        let made = app
            .agent()
            .writes(Method::POST, "/itglue/contacts", &body)
            .await;
        made.is(201);
    }
    assert_eq!(app.applied_writes("POST", "/contacts"), 2);
}

#[tokio::test]
async fn what_was_taken_back_since_is_not_told_as_carried_out() {
    let app = TestApp::start().await;
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization_id": 2, "first_name": "Ines", "last_name": "Twice"}}});
    let agent = app.agent();
    let held = agent.writes(Method::POST, "/itglue/contacts", &body).await;
    let id = is_held(&app, &held);
    app.technician().approves(&id).await.is(200);
    agent.waits_for_verification(&id).await;
    let revert = app.technician().decides(&id, "revert", &json!({})).await;
    let revert = revert.is(201)["id"].as_str().unwrap().to_owned();
    app.colleague().approves(&revert).await.is(200);
    agent.waits_for(&revert, "applied").await;
    let again = agent.writes(Method::POST, "/itglue/contacts", &body).await;
    assert_ne!(is_held(&app, &again), id);
}

#[tokio::test]
async fn a_create_whose_answer_nobody_heard_is_not_made_again() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let body = json!({"data": {"type": "contacts", "attributes": {
        "organization_id": 2, "first_name": "Ines", "last_name": "Once"}}});
    app.simulator
        .control()
        .set_latency(Duration::from_millis(300));
    let request = app.agent().request(Method::POST, "/itglue/contacts");
    let request = request.json(&body).timeout(Duration::from_millis(100));
    assert!(request.send().await.is_err());
    app.simulator.control().set_latency(Duration::ZERO);
    let id = loop {
        let all = app.agent().get("/api/v1/proposals").await.is(200);
        if let Some(id) = all["items"][0]["id"].as_str() {
            break id.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    app.agent().waits_for(&id, "applied").await;
    let told = app
        .agent()
        .writes(Method::POST, "/itglue/contacts", &body)
        .await
        .is(201);
    assert_eq!(told["data"]["attributes"]["last-name"], "Once");
    assert_eq!(app.applied_writes("POST", "/contacts"), 1);
}

#[rstest]
#[case(Method::PATCH, DANA, title("Read back"))]
#[case(Method::POST, "/itglue/contacts", json!({"data": {"type": "contacts", "attributes": {
    "organization-id": 2, "first-name": "Ines", "last-name": "Read", "title": "Read back"}}}))]
#[tokio::test]
async fn where_the_answer_cannot_be_read_the_record_is_told_as_it_reads_back(
    #[case] method: Method,
    #[case] path: &str,
    #[case] body: Value,
) {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let fault = Fault::next(FaultKind::CreatedWithHtml).on(method.as_str());
    app.simulator.control().fault(fault);
    let written = app.agent().writes(method, path, &body).await.is(201);
    assert_eq!(written["data"]["attributes"]["title"], "Read back");
}

/// Of two contacts; 502 is synced with a PSA, so IT Glue refuses its change.
fn both() -> Value {
    json!({"data": [
        {"type": "contacts", "attributes": {"id": 501, "title": "Both"}},
        {"type": "contacts", "attributes": {"id": 502, "title": "Both"}},
    ]})
}

#[tokio::test]
async fn the_parts_of_a_bulk_write_are_told_apart() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let told = app
        .agent()
        .writes(Method::PATCH, "/itglue/contacts", &both())
        .await;
    let said = is_error(&told, 409);
    assert!(said.contains("Record 1: carried out."), "{said}");
    assert!(said.contains("Record 2: not carried out ("), "{said}");
    assert!(!said.contains("not known"), "{said}");
}

#[tokio::test]
async fn what_was_carried_out_in_part_is_told_whenever_it_is_asked_for() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let agent = app.agent();
    let writes = async || {
        agent
            .writes(Method::PATCH, "/itglue/contacts", &both())
            .await
    };
    let id = named(&app, &writes().await);
    let skips = json!({"item": 1, "resolution": "skip_rest", "reason": "It is synced."});
    let resolved = app.technician().decides(&id, "resolve", &skips).await;
    assert_eq!(resolved.is(200)["status"], "partly_applied");
    for _ in 0..2 {
        assert_eq!(named(&app, &writes().await), id);
    }
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
}

#[tokio::test]
async fn a_profile_that_changed_after_the_approval_is_said_with_its_rule() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "3600")]).await;
    let held = app
        .agent()
        .writes(Method::PATCH, DANA, &title("Chief"))
        .await;
    let id = is_held(&app, &held);
    let (waits, ()) = tokio::join!(
        async {
            app.agent()
                .writes_waiting(Method::PATCH, DANA, &title("Chief"), 60)
                .await
        },
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            app.technician().approves(&id).await.is(200);
            app.make_read_only(PermissionGroup::Contacts).await;
            app.ends_holds().await;
        },
    );
    let said = is_error(&waits, 403);
    let ended = app.agent().sees(&id).await;
    assert_eq!(ended["outcome"]["result"], "refused_by_policy");
    let rule = ended["hold_reason"].as_str().unwrap();
    assert!(said.contains(rule), "{said}");
}

#[tokio::test]
async fn itglues_wish_to_wait_is_passed_on_to_who_writes() {
    let app = TestApp::start().await;
    let retry_after = Some("17".to_owned());
    let fault = Fault::next(FaultKind::TooManyRequests { retry_after });
    app.simulator.control().fault(fault.on("GET"));
    let told = app.agent().writes(Method::PATCH, DANA, &title("x")).await;
    is_error(&told, 429);
    assert_eq!(told.headers["retry-after"], "17");
}

#[tokio::test]
async fn the_time_to_wait_begins_with_the_request() {
    let app = TestApp::start().await;
    app.simulator
        .control()
        .set_latency(Duration::from_millis(500));
    let begun = Instant::now();
    let held = app
        .agent()
        .writes_waiting(Method::PATCH, DANA, &title("Slow"), 4)
        .await;
    is_held(&app, &held);
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(4), "{took:?}");
    assert!(took < Duration::from_millis(4_450), "{took:?}");
}
