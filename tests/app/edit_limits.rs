//! What an edit before the approval must not do: lead elsewhere unseen, move or show what is hidden,
//! turn a merge into a replacement, or take the past along to others.

use reqwest::Method;
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};
use crate::own_clients::{ACME, GLOBEX, only, technician_of};

/// A location of another client.
fn of_globex(app: &TestApp) -> u64 {
    let locations = app.simulator.control().records("locations");
    let theirs = locations
        .iter()
        .find(|one| one["organization-id"] == GLOBEX);
    theirs.unwrap()["id"].as_u64().unwrap()
}

#[tokio::test]
async fn an_edit_that_points_to_another_client_is_seen_as_that() {
    let app = TestApp::start().await;
    let ann = technician_of(&app, "ann", only(&[ACME])).await;
    let id = app.agent().has_proposed(new_title("Director")).await;
    let opened = app.technician().opens(&id).await;
    assert_ne!(opened["tier"], "critical", "{opened:#}");
    let mut body = opened["request"]["body"].clone();
    body["data"]["attributes"]["location-id"] = json!(of_globex(&app));
    let edit = json!({ "body": body });

    let refused = app.caller(&ann).approves_with(&id, edit.clone()).await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(refused.pointers(), ["/body"]);

    let mut asked = edit.clone();
    asked["fingerprint"] = opened["fingerprint"].clone();
    let preview = app.technician().decides(&id, "preview", &asked).await;
    let preview = preview.is(200);
    assert_eq!(preview["tier"], "critical", "{preview:#}");
    let without = app.without_critical().approves_with(&id, edit).await;
    without.is_problem(403, "step-up-required");
    assert_eq!(app.agent().sees(&id).await["status"], "pending");
}

#[tokio::test]
async fn an_edit_leads_to_no_other_record() {
    let app = TestApp::start().await;
    let other = app.another_contact().await;
    let both = |one: u64, two: u64| {
        let part = |id: u64| json!({"type": "contacts", "attributes": {"id": id, "title": "X"}});
        json!({"data": [part(one), part(two)]})
    };
    let proposal = json!({"method": "PATCH", "path": "/contacts", "body": both(501, other)});
    let id = app.agent().has_proposed(proposal).await;
    let edit = json!({ "body": both(other, 501) });
    let refused = app.technician().approves_with(&id, edit).await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(refused.pointers(), ["/body/data"]);
}

fn password(name: &str, value: &str) -> Value {
    json!({"type": "passwords", "attributes": {
        "organization-id": ACME, "name": name, "password": value,
    }})
}

#[tokio::test]
async fn hidden_values_do_not_change_places() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "POST", "path": "/passwords",
            "body": {"data": [
                password("Firewall", "canary-4711-a"),
                password("Guest wifi", "canary-4711-b"),
            ]},
        }))
        .await;
    let shown = app.technician().opens(&id).await["request"]["body"].clone();
    let mut turned = shown.clone();
    turned["data"].as_array_mut().unwrap().reverse();
    let mut renamed = shown.clone();
    renamed["data"][0]["attributes"]["name"] = json!("Guest wifi");
    renamed["data"][1]["attributes"]["name"] = json!("Firewall");
    for body in [turned, renamed] {
        let refused = app
            .technician()
            .approves_with(&id, json!({ "body": body }))
            .await;
        refused.is_problem(422, "invalid-proposal");
        assert_eq!(refused.pointers(), ["/body/data"]);
    }
    let mut better = shown;
    better["data"][0]["attributes"]["name"] = json!("Firewall Berlin");
    let edit = json!({ "body": better, "reason": "Which one" });
    app.technician().approves_with(&id, edit).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    let passwords = app.simulator.control().records("passwords");
    let of = |name: &str| {
        passwords
            .iter()
            .rev()
            .find(|one| one["name"] == name)
            .unwrap()
    };
    assert_eq!(of("Firewall Berlin")["password"], "canary-4711-a");
    assert_eq!(of("Guest wifi")["password"], "canary-4711-b");
}

#[tokio::test]
async fn what_is_shown_in_place_of_a_secret_never_becomes_the_secret() {
    let app = TestApp::start().await;
    let write = json!({
        "method": "PATCH", "path": "/passwords/601",
        "body": {"data": {"type": "passwords", "attributes": {
            "password": "canary-4711-value", "notes": "once"}}},
    });
    let id = app.agent().has_proposed(write.clone()).await;
    let shown = app.agent().sees(&id).await;
    let mut again = write;
    again["summary"] = json!("The same as it was shown");
    again["body"] = shown["request"]["body"].clone();
    again["body"]["data"]["attributes"]["notes"] = json!("as asked");
    let path = format!("/api/v1/proposals/{id}");
    let refused = app.agent().sends(Method::PUT, &path, &again).await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(refused.pointers(), ["/body/data/attributes/password"]);
    let refused = app.agent().proposes(again).await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(app.agent().sees(&id).await["revision"], 1);
}

#[tokio::test]
async fn an_edited_merge_still_leaves_what_others_change_meanwhile() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/flexible_assets/123", "traits": "merge",
            "body": {"data": {"type": "flexible-assets", "attributes": {"traits": {
                "location": "Frankfurt"}}}},
        }))
        .await;
    let mut body = app.technician().opens(&id).await["request"]["body"].clone();
    body["data"]["attributes"]["traits"]["location"] = json!("Frankfurt am Main");
    let edit = json!({ "body": body });
    app.technician().approves_with(&id, edit).await.is(200);
    let elsewhere = json!({"traits": {"version": "E5"}});
    assert!(
        app.simulator
            .control()
            .edit("flexible_assets", 123, elsewhere)
    );
    let mut expected = app.record("flexible_assets", 123)["traits"].clone();
    app.ends_holds().await;
    app.agent().waits_for(&id, "pending").await;
    app.technician().approves(&id).await.is(200);
    app.ends_holds().await;
    app.agent().waits_for(&id, "applied").await;
    expected["location"] = json!("Frankfurt am Main");
    assert_eq!(app.record("flexible_assets", 123)["traits"], expected);
}

#[tokio::test]
async fn a_field_is_left_out_by_any_pointer_it_is_shown_under() {
    let app = TestApp::start().await;
    let write = json!({
        "method": "PATCH", "path": "/contacts",
        "body": {"data": [{"type": "contacts", "attributes": {
            "id": 501, "first_name": "Anna", "title": "Chief"}}]},
    });
    let name = app.record("contacts", 501)["first-name"].clone();
    let id = app.agent().has_proposed(write).await;
    let opened = app.technician().opens(&id).await;
    let fields = opened["diff"]["fields"].as_array().unwrap();
    let is_meant = |field: &&Value| field["pointer"].to_string().contains("first-name");
    let pointer = fields.iter().find(is_meant).unwrap()["pointer"].clone();
    let unknown = json!({"omit": ["/data/attributes/last-name"]});
    let refused = app.technician().approves_with(&id, unknown).await;
    refused.is_problem(422, "invalid-proposal");
    let edit = json!({"omit": [pointer]});
    app.technician().approves_with(&id, edit).await.is(200);
    app.agent().waits_for(&id, "applied").await;
    let record = app.record("contacts", 501);
    assert_eq!(
        (&record["first-name"], &record["title"]),
        (&name, &json!("Chief"))
    );
}

#[tokio::test]
async fn what_was_said_of_one_client_is_not_shown_to_people_of_the_next() {
    let app = TestApp::start().await;
    let ann = technician_of(&app, "ann", only(&[ACME])).await;
    let theirs = json!({
        "method": "POST", "path": "/organizations/3/relationships/locations",
        "body": {"data": {"type": "locations", "attributes": {"name": "Globex secret site"}}},
    });
    let id = app.agent().has_proposed(theirs).await;
    let path = format!("/api/v1/review/proposals/{id}");
    let said = json!({"text": "Globex has trouble"});
    app.technician()
        .post(&format!("{path}/comments"), &said)
        .await
        .is(201);
    let sent_back = app.technician().opens(&id).await;
    let why = json!({"fingerprint": sent_back["fingerprint"], "reason": "wrong client"});
    app.technician()
        .decides(&id, "send-back", &why)
        .await
        .is(200);
    let own = format!("/api/v1/proposals/{id}");
    let mut revision = new_title("Acme");
    revision["summary"] = json!("For Acme, as it should be");
    app.agent()
        .sends(Method::PUT, &own, &revision)
        .await
        .is(200);
    app.caller(&ann)
        .get(&path)
        .await
        .is_problem(404, "not-found");
    let seen = app.technician().opens(&id).await;
    assert_eq!(
        seen["resource"]["organization_id"],
        ACME.to_string(),
        "{seen:#}"
    );
    let history = app.caller(&ann).get("/api/v1/review/history").await.is(200);
    assert_eq!(history["items"], json!([]), "{history:#}");
}
