//! When things go wrong: IT Glue down, keys refused, records that move or go, answers that are lost.

use countersign::domain::{AuditAction, PermissionGroup};
use countersign::simulator::{Fault, FaultKind};
use serde_json::json;

use crate::ground::{TestApp, new_title};

#[tokio::test]
async fn when_itglue_is_down_nothing_is_stored() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        app.simulator
            .control()
            .fault(Fault::next(FaultKind::ResetBefore).on("GET"));
    }
    let answer = app.agent().proposes(new_title("One")).await;
    answer.is_problem(503, "connection-unavailable");
    assert!(answer.headers.contains_key("retry-after"));
    app.simulator.control().clear_faults();
    assert_eq!(
        app.agent().get("/api/v1/proposals").await.body["items"],
        json!([])
    );
    app.agent().has_proposed(new_title("One")).await;
}

#[tokio::test]
async fn a_refused_key_stops_intake_and_holds_what_is_approved() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "1")]).await;
    let id = app.agent().has_proposed(new_title("Later")).await;
    app.technician().approves(&id).await;
    app.simulator.control().reject_key(true);
    app.agent()
        .proposes(new_title("Two"))
        .await
        .is_problem(503, "connection-unavailable");
    let waiting = app.agent().waits_for(&id, "queued").await;
    assert_eq!(app.writes(), 0, "{waiting:#}");
    app.simulator.control().reject_key(false);
    let connection = app
        .server()
        .state()
        .store
        .connections()
        .await
        .unwrap()
        .remove(0);
    app.server()
        .state()
        .admin
        .test_connection(
            &countersign::access::ProvenAdministrator::operator(),
            &connection.name.parse().unwrap(),
        )
        .await
        .unwrap();
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
}

#[tokio::test]
async fn a_record_that_moved_before_the_approval_is_shown_anew() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let shown = app.technician().opens(&id).await;
    let control = app.simulator.control();
    control.edit("contacts", 501, json!({"title": "Somebody was here"}));
    let body = json!({"fingerprint": shown["fingerprint"], "reason": "fine"});
    app.technician()
        .decides(&id, "approve", &body)
        .await
        .is_problem(409, "changed-since-shown");
    let anew = app.technician().opens(&id).await;
    assert_eq!(anew["round"], 2);
    assert_ne!(anew["fingerprint"], shown["fingerprint"]);
    assert!(anew["warnings"].to_string().contains("moved"));
    let field = &anew["diff"]["fields"][0];
    assert_eq!(field["live"], "Somebody was here", "{field:#}");
    assert_ne!(field["base"], field["live"]);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "One");
}

#[tokio::test]
async fn a_record_that_moved_before_the_send_goes_back_to_people() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "1")]).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&id).await;
    app.simulator
        .control()
        .edit("contacts", 501, json!({"title": "Somebody was here"}));
    let pending = app.agent().waits_for(&id, "pending").await;
    assert_eq!(pending["round"], 2);
    assert!(
        pending["warnings"]
            .to_string()
            .contains("moved_since_approval")
    );
    assert_eq!(app.writes(), 0);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
}

#[tokio::test]
async fn an_approval_stands_where_only_other_fields_moved() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let shown = app.technician().opens(&id).await;
    let control = app.simulator.control();
    control.edit("contacts", 501, json!({"notes": "Somebody was here"}));
    let body = json!({"fingerprint": shown["fingerprint"], "reason": "fine"});
    let approved = app.technician().decides(&id, "approve", &body).await;
    assert_eq!(approved.status, 200, "{:#}", approved.body);
    control.edit(
        "contacts",
        501,
        json!({"important": false, "location-id": null}),
    );
    app.ends_holds().await;
    let applied = app.agent().waits_for(&id, "applied").await;
    assert_eq!(applied["round"], 1);
    let record = app.record("contacts", 501);
    assert_eq!(record["title"], "One");
    assert_eq!(
        record["notes"], "Somebody was here",
        "what others wrote stays"
    );
}

#[tokio::test]
async fn an_approval_of_a_whole_record_stands_where_it_glue_sets_the_rest_anew() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let shown = app.agent().get("/itglue/contacts/501").await.body;
    let mut whole = shown["data"]["attributes"].clone();
    whole["title"] = json!("One");
    let body = json!({"data": {"type": "contacts", "attributes": whole}});
    let proposal = json!({"method": "PATCH", "path": "/contacts/501", "body": body});
    let id = app.agent().has_proposed(proposal).await;
    app.technician().approves(&id).await;
    let control = app.simulator.control();
    assert!(control.edit("organizations", 2, json!({"name": "Renamed meanwhile"})));
    assert!(control.edit("contacts", 501, json!({})));
    app.ends_holds().await;
    let applied = app.agent().waits_for(&id, "applied").await;
    assert_eq!(applied["round"], 1);
    assert_eq!(app.record("contacts", 501)["title"], "One");
}

#[tokio::test]
async fn what_moved_after_the_approval_is_shown_in_three_values_with_who_approved() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let before = app.record("contacts", 501)["title"].clone();
    let id = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&id).await;
    let control = app.simulator.control();
    control.edit("contacts", 501, json!({"title": "Somebody was here"}));
    app.ends_holds().await;
    app.agent().waits_for(&id, "pending").await;
    let opened = app.technician().opens(&id).await;
    let warnings = opened["warnings"].to_string();
    assert!(
        warnings.contains("Moved since Sam approved it"),
        "{warnings}"
    );
    let field = &opened["diff"]["fields"][0];
    assert_eq!(field["base"], before, "{field:#}");
    assert_eq!(field["live"], "Somebody was here");
    assert_eq!(field["proposed"], "One");
}

#[tokio::test]
async fn what_another_write_made_stale_is_put_together_anew_when_it_is_opened() {
    let app = TestApp::start().await;
    let stale = app.agent().has_proposed(new_title("Second")).await;
    let other = json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {"important": false}}},
    });
    let first = app.other_agent().has_proposed(other).await;
    let shown = app.technician().opens(&stale).await;
    app.technician().approves(&first).await;
    app.other_agent().waits_for(&first, "applied").await;
    let body = json!({"fingerprint": shown["fingerprint"], "reason": "as shown"});
    let refused = app.technician().decides(&stale, "approve", &body).await;
    refused.is_problem(409, "changed-since-shown");
    let anew = app.technician().opens(&stale).await;
    assert_eq!(anew["round"], 2);
    let warnings = anew["warnings"].to_string();
    assert!(warnings.contains("\"stale\""), "{warnings}");
    app.technician().approves(&stale).await;
    app.agent().waits_for(&stale, "applied").await;
}

#[tokio::test]
async fn what_reads_back_differently_has_a_lane() {
    let app = TestApp::start().await;
    let lane = "/api/v1/review/proposals?lane=reads_differently";
    let id = app.agent().has_proposed(new_title("Ignored")).await;
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::AcceptedAndIgnored).on("PATCH"));
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["outcome"]["verified"], false, "{applied:#}");
    let found = app.technician().get(lane).await.body;
    assert_eq!(found["items"][0]["id"], id.as_str(), "{found:#}");
    let well = app.agent().has_proposed(new_title("Taken")).await;
    app.technician().approves(&well).await;
    app.agent().waits_for_verification(&well).await;
    let found = app.technician().get(lane).await.body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);

    let nothing_to_see = app.technician().decides(&well, "seen", &json!({})).await;
    nothing_to_see.is_problem(409, "wrong-state");
    for who in [app.technician(), app.colleague()] {
        let seen = who.decides(&id, "seen", &json!({})).await;
        assert_eq!(seen.status, 200, "{:#}", seen.body);
        assert_eq!(seen.body["outcome"]["verified"], false, "it stays told");
    }
    let left = app.technician().get(lane).await.body;
    assert_eq!(left["items"], json!([]), "{left:#}");
    let audited = app.audited(AuditAction::DifferenceSeen).await;
    assert_eq!(audited.len(), 1, "whoever comes second changes nothing");
    app.audit_is_whole().await;
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_told_and_no_difference() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("Mine")).await;
    let attributes = json!({ "notes": "Theirs" });
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::OtherEditorAfter { attributes }).on("PATCH"));
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    let outcome = &applied["outcome"];
    assert_eq!(outcome["verified"], true, "{applied:#}");
    assert_eq!(outcome["concurrent_edits"], json!(["Notes"]));
}

#[tokio::test]
async fn a_record_that_is_gone_ends_the_proposal() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "1")]).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&id).await;
    app.simulator.control().remove("contacts", 501);
    let failed = app.agent().waits_for(&id, "failed").await;
    assert_eq!(failed["outcome"]["result"], "record_gone");
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn a_record_that_is_gone_before_the_approval_cannot_be_approved() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    app.simulator.control().remove("contacts", 501);
    let opened = app.technician().opens(&id).await;
    assert_eq!(opened["notice"]["code"], "record_gone");
    app.technician()
        .approves(&id)
        .await
        .is_problem(404, "not-found");
    assert_eq!(
        app.technician().rejects(&id, "it is gone").await.body["status"],
        "rejected"
    );
}

#[tokio::test]
async fn an_answer_lost_after_the_write_is_resolved_by_reading() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("Lost answer")).await;
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::ResetAfter).on("PATCH"));
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for(&id, "applied").await;
    assert_eq!(applied["outcome"]["result"], "applied", "{applied:#}");
    assert_eq!(app.applied_writes("PATCH", "/contacts/501"), 1);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_and_not_doubled() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "POST", "path": "/contacts",
            "body": {"data": {"type": "contacts", "attributes": {
                "organization-id": 2, "first-name": "Only", "last-name": "Once"}}},
        }))
        .await;
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::ErrorAfter { status: 504 }).on("POST"));
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    let doubles = app
        .simulator
        .control()
        .records("contacts")
        .iter()
        .filter(|contact| contact["last-name"] == "Once")
        .count();
    assert_eq!(doubles, 1);
}

#[tokio::test]
async fn a_create_that_never_arrived_is_put_before_a_person() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "POST", "path": "/contacts",
            "body": {"data": {"type": "contacts", "attributes": {
                "organization-id": 2, "first-name": "Never", "last-name": "Arrived"}}},
        }))
        .await;
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::ResetBefore).on("POST"));
    app.technician().approves(&id).await;
    let open = app.agent().waits_for(&id, "needs_attention").await;
    assert_eq!(open["outcome"]["result"], "unknown");
    assert_eq!(app.applied_writes("POST", "/contacts"), 0);
}

#[tokio::test]
async fn a_write_that_changes_nothing_is_not_called_verified() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("Ignored")).await;
    app.simulator
        .control()
        .fault(Fault::next(FaultKind::AcceptedAndIgnored).on("PATCH"));
    app.technician().approves(&id).await;
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["status"], "applied");
    assert_eq!(applied["outcome"]["verified"], false);
    assert_eq!(applied["outcome"]["differences"][0]["sent"], "Ignored");
}

#[tokio::test]
async fn itglue_s_refusal_is_told_in_its_own_words() {
    let app = TestApp::start().await;
    let mut proposal = new_title("Synced");
    proposal["path"] = json!("/contacts/502");
    let id = app.agent().has_proposed(proposal).await;
    app.technician().approves(&id).await;
    let failed = app.agent().waits_for(&id, "failed").await;
    assert_eq!(failed["outcome"]["result"], "refused_by_itglue");
    assert_eq!(failed["outcome"]["http_status"], 422);
    assert!(failed["outcome"]["response"].is_object(), "{failed:#}");
}

#[tokio::test]
async fn a_profile_that_changed_after_the_approval_stops_the_write() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "1")]).await;
    let id = app.agent().has_proposed(new_title("One")).await;
    app.technician().approves(&id).await;
    app.make_read_only(PermissionGroup::Contacts).await;
    let failed = app.agent().waits_for(&id, "failed").await;
    assert_eq!(failed["outcome"]["result"], "refused_by_policy");
    assert_eq!(app.writes(), 0);
}
