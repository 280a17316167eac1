//! Taking an applied write back: a proposal of a person, like any other, over what still holds what
//! was written.

use countersign::access::ProvenAdministrator;
use countersign::admin::{ProfileChange, TokenRequest};
use countersign::domain::{
    Actor, AuditAction, AuditEvent, AuditFilter, OrganizationId, OrganizationScope,
    PermissionGroup, Role, Scope, Timestamp, UserId,
};
use countersign::simulator::{Fault, FaultKind};
use countersign::store::NewUser;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};

fn new_contact(last_name: &str) -> Value {
    json!({
        "method": "POST", "path": "/contacts",
        "body": {"data": {"type": "contacts", "attributes": {
            "organization-id": 2, "first-name": "Ines", "last-name": last_name}}},
    })
}

fn change_of(id: u64, attributes: &Value) -> Value {
    json!({
        "method": "PATCH", "path": format!("/contacts/{id}"),
        "body": {"data": {"type": "contacts", "attributes": attributes}},
    })
}

fn delete_of(id: &str) -> Value {
    json!({"method": "DELETE", "path": format!("/contacts/{id}")})
}

/// Proposed by the agent, approved by the technician, applied and read back.
async fn applied(app: &TestApp, proposal: Value) -> String {
    let id = app.agent().has_proposed(proposal).await;
    let approved = app.technician().approves(&id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    app.agent().waits_for_verification(&id).await;
    id
}

/// Reverted by the technician; gives the new proposal.
async fn reverted(app: &TestApp, id: &str) -> Value {
    let answer = app.technician().decides(id, "revert", &json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.body);
    answer.body
}

/// Approved as shown, and carried out. What is critical is approved by a colleague of whoever
/// proposed it.
async fn carried_out(app: &TestApp, revert: &Value) -> Value {
    let id = revert["id"].as_str().unwrap();
    let approved = match revert["tier"].as_str() {
        Some("critical") => app.colleague().approves(id).await,
        _ => app.technician().approves(id).await,
    };
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    app.agent().waits_for_verification(id).await
}

fn warned<'a>(proposal: &'a Value, code: &str) -> Option<&'a Value> {
    let warnings = proposal["warnings"].as_array().unwrap();
    warnings.iter().find(|warning| warning["code"] == code)
}

#[tokio::test]
async fn a_revert_is_a_pending_proposal_of_a_person_that_puts_the_record_back() {
    let app = TestApp::start().await;
    let before = app.record("contacts", 501)["title"].clone();
    let id = applied(&app, new_title("Reverted soon")).await;
    let answer = app
        .technician()
        .decides(&id, "revert", &json!({"reason": "It was the wrong Dana"}))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:#}", answer.body);
    let revert = answer.body;
    assert_eq!(
        answer.headers["location"].to_str().unwrap(),
        format!(
            "/api/v1/review/proposals/{}",
            revert["id"].as_str().unwrap()
        )
    );
    assert_eq!(revert["status"], "pending");
    assert_eq!(revert["operation"], "update");
    assert_eq!(
        revert["proposed_by"],
        json!({"by": "person", "name": "Sam"})
    );
    assert_eq!(revert["reverts"]["id"], id.as_str());
    assert_eq!(revert["reason"], "It was the wrong Dana");
    assert_eq!(revert["verdict"]["rule"], "revert.ask");
    assert_eq!(
        revert["request"]["body"]["data"]["attributes"],
        json!({"title": before})
    );
    assert_eq!(app.record("contacts", 501)["title"], "Reverted soon");
    let listed = app.agent().sees(revert["id"].as_str().unwrap()).await;
    assert_eq!(
        listed["proposed_by"]["name"], "Sam",
        "the agent sees whose it is"
    );
    let listed_too = app.agent().get("/api/v1/proposals").await.body;
    for seen in [&listed, &listed_too["items"][0]] {
        assert_eq!(seen["number"], revert["number"]);
        assert_eq!(seen["reverts"]["id"], id.as_str());
        assert_eq!(
            seen["resource"],
            json!({"type": "contacts", "id": revert["resource"]["id"]})
        );
        for hidden in ["request", "reason", "warnings", "decision", "summary"] {
            assert!(seen.get(hidden).is_none(), "{hidden}: {seen:#}");
        }
        let text = seen.to_string();
        for hidden in [before.as_str().unwrap(), "the wrong Dana"] {
            assert!(!text.contains(hidden), "{hidden}: {seen:#}");
        }
    }
    let ended = carried_out(&app, &revert).await;
    assert_eq!(ended["outcome"]["verified"], true, "{ended:#}");
    assert_eq!(app.record("contacts", 501)["title"], before);
    let original = app.technician().opens(&id).await;
    assert_eq!(original["reverted_by"][0]["number"], revert["number"]);
    assert_eq!(original["reverted_by"][0]["status"], "applied");
    let filter = AuditFilter {
        action: Some(AuditAction::RevertProposed),
        ..AuditFilter::default()
    };
    let admin = &app.server().state().admin;
    let by = ProvenAdministrator::operator();
    let rows = admin.audit(&by, &filter, None, 10).await.unwrap().items;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].actor_name.as_deref(), Some("Sam"));
    app.audit_is_whole().await;
}

#[tokio::test]
async fn reverting_twice_gives_the_same_proposal_until_it_has_ended() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Twice")).await;
    let first = reverted(&app, &id).await;
    let again = app.colleague().request(
        Method::POST,
        &format!("/api/v1/review/proposals/{id}/revert"),
    );
    let again = crate::ground::answer(again).await;
    assert_eq!(again.status, StatusCode::OK, "{:#}", again.body);
    assert_eq!(
        again.body["id"], first["id"],
        "without a body, by a colleague"
    );
    carried_out(&app, &first).await;
    let late = app.technician().decides(&id, "revert", &json!({})).await;
    late.is_problem(409, "nothing-to-revert");
    let queue = app.technician().get("/api/v1/review/proposals").await.body;
    assert_eq!(queue["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn of_several_at_once_one_makes_the_revert() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("At once")).await;
    let body = json!({});
    let (sam, kim) = (app.technician(), app.colleague());
    let answers = tokio::join!(
        sam.decides(&id, "revert", &body),
        kim.decides(&id, "revert", &body),
        sam.decides(&id, "revert", &body),
        kim.decides(&id, "revert", &body),
    );
    let made = [&answers.0, &answers.1, &answers.2, &answers.3];
    for answer in made {
        assert!(answer.status.is_success(), "{:#}", answer.body);
        assert_eq!(answer.body["id"], answers.0.body["id"]);
    }
    let created = made.iter().filter(|one| one.status == StatusCode::CREATED);
    assert_eq!(created.count(), 1);
}

#[tokio::test]
async fn what_others_changed_since_is_left_alone_and_named() {
    let app = TestApp::start().await;
    let before = app.record("contacts", 501);
    let changed = json!({"title": "Ours", "important": !before["important"].as_bool().unwrap()});
    let id = applied(&app, change_of(501, &changed)).await;
    app.simulator
        .control()
        .edit("contacts", 501, json!({"title": "Theirs"}));
    let revert = reverted(&app, &id).await;
    let body = &revert["request"]["body"]["data"]["attributes"];
    assert_eq!(*body, json!({"important": before["important"]}));
    let left = warned(&revert, "left_alone").unwrap();
    assert_eq!(left["fields"], json!(["Title"]), "{left:#}");
    assert_eq!(revert["tier"], "elevated", "as with any other warning");
    carried_out(&app, &revert).await;
    let now = app.record("contacts", 501);
    assert_eq!(now["title"], "Theirs");
    assert_eq!(now["important"], before["important"]);
}

#[tokio::test]
async fn where_nothing_holds_ours_nothing_is_made() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Ours")).await;
    app.simulator
        .control()
        .edit("contacts", 501, json!({"title": "Theirs"}));
    let none = app.technician().decides(&id, "revert", &json!({})).await;
    none.is_problem(409, "nothing-to-revert");
    assert!(
        none.body["detail"].as_str().unwrap().contains("Title"),
        "{:#}",
        none.body
    );
    let pending = app.agent().has_proposed(new_title("Pending")).await;
    let early = app
        .technician()
        .decides(&pending, "revert", &json!({}))
        .await;
    early.is_problem(409, "wrong-state");
    let unknown = app
        .technician()
        .decides(&id, "revert", &json!({"force": true}))
        .await;
    unknown.is_problem(422, "invalid-proposal");
    let all = app.technician().get("/api/v1/review/proposals").await.body;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_created_record_is_deleted_if_the_profile_has_deletes_on_and_nobody_touched_it() {
    let app = TestApp::start().await;
    let id = applied(&app, new_contact("Moreau")).await;
    let seen = app.agent().sees(&id).await;
    let record = seen["outcome"]["resource_id"].as_str().unwrap().to_owned();
    let deletes = |delete| ProfileChange {
        group: Some(PermissionGroup::Contacts),
        delete: Some(delete),
        ..ProfileChange::default()
    };
    app.profile(deletes(false)).await;
    let refused = app.technician().decides(&id, "revert", &json!({})).await;
    refused.is_problem(409, "nothing-to-revert");
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("Deletes in Contacts")
    );
    let shown = app.technician().opens(&id).await;
    assert_eq!(shown["undo"]["class"], "by_hand", "{:#}", shown["undo"]);
    app.profile(deletes(true)).await;
    let revert = reverted(&app, &id).await;
    assert_eq!(revert["operation"], "delete");
    assert_eq!(revert["tier"], "critical");
    let critical = app
        .without_critical()
        .approves(revert["id"].as_str().unwrap())
        .await;
    critical.is_problem(403, "step-up-required");
    carried_out(&app, &revert).await;
    let number: u64 = record.parse().unwrap();
    assert!(app.simulator.control().record("contacts", number).is_none());
    let edited = applied(&app, new_contact("Petit")).await;
    let seen = app.agent().sees(&edited).await;
    let record: u64 = seen["outcome"]["resource_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    app.simulator
        .control()
        .edit("contacts", record, json!({"title": "Kept by somebody"}));
    let kept = app
        .technician()
        .decides(&edited, "revert", &json!({}))
        .await;
    kept.is_problem(409, "nothing-to-revert");
}

#[tokio::test]
async fn a_created_record_that_somebody_changed_before_it_was_read_back_is_not_deleted() {
    let app = TestApp::start().await;
    let reading_back = Fault {
        path_contains: Some("/contacts/".to_owned()),
        ..Fault::next(FaultKind::OtherEditor {
            attributes: json!({"last-name": "Theirs"}),
        })
        .on("GET")
    };
    app.simulator.control().fault(reading_back);
    let id = applied(&app, new_contact("Ours")).await;
    assert_eq!(app.agent().sees(&id).await["outcome"]["verified"], false);
    let shown = app.technician().opens(&id).await;
    assert_eq!(shown["undo"]["offered"], false, "{:#}", shown["undo"]);
    let refused = app.technician().decides(&id, "revert", &json!({})).await;
    refused.is_problem(409, "nothing-to-revert");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("did not read back"), "{detail}");
}

#[tokio::test]
async fn a_deleted_record_is_made_anew_with_another_id() {
    let app = TestApp::start().await;
    let old = app.another_contact().await;
    app.simulator
        .control()
        .edit("contacts", old, json!({"title": "Kept in mind"}));
    let id = app.agent().has_proposed(delete_of(&old.to_string())).await;
    let shown = app.technician().opens(&id).await;
    assert_eq!(shown["undo"]["class"], "recreate", "{:#}", shown["undo"]);
    assert!(shown["undo"]["reason"].as_str().unwrap().contains("new id"));
    app.technician().approves(&id).await;
    app.agent().waits_for_verification(&id).await;
    let revert = reverted(&app, &id).await;
    assert_eq!(revert["operation"], "create");
    let ended = carried_out(&app, &revert).await;
    let anew: u64 = ended["outcome"]["resource_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_ne!(anew, old);
    assert_eq!(app.record("contacts", anew)["title"], "Kept in mind");
    assert_eq!(app.record("contacts", anew)["last-name"], "Contact");
    let again = app.technician().decides(&id, "revert", &json!({})).await;
    again.is_problem(409, "nothing-to-revert");
    let number = format!("#{}", revert["number"]);
    let detail = again.body["detail"].as_str().unwrap();
    assert!(detail.contains(&number), "{detail}");
    app.simulator
        .control()
        .edit("contacts", anew, json!({"title": "Moved on"}));
    let still = app.technician().decides(&id, "revert", &json!({})).await;
    still.is_problem(409, "nothing-to-revert");
}

#[tokio::test]
async fn a_created_record_that_holds_others_is_not_deleted_from_here() {
    let app = TestApp::start().await;
    let id = applied(
        &app,
        json!({
            "method": "POST", "path": "/documents",
            "body": {"data": {"type": "documents", "attributes": {
                "organization-id": 2, "name": "How to restore"}}},
        }),
    )
    .await;
    app.profile(ProfileChange {
        group: Some(PermissionGroup::Documents),
        delete: Some(true),
        ..ProfileChange::default()
    })
    .await;
    let shown = app.technician().opens(&id).await;
    assert_eq!(shown["undo"]["class"], "by_hand", "{:#}", shown["undo"]);
    assert_eq!(shown["undo"]["offered"], false);
    let refused = app.technician().decides(&id, "revert", &json!({})).await;
    refused.is_problem(409, "nothing-to-revert");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("below it"), "{detail}");
}

#[tokio::test]
async fn erased_traits_come_back_and_other_traits_stay_as_they_are() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/flexible_assets/123", "traits": "merge",
            "body": {"data": {"type": "flexible-assets", "attributes": {
                "traits": {"location": "Rack 9"}}}},
        }))
        .await;
    let before = app.record("flexible_assets", 123)["traits"]["location"].clone();
    app.technician().approves(&id).await;
    app.agent().waits_for_verification(&id).await;
    let revert = reverted(&app, &id).await;
    carried_out(&app, &revert).await;
    let now = app.record("flexible_assets", 123)["traits"].clone();
    assert_eq!(now["location"], before);
    assert_eq!(now["seats"], 42, "{now:#}");
}

#[tokio::test]
async fn a_secret_is_never_put_back_from_a_pre_image() {
    const CANARY: &str = "granite-plover-tangent-4711";
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": {"password": CANARY}}},
        }))
        .await;
    let shown = app.technician().opens(&id).await;
    assert_eq!(shown["undo"]["class"], "by_hand");
    assert_eq!(shown["undo"]["offered"], false);
    app.technician().approves(&id).await;
    app.agent().waits_for(&id, "applied").await;
    let none = app.technician().decides(&id, "revert", &json!({})).await;
    none.is_problem(409, "nothing-to-revert");
    assert!(!none.body.to_string().contains(CANARY));
}

#[tokio::test]
async fn an_agent_neither_reverts_nor_touches_a_revert_and_its_pause_does_not_hold_it() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Run wild")).await;
    let refused = app.agent().decides(&id, "revert", &json!({})).await;
    refused.is_problem(403, "forbidden");
    app.auditor()
        .decides(&id, "revert", &json!({}))
        .await
        .is_problem(403, "forbidden");
    let revert = reverted(&app, &id).await;
    let own = format!("/api/v1/proposals/{}", revert["id"].as_str().unwrap());
    let withdrawn = app
        .agent()
        .post(&format!("{own}/withdraw"), &json!({}))
        .await;
    withdrawn.is_problem(403, "forbidden");
    let mut other = new_title("Mine again");
    other["summary"] = json!("a test");
    let revised = app.agent().sends(Method::PUT, &own, &other).await;
    revised.is_problem(403, "forbidden");
    let opened = app.technician().opens(revert["id"].as_str().unwrap()).await;
    let sent_back = json!({"fingerprint": opened["fingerprint"], "reason": "to whom?"});
    let id = revert["id"].as_str().unwrap();
    let nobody = app.technician().decides(id, "send-back", &sent_back).await;
    nobody.is_problem(409, "wrong-state");
    let pause = json!({"scope": "agent", "id": "triage-bot", "reason": "It runs wild"});
    app.administrator()
        .post("/api/v1/admin/pause", &pause)
        .await
        .is(200);
    app.make_read_only(PermissionGroup::Contacts).await;
    app.technician().approves(id).await.is(200);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let now = app.technician().opens(id).await;
        if now["status"] == "applied" {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{now:#}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_ne!(app.record("contacts", 501)["title"], "Run wild");
}

#[tokio::test]
async fn reverts_of_what_is_let_through_are_asked_all_the_same() {
    let app = TestApp::start().await;
    app.stop_asking(PermissionGroup::Contacts).await;
    let id = app.agent().has_proposed(new_title("Unasked")).await;
    app.agent().waits_for_verification(&id).await;
    let revert = reverted(&app, &id).await;
    assert_eq!(revert["status"], "pending");
    assert_eq!(revert["verdict"]["verdict"], "needs_approval");
}

#[tokio::test]
async fn a_person_reverts_for_own_clients_alone() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Not theirs")).await;
    let state = app.server().state();
    let user = NewUser {
        id: UserId(state.clock.new_id()),
        email: "globex@example.com".to_owned(),
        name: "Globex".to_owned(),
        role: Role::Technician,
        password_hash: None,
        organizations: OrganizationScope::Only([OrganizationId(3)].into_iter().collect()),
    };
    let at = Timestamp::from_millis(0);
    let created = AuditEvent::new(at, Actor::Operator, AuditAction::UserCreated);
    state.store.create_user(&user, &created).await.unwrap();
    let scopes = [Scope::Read, Scope::Decide, Scope::DecideCritical];
    let (by, email) = (ProvenAdministrator::operator(), user.email.parse().unwrap());
    let scopes = Some(scopes.into_iter().collect());
    let token = state
        .admin
        .create_user_token(&by, &email, scopes, TokenRequest::default())
        .await
        .unwrap();
    let theirs = app.caller(token.token.expose_secret());
    let refused = theirs.decides(&id, "revert", &json!({})).await;
    refused.is_problem(404, "not-found");
    let filter = AuditFilter {
        action: Some(AuditAction::Refused),
        ..AuditFilter::default()
    };
    let rows = state.admin.audit(&by, &filter, None, 10).await.unwrap();
    assert_eq!(rows.items.len(), 1);
    assert_eq!(rows.items[0].actor_name.as_deref(), Some("Globex"));
}

#[tokio::test]
async fn a_record_that_moves_while_a_revert_waits_is_shown_anew() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Ours")).await;
    let revert = reverted(&app, &id).await;
    let first = app.technician().opens(revert["id"].as_str().unwrap()).await;
    app.simulator
        .control()
        .edit("contacts", 501, json!({"title": "Theirs"}));
    let stale = json!({"fingerprint": first["fingerprint"], "reason": "as shown"});
    let id = revert["id"].as_str().unwrap();
    let refused = app.technician().decides(id, "approve", &stale).await;
    refused.is_problem(409, "changed-since-shown");
    let second = app.technician().opens(id).await;
    assert_ne!(second["fingerprint"], first["fingerprint"]);
    assert_eq!(second["verdict"]["rule"], "revert.ask");
    assert_eq!(second["diff"]["fields"][0]["live"], "Theirs");
    assert_eq!(
        warned(&second, "moved").unwrap()["fields"],
        json!(["Title"])
    );
    let overwriting = app.technician().approves(id).await;
    overwriting.is_problem(409, "wrong-state");
    let detail = overwriting.body["detail"].as_str().unwrap();
    assert!(
        detail.contains("Title") && detail.contains("anew"),
        "{detail}"
    );
    let after = app.technician().opens(id).await;
    assert_eq!(after["status"], "pending");
    assert_eq!(app.record("contacts", 501)["title"], "Theirs");
}

/// What somebody changes after the write was put together, and before it is shown.
#[tokio::test]
async fn what_changes_between_the_two_readings_of_a_revert_is_not_overwritten() {
    let app = TestApp::start().await;
    let id = applied(&app, new_title("Ours")).await;
    app.simulator.control().fault(Fault {
        path_contains: Some("/contacts/501".to_owned()),
        ..Fault::next(FaultKind::OtherEditorAfter {
            attributes: json!({"title": "Theirs"}),
        })
        .on("GET")
    });
    let revert = reverted(&app, &id).await;
    assert_eq!(app.record("contacts", 501)["title"], "Theirs");
    let id = revert["id"].as_str().unwrap();
    let overwriting = app.technician().approves(id).await;
    overwriting.is_problem(409, "wrong-state");
    assert_eq!(app.record("contacts", 501)["title"], "Theirs");
}

#[tokio::test]
async fn g8_a_critical_revert_is_approved_by_somebody_else_than_who_proposed_it() {
    let app = TestApp::start().await;
    let id = applied(&app, new_contact("Reverted")).await;
    let revert = reverted(&app, &id).await;
    assert_eq!(revert["tier"], "critical", "{revert:#}");
    let id = revert["id"].as_str().unwrap();
    let own = app.technician().approves(id).await;
    own.is_problem(403, "forbidden");
    assert_eq!(app.agent().sees(id).await["status"], "pending");
    let approved = app.colleague().approves(id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    let audited = app.audited(AuditAction::Approved).await.pop().unwrap();
    assert_eq!(audited["own_revert"], false, "{audited:#}");
}

#[tokio::test]
async fn g8_who_is_alone_approves_their_own_critical_revert_and_the_audit_says_so() {
    let app = TestApp::start().await;
    let id = applied(&app, new_contact("Reverted")).await;
    let revert = reverted(&app, &id).await;
    let (admin, by) = (&app.server().state().admin, ProvenAdministrator::operator());
    for user in app.server().state().store.users().await.unwrap() {
        if user.name != "Sam" {
            admin.disable_user(&by, user.id).await.unwrap();
        }
    }
    let id = revert["id"].as_str().unwrap();
    let approved = app.technician().approves(id).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    let audited = app.audited(AuditAction::Approved).await.pop().unwrap();
    assert_eq!(audited["own_revert"], true, "{audited:#}");
    assert_eq!(audited["own_agent"], false);
}

#[tokio::test]
async fn a_rebuilt_revert_keeps_its_tier_and_leaves_the_field_to_others() {
    let app = TestApp::start().await;
    let before = app.record("contacts", 501);
    let sent = json!({
        "title": "Ours", "important": !before["important"].as_bool().unwrap(), "notes": "Ours"});
    let id = applied(&app, change_of(501, &sent)).await;
    let edits = |changes| app.simulator.control().edit("contacts", 501, changes);
    edits(json!({"title": "Theirs"}));
    let revert = reverted(&app, &id).await;
    edits(json!({"notes": "Theirs"}));
    let id = revert["id"].as_str().unwrap();
    let shown = app.technician().opens(id).await;
    assert_eq!(shown["tier"], "elevated", "{:#}", shown["warnings"]);
    assert!(warned(&shown, "left_alone").is_some());
    let edited = json!({
        "fingerprint": shown["fingerprint"], "reason": "Not the notes",
        "omit": ["/data/attributes/notes"]});
    let approved = app.technician().decides(id, "approve", &edited).await;
    assert_eq!(approved.status, StatusCode::OK, "{:#}", approved.body);
    app.agent().waits_for_verification(id).await;
    let now = app.record("contacts", 501);
    assert_eq!(now["important"], before["important"]);
    assert_eq!(
        (&now["title"], &now["notes"]),
        (&json!("Theirs"), &json!("Theirs"))
    );
}
