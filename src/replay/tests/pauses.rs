//! What is paused waits, says why, and goes on: nothing is sent meanwhile and nothing is lost.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use super::scene::{Scene, contact, location};
use crate::domain::{
    Actor, AuditAction, AuditEvent, ConnectionId, OrganizationId, OrganizationScope, PauseReach,
    PauseScope, ProposalId, ProposalStatus, ResultKind,
};
use crate::simulator::{Fault, FaultKind};
use crate::store::{AgentEdit, ConnectionPause, NewConnection, PauseKind};

/// Long enough that a worker that did not heed the pause would have sent.
const A_WHILE: Duration = Duration::from_millis(400);

fn event(scene: &Scene, action: AuditAction) -> AuditEvent {
    AuditEvent::new(scene.now(), Actor::Operator, action)
}

async fn approved(scene: &Scene) -> ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

#[rstest]
#[case(PauseReach::All)]
#[case(PauseReach::Profile)]
#[case(PauseReach::Organization)]
#[tokio::test]
async fn t2_a_pause_holds_what_is_approved_and_loses_nothing(#[case] reach: PauseReach) {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let organization = scene.item_of(id).await.resource.organization_id.unwrap();
    let scope = match reach {
        PauseReach::All => PauseScope::All,
        PauseReach::Profile => PauseScope::Profile(scene.profile),
        PauseReach::Organization => PauseScope::Organization(OrganizationId(organization.0)),
        PauseReach::Agent | PauseReach::Connection => unreachable!("they have their own tests"),
    };
    let done = event(&scene, AuditAction::WritesPaused);
    let paused = scene
        .store
        .pause_writes(scope, "what is meant", "a migration runs", &done)
        .await;
    assert!(paused.unwrap());
    let working = scene.start().await;
    tokio::time::sleep(A_WHILE).await;
    let proposal = scene.proposal(id).await;
    assert_eq!(proposal.status, ProposalStatus::Queued);
    let why = proposal.items[0].hold_reason.clone().unwrap();
    assert!(why.contains("a migration runs"), "{why}");
    assert_eq!(scene.received("PATCH").len(), 0);
    assert_eq!(scene.audited(id).await.get("item.claimed"), None);

    let done = event(&scene, AuditAction::WritesResumed);
    assert!(scene.store.resume_writes(scope, &done).await.unwrap());
    let item = scene.until_read_back(id).await;
    assert_eq!(
        (item.result, item.hold_reason),
        (Some(ResultKind::Applied), None)
    );
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[rstest]
#[case(PauseReach::All)]
#[case(PauseReach::Connection)]
#[case(PauseReach::Agent)]
#[case(PauseReach::Profile)]
#[case(PauseReach::Organization)]
#[tokio::test]
async fn t2_a_pause_after_the_claim_is_heeded_before_the_write(#[case] reach: PauseReach) {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.control().set_latency(Duration::from_millis(1500));
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Applying).await;
    pause(&scene, id, reach).await;
    scene.until_status(id, ProposalStatus::Queued).await;
    assert_eq!(scene.audited(id).await.get("item.released"), Some(&1));
    assert_eq!(scene.received("PATCH").len(), 0);
    assert_eq!(scene.item_of(id).await.progress.permits, 1);
    working.stop().await;
}

async fn pause(scene: &Scene, id: ProposalId, reach: PauseReach) {
    let wide = match reach {
        PauseReach::All => PauseScope::All,
        PauseReach::Profile => PauseScope::Profile(scene.profile),
        PauseReach::Organization => {
            let item = scene.item_of(id).await;
            PauseScope::Organization(item.resource.organization_id.unwrap())
        }
        PauseReach::Agent => {
            let done = event(scene, AuditAction::AgentPaused);
            let paused = scene.store.pause_agent(scene.agent, None, &done).await;
            return assert!(paused.is_ok());
        }
        PauseReach::Connection => {
            let done = event(scene, AuditAction::ConnectionPaused);
            let pause = ConnectionPause {
                kind: PauseKind::Operator,
                detail: "a migration runs".to_owned(),
                since: scene.now(),
                until: None,
            };
            let id = scene.connection;
            let paused = scene.store.pause_connection(id, &pause, &done).await;
            return assert!(paused.is_ok());
        }
    };
    let done = event(scene, AuditAction::WritesPaused);
    let paused = scene
        .store
        .pause_writes(wide, "x", "a migration runs", &done);
    assert!(paused.await.unwrap());
}

#[tokio::test]
async fn t2_what_was_taken_up_beside_a_write_that_is_told_to_wait_waits_too() {
    let scene = Scene::open().await;
    let first = approved(&scene).await;
    let second = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    scene.control().fault(Fault {
        path_contains: Some("locations".to_owned()),
        ..Fault::next(FaultKind::HangThenApply { ms: 2500 }).on("GET")
    });
    let retry_after = Some("4".to_owned());
    scene.fault("PATCH", FaultKind::TooManyRequests { retry_after });
    let working = scene.start().await;
    scene.until_read_back(first).await;
    scene.until_read_back(second).await;
    assert_eq!(scene.audited(second).await.get("item.released"), Some(&1));
    let waited = scene.received("POST")[0].at_ms - scene.received("PATCH")[0].at_ms;
    assert!(waited >= 3500, "sent after {waited} ms");
    working.stop().await;
}

#[tokio::test]
async fn an_approval_that_cannot_be_opened_keeps_no_other_from_going_back() {
    let mut scene = Scene::open().await;
    scene.settings.approval_max_age_seconds = 0;
    let attributes = json!({ "password": "c4n4ry-new" });
    let body = Some(json!({ "data": { "type": "passwords", "attributes": attributes } }));
    let broken = scene.approved("PATCH", "/passwords/601", body).await;
    let tampered = scene
        .tamper("UPDATE items SET sealed_body = x'00' WHERE sealed_body IS NOT NULL")
        .await;
    assert_eq!(tampered, 1);
    let younger = approved(&scene).await;
    pause(&scene, younger, PauseReach::All).await;
    let working = scene.start().await;
    scene.until_status(younger, ProposalStatus::Pending).await;
    assert_eq!(scene.proposal(broken).await.status, ProposalStatus::Queued);
    working.stop().await;
}

#[tokio::test]
async fn t2_a_pause_of_one_client_holds_no_other() {
    let scene = Scene::open().await;
    let done = event(&scene, AuditAction::WritesPaused);
    let elsewhere = PauseScope::Organization(OrganizationId(987_654));
    let paused = scene
        .store
        .pause_writes(elsewhere, "another client", "a migration runs", &done)
        .await;
    assert!(paused.unwrap());
    let id = approved(&scene).await;
    let working = scene.start().await;
    scene.until_read_back(id).await;
    working.stop().await;
}

#[tokio::test]
async fn t2_an_agent_that_lost_its_clients_sends_nothing_that_was_approved_before() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let edit = AgentEdit {
        organizations: Some(OrganizationScope::Only([OrganizationId(987_654)].into())),
        ..AgentEdit::default()
    };
    let done = event(&scene, AuditAction::AgentChanged);
    let changed = scene.store.change_agent(scene.agent, &edit, &done).await;
    changed.unwrap();
    assert_refused(&scene, id).await;
}

#[tokio::test]
async fn t2_an_agent_that_was_moved_sends_nothing_over_its_old_connection() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let other = NewConnection {
        id: ConnectionId(scene.clock.new_id()),
        name: "other".to_owned(),
        region: "eu".to_owned(),
        base_url: None,
        sealed_key: Vec::new(),
        key_last_four: String::new(),
    };
    let done = event(&scene, AuditAction::ConnectionCreated);
    scene.store.create_connection(&other, &done).await.unwrap();
    let edit = AgentEdit {
        connection: Some(other.id),
        ..AgentEdit::default()
    };
    let done = event(&scene, AuditAction::AgentChanged);
    let changed = scene.store.change_agent(scene.agent, &edit, &done).await;
    changed.unwrap();
    assert_refused(&scene, id).await;
}

async fn assert_refused(scene: &Scene, id: ProposalId) {
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    let outcome = proposal.outcome().unwrap();
    assert_eq!(outcome.result, ResultKind::RefusedByPolicy);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}
