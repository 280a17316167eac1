//! Values of passwords: in no answer of the gateway, but one that a technician approved, once.

use countersign::domain::{AuditAction, PermissionGroup};
use countersign::server::clock::ManualClock;
use countersign::simulator::{Fault, FaultKind};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::gateway::is_error;
use crate::ground::{Answer, TestApp, answer};

const CANARY: &str = "c4n4ry-9f3a71d2-in-clear";
const OTP: &str = "JBSWY3DPEHPK3PXPJBSWY3DP";
const VALUE: &str = "/itglue/passwords/601?show_password=true";

/// Plants values in every place that could hold one.
fn plant(app: &TestApp) {
    let control = app.simulator.control();
    for id in [601, 602, 603] {
        let old = json!({"password": format!("{CANARY}-old")});
        assert!(control.edit("passwords", id, old));
        let secret = json!({"password": CANARY, "otp-secret": OTP});
        assert!(control.edit("passwords", id, secret));
    }
    // What no IT Glue is known to answer, but a careless one could: the value in the trait itself.
    let traits = json!({"traits": {"password": CANARY}});
    assert!(control.edit("flexible_assets", 124, traits));
}

#[rstest]
#[case("/passwords/601")]
#[case("/passwords/601?show_password=false")]
#[case("/passwords/601?version_id=60101")]
#[case("/passwords/601?include=attachments,related_items")]
#[case("/passwords")]
#[case("/passwords?page[size]=1000&include=attachments")]
#[case("/passwords?filter[organization_id]=2")]
#[case("/organizations/2/relationships/passwords")]
#[case("/organizations/2/relationships/passwords/601")]
#[case("/configurations/701?include=passwords,recent_versions")]
#[case("/configurations?include=passwords")]
#[case("/contacts/501?include=passwords,recent_versions,related_items")]
#[case("/locations/401?include=passwords")]
#[case("/flexible_assets/124?include=passwords,recent_versions")]
#[case("/flexible_assets/124")]
#[case("/flexible_assets?filter[flexible_asset_type_id]=25&include=passwords")]
#[case("/domains?include=passwords")]
#[tokio::test]
async fn no_answer_holds_a_value(#[case] path: &str) {
    let app = TestApp::start().await;
    plant(&app);
    let read = app.agent().get(&format!("/itglue{path}")).await;
    let text = read.body.to_string();
    assert!(
        !text.contains(CANARY) && !text.contains(OTP),
        "{path}: {text}"
    );
    let body = read.is(200);
    assert!(body["data"].is_object() || body["data"].is_array());
    assert_eq!(find_key(&body, "otp-secret"), None, "{path}");
    let asked = app.simulator.control().requests();
    let asked = asked
        .iter()
        .filter(|request| request.path.contains("passwords"));
    for request in asked.filter(|request| request.method == "GET") {
        assert!(request.query.contains("show_password=false"), "{request:?}");
    }
}

/// A value under this key, anywhere but among traits.
fn find_key<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members
            .get(key)
            .or_else(|| members.values().find_map(|member| find_key(member, key))),
        Value::Array(items) => items.iter().find_map(|item| find_key(item, key)),
        _ => None,
    }
}

#[tokio::test]
async fn a_password_field_is_read_as_the_id_that_itglue_answers() {
    let app = TestApp::start().await;
    let asset = app.agent().get("/itglue/flexible_assets/124").await.is(200);
    assert_eq!(asset["data"]["attributes"]["traits"]["password"], 603);
    assert_eq!(
        asset["data"]["attributes"]["traits"]["vendor"],
        "Fortinet Portal"
    );
}

#[tokio::test]
async fn a_written_password_does_not_come_back() {
    let app = TestApp::start().await;
    let body = json!({"data": {"type": "passwords", "attributes": {"password": CANARY}}});
    let write = |wait: u32| {
        app.agent()
            .request(Method::PATCH, "/itglue/passwords/601")
            .header("prefer", format!("wait={wait}"))
            .json(&body)
    };
    let held = answer(write(0)).await;
    assert!(!held.body.to_string().contains(CANARY));
    let id = id_of(&app, &held);
    let (waits, _) = tokio::join!(answer(write(30)), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.technician().approves(&id).await.is(200)
    });
    let changed = waits.is(200);
    assert_eq!(changed["data"]["id"], "601");
    assert_eq!(find_key(&changed, "password"), None);
    assert_eq!(app.record("passwords", 601)["password"], CANARY);
}

/// A Password field whose name does not tell, in asset 124 and its type.
fn hide_the_name_of_the_field(app: &TestApp) {
    let control = app.simulator.control();
    let renamed = json!({"name": "Wifi code", "name-key": "wifi-code"});
    assert!(control.edit("flexible_asset_fields", 2503, renamed));
    let traits = json!({"traits": {"password": null, "wifi-code": 603}});
    assert!(control.edit("flexible_assets", 124, traits));
}

#[tokio::test]
async fn a_password_field_that_itglue_repeats_does_not_come_back() {
    let app = TestApp::start().await;
    hide_the_name_of_the_field(&app);
    let traits = json!({"vendor": "Fortinet", "wifi-code": CANARY});
    let repeats = FaultKind::Claims {
        attributes: json!({ "traits": traits }),
    };
    app.simulator
        .control()
        .fault(Fault::next(repeats).on("PATCH"));
    let body = json!({"data": {"type": "flexible-assets", "attributes": {"traits": traits}}});
    let write = |wait: u32| {
        app.agent()
            .request(Method::PATCH, "/itglue/flexible_assets/124")
            .header("prefer", format!("wait={wait}"))
            .json(&body)
    };
    let id = id_of(&app, &answer(write(0)).await);
    let (waits, _) = tokio::join!(answer(write(30)), async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.technician().approves(&id).await.is(200)
    });
    let changed = waits.is(200);
    let shown = &changed["data"]["attributes"]["traits"];
    assert_eq!(*shown, json!({"vendor": "Fortinet"}));
    let seen = app.agent().sees(&id).await;
    assert_eq!(
        seen["outcome"]["response"]["data"]["attributes"]["traits"],
        *shown
    );
    let opened = app.technician().opens(&id).await;
    for told in [changed, seen, opened] {
        assert!(!told.to_string().contains(CANARY), "{told:#}");
    }
    assert_eq!(app.record("passwords", 603)["password"], CANARY);
}

#[tokio::test]
async fn earlier_versions_of_an_asset_hold_no_value() {
    let app = TestApp::start().await;
    hide_the_name_of_the_field(&app);
    let old = json!({"versions": [{"object": {"traits": {"wifi-code": CANARY, "login": "root"}}}]});
    let tells = FaultKind::Claims { attributes: old };
    app.simulator.control().fault(Fault {
        path_contains: Some("/flexible_assets/124".to_owned()),
        ..Fault::next(tells).on("GET")
    });
    let path = "/itglue/flexible_assets/124?include=recent_versions";
    let asset = app.agent().get(path).await.is(200);
    assert_eq!(
        asset["data"]["attributes"]["versions"][0]["object"],
        json!({"traits": {"login": "root"}})
    );
}

/// The related item of configuration 701 leads to a password.
fn relate_to_a_password(app: &TestApp) {
    let leads = json!({"destination-type": "Password", "destination-id": 601});
    assert!(app.simulator.control().edit("related_items", 981, leads));
}

#[tokio::test]
async fn a_related_item_tells_no_name_of_a_password_to_whom_passwords_are_closed() {
    let app = TestApp::start().await;
    relate_to_a_password(&app);
    let path = "/itglue/configurations/701?include=related_items";
    let told = app.agent().get(path).await.is(200);
    let name = &told["included"][0]["attributes"]["destination-name"];
    assert_eq!(*name, app.record("passwords", 601)["name"]);
    app.disable(PermissionGroup::Passwords).await;
    let told = app.agent().get(path).await.is(200);
    assert_eq!(told["data"]["id"], "701");
    assert_eq!(told["included"], json!([]));
    let related = &told["data"]["relationships"]["related-items"];
    assert_eq!(related["data"], json!([]));
    assert!(!told.to_string().contains(name.as_str().unwrap()));
}

#[tokio::test]
async fn a_related_item_that_leads_to_an_open_group_is_told() {
    let app = TestApp::start().await;
    app.disable(PermissionGroup::Passwords).await;
    let path = "/itglue/configurations/701?include=related_items";
    let told = app.agent().get(path).await.is(200);
    assert_eq!(told["included"][0]["id"], "981");
    app.disable(PermissionGroup::Contacts).await;
    let told = app.agent().get(path).await.is(200);
    assert_eq!(told["included"], json!([]));
}

#[track_caller]
fn id_of(app: &TestApp, held: &Answer) -> String {
    is_error(held, 409);
    let location = held.headers["location"].to_str().unwrap();
    let prefix = app.address("/api/v1/proposals/");
    location.strip_prefix(&prefix).unwrap().to_owned()
}

async fn asks(app: &TestApp) -> Answer {
    app.agent().get(VALUE).await
}

#[tokio::test]
async fn a_value_is_handed_out_once_after_an_approval() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Passwords).await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    assert_eq!(
        id_of(&app, &asks(&app).await),
        id,
        "asking again asks nothing more"
    );
    let proposal = app.agent().sees(&id).await;
    assert_eq!(proposal["operation"], "read_secret");
    assert_eq!(proposal["tier"], "critical");
    assert_eq!(proposal["verdict"]["rule"], "floor.password_read");
    app.technician().approves(&id).await.is(200);
    let shown = asks(&app).await.is(200);
    assert_eq!(shown["data"]["attributes"]["password"], CANARY);
    assert!(!shown.to_string().contains(OTP));
    let done = app.agent().sees(&id).await;
    assert_eq!(done["status"], "applied");
    assert_eq!(done["outcome"]["result"], "applied");
    assert!(!done.to_string().contains(CANARY));
    assert!(
        !app.technician()
            .opens(&id)
            .await
            .to_string()
            .contains(CANARY)
    );
    let again = id_of(&app, &asks(&app).await);
    assert_ne!(again, id);
    assert_eq!(app.audited(AuditAction::SecretHandedOut).await.len(), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn of_many_that_collect_at_once_one_gets_the_value() {
    let app = TestApp::start().await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().approves(&id).await.is(200);
    let calls = (0..10).map(|_| tokio::spawn(answer(app.agent().request(Method::GET, VALUE))));
    let calls: Vec<_> = calls.collect();
    let mut values = 0;
    for call in calls {
        let got = call.await.unwrap();
        values += usize::from(got.body.to_string().contains(CANARY));
    }
    assert_eq!(values, 1);
}

#[tokio::test]
async fn a_value_is_for_the_agent_that_asked() {
    let app = TestApp::start().await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().approves(&id).await.is(200);
    let other = app.other_agent().get(VALUE).await;
    assert_ne!(id_of(&app, &other), id);
    asks(&app).await.is(200);
}

#[tokio::test]
async fn a_rejected_value_is_not_handed_out() {
    let app = TestApp::start().await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().rejects(&id, "not needed").await.is(200);
    let told = asks(&app).await;
    assert_eq!(id_of(&app, &told), id);
    let said = is_error(&told, 409);
    assert!(
        said.contains("rejected") && said.contains("not needed"),
        "{said}"
    );
    assert_ne!(id_of(&app, &asks(&app).await), id);
}

#[tokio::test]
async fn a_profile_that_lost_the_group_meanwhile_collects_nothing() {
    let app = TestApp::start().await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().approves(&id).await.is(200);
    app.disable(PermissionGroup::Passwords).await;
    let refused = asks(&app).await;
    is_error(&refused, 403);
    assert_eq!(app.agent().sees(&id).await["status"], "queued");
}

#[tokio::test]
async fn a_key_that_shows_no_values_uses_no_approval_up() {
    let app = TestApp::start().await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().approves(&id).await.is(200);
    app.simulator.control().set_password_access(false);
    let said = is_error(&asks(&app).await, 502);
    assert!(said.contains("Password Access"), "{said}");
    app.simulator.control().set_password_access(true);
    let shown = asks(&app).await.is(200);
    assert_eq!(shown["data"]["attributes"]["password"], CANARY);
}

#[tokio::test]
async fn a_value_that_nobody_collects_in_ten_minutes_is_not_handed_out() {
    let clock = ManualClock::starting_at(countersign::domain::Timestamp::from_millis(
        1_800_000_000_000,
    ));
    let app = TestApp::start_at(clock.clock(), &[]).await;
    plant(&app);
    let id = id_of(&app, &asks(&app).await);
    app.technician().approves(&id).await.is(200);
    clock.advance_seconds(601);
    app.server().state().wake.notify_one();
    let ended = app.agent().waits_for(&id, "failed").await;
    assert_eq!(ended["outcome"]["result"], "not_applied");
    let told = asks(&app).await;
    assert_eq!(id_of(&app, &told), id);
    let said = is_error(&told, 409);
    assert!(said.contains("not handed out"), "{said}");
    assert_ne!(id_of(&app, &asks(&app).await), id);
}

#[tokio::test]
async fn a_value_that_waits_to_be_collected_holds_back_no_write() {
    let app = TestApp::start().await;
    plant(&app);
    let read = id_of(&app, &asks(&app).await);
    app.technician().approves(&read).await.is(200);
    let attributes = json!({"notes": "Rotated"});
    let write = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": attributes}},
        }))
        .await;
    app.technician().approves(&write).await.is(200);
    app.agent().waits_for(&write, "applied").await;
    assert_eq!(app.agent().sees(&read).await["status"], "queued");
    asks(&app).await.is(200);
}

#[tokio::test]
async fn a_value_is_asked_for_over_rest_as_well() {
    let app = TestApp::start().await;
    let proposal = json!({"method": "GET", "path": "/passwords/601?show_password=true"});
    let id = app.agent().has_proposed(proposal).await;
    assert_eq!(app.agent().sees(&id).await["operation"], "read_secret");
    assert_eq!(id_of(&app, &asks(&app).await), id, "it is the same read");
    let plain = json!({"method": "GET", "path": "/passwords/601"});
    app.agent()
        .proposes(plain)
        .await
        .is_problem(422, "invalid-proposal");
}

#[tokio::test]
async fn a_value_asked_for_over_rest_is_collected_at_the_gateway() {
    let app = TestApp::start().await;
    plant(&app);
    let proposal = json!({"method": "GET", "path": "/passwords/601?show_password=true"});
    let id = app.agent().has_proposed(proposal).await;
    app.technician().approves(&id).await.is(200);
    let queued = app.agent().sees(&id).await;
    assert_eq!(queued["status"], "queued");
    let advice = queued["advice"].as_str().unwrap();
    assert!(advice.contains("/itglue"), "{advice}");
    let shown = asks(&app).await.is(200);
    assert_eq!(shown["data"]["attributes"]["password"], CANARY);
    assert_eq!(app.agent().sees(&id).await["status"], "applied");
}

#[tokio::test]
async fn a_value_that_a_revision_asks_for_is_collected_as_well() {
    let app = TestApp::start().await;
    plant(&app);
    let other = json!({"method": "GET", "path": "/passwords/602?show_password=true"});
    let id = app.agent().has_proposed(other).await;
    let better = json!({"method": "GET", "path": "/passwords/601?show_password=true",
        "summary": "the right one"});
    let path = format!("/api/v1/proposals/{id}");
    let revised = app.agent().sends(Method::PUT, &path, &better).await;
    revised.is(200);
    app.technician().approves(&id).await.is(200);
    let shown = asks(&app).await.is(200);
    assert_eq!(shown["data"]["attributes"]["password"], CANARY);
    let of_another = app
        .agent()
        .get("/itglue/passwords/602?show_password=true")
        .await;
    assert_ne!(id_of(&app, &of_another), id);
}

fn value_of(id: u64) -> Value {
    json!({"method": "GET", "path": format!("/passwords/{id}?show_password=true")})
}

/// Must say that this proposal asks for the value already.
#[track_caller]
fn is_duplicate(answer: &Answer, of: &Value) {
    answer.is_problem(409, "duplicate-pending");
    assert_eq!(answer.body["number"], of["number"]);
    assert_eq!(answer.body["links"]["self"], of["links"]["self"]);
    let said = answer.body["detail"].as_str().unwrap();
    let names = format!("proposal {} ", of["number"]);
    assert!(said.contains(&names) && said.contains("Nothing new was stored"));
}

#[tokio::test]
async fn a_value_is_not_proposed_again_over_rest_while_it_is_open() {
    let app = TestApp::start().await;
    plant(&app);
    let agent = app.agent();
    let id = agent.has_proposed(value_of(601)).await;
    let first = agent.sees(&id).await;
    is_duplicate(&agent.proposes(value_of(601)).await, &first);
    let all = agent.get("/api/v1/proposals").await.is(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    agent.proposes(value_of(602)).await.is(201);
    app.other_agent().proposes(value_of(601)).await.is(201);
    app.technician().approves(&id).await.is(200);
    is_duplicate(&agent.proposes(value_of(601)).await, &first);
    asks(&app).await.is(200);
    assert_ne!(agent.has_proposed(value_of(601)).await, id);
}

#[tokio::test]
async fn a_value_asked_for_at_the_gateway_is_not_proposed_again_over_rest() {
    let app = TestApp::start().await;
    let id = id_of(&app, &asks(&app).await);
    let first = app.agent().sees(&id).await;
    is_duplicate(&app.agent().proposes(value_of(601)).await, &first);
}

#[tokio::test]
async fn a_key_that_comes_again_gives_the_first_answer_though_the_value_is_asked_for() {
    let app = TestApp::start().await;
    let mut body = value_of(601);
    body["summary"] = json!("for the ticket");
    let send = |key: &str| {
        let request = app.agent().request(Method::POST, "/api/v1/proposals");
        answer(request.header("idempotency-key", key).json(&body))
    };
    let first = send("T-1").await.is(201);
    let again = send("T-1").await.is(201);
    assert_eq!(again["id"], first["id"]);
    is_duplicate(&send("T-2").await, &first);
}
