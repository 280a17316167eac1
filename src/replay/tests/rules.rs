//! What is checked again before anything is sent.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use super::scene::{Scene, contact};
use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, ConnectionId, DecidedBy, Preset, Proposal,
    ProposalStatus, ResultKind, TokenId, WarningCode,
};
use crate::store::{AgentEdit, NewConnection, ProfileContent};

fn event(scene: &Scene, action: AuditAction) -> AuditEvent {
    AuditEvent::new(scene.now(), Actor::Operator, action)
}

async fn approved(scene: &Scene) -> crate::domain::ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

#[tokio::test]
async fn a_profile_that_changed_refuses_what_was_approved() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    narrow_profile(&scene).await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    assert_eq!(
        proposal.outcome().unwrap().result,
        ResultKind::RefusedByPolicy
    );
    assert!(proposal.items[0].hold_reason.is_some());
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_revoked_token_refuses_what_came_with_it() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let done = event(&scene, AuditAction::TokenRevoked);
    assert!(scene.store.revoke_token(scene.token, &done).await.unwrap());
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    assert_eq!(
        proposal.outcome().unwrap().result,
        ResultKind::RefusedByPolicy
    );
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

/// What may happen between the claim and the write.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    TokenRevoked,
    ProfileNarrowed,
    AgentMoved,
}

impl Meanwhile {
    async fn happens(self, scene: &Scene) {
        match self {
            Self::TokenRevoked => {
                let done = event(scene, AuditAction::TokenRevoked);
                let revoked = scene.store.revoke_token(scene.token, &done).await;
                assert!(revoked.unwrap());
            }
            Self::ProfileNarrowed => narrow_profile(scene).await,
            Self::AgentMoved => move_agent(scene).await,
        }
    }
}

async fn narrow_profile(scene: &Scene) {
    let done = event(scene, AuditAction::ProfileChanged);
    let content = ProfileContent {
        name: "Read only".to_owned(),
        preset: Preset::ReadOnly,
        rules: Preset::ReadOnly.rules(),
    };
    let changed = scene
        .store
        .change_profile(scene.profile, 1, &content, &done)
        .await;
    changed.unwrap();
}

async fn move_agent(scene: &Scene) {
    let other = NewConnection {
        id: ConnectionId(scene.clock.new_id()),
        name: "other".to_owned(),
        region: "eu".to_owned(),
        base_url: None,
        sealed_key: Vec::new(),
        key_last_four: String::new(),
    };
    let done = event(scene, AuditAction::ConnectionCreated);
    scene.store.create_connection(&other, &done).await.unwrap();
    let edit = AgentEdit {
        connection: Some(other.id),
        ..AgentEdit::default()
    };
    let done = event(scene, AuditAction::AgentChanged);
    let changed = scene.store.change_agent(scene.agent, &edit, &done).await;
    changed.unwrap();
}

#[rstest]
#[case(Meanwhile::TokenRevoked)]
#[case(Meanwhile::ProfileNarrowed)]
#[case(Meanwhile::AgentMoved)]
#[tokio::test]
async fn what_is_taken_away_while_the_record_is_read_stops_the_write(#[case] what: Meanwhile) {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.control().set_latency(Duration::from_millis(1500));
    let before = scene.control().requests().len();
    let working = scene.start().await;
    let is_read = |_: &Proposal| scene.control().requests().len() > before;
    scene.until(id, "being read", is_read).await;
    what.happens(&scene).await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    let outcome = proposal.outcome().unwrap();
    assert_eq!(outcome.result, ResultKind::RefusedByPolicy);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_paused_agent_waits_and_goes_on() {
    let mut scene = Scene::open().await;
    let id = approved(&scene).await;
    let done = event(&scene, AuditAction::AgentPaused);
    scene
        .store
        .pause_agent(scene.agent, None, &done)
        .await
        .unwrap();
    let (other, token) = (AgentId(scene.clock.new_id()), TokenId(scene.clock.new_id()));
    scene.add_agent(other, token, "other").await;
    let working = scene.start().await;
    let paused = scene.agent;
    (scene.agent, scene.token) = (other, token);
    let body = contact(&json!({ "notes": "Meanwhile" }));
    let meanwhile = scene.approved("PATCH", "/contacts/501", body).await;
    scene.until_read_back(meanwhile).await;
    assert_eq!(scene.proposal(id).await.status, ProposalStatus::Queued);
    let done = event(&scene, AuditAction::AgentResumed);
    scene.store.resume_agent(paused, &done).await.unwrap();
    scene.until_read_back(id).await;
    working.stop().await;
}

#[tokio::test]
async fn what_the_rules_allowed_and_no_longer_do_goes_before_people() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let proposal = scene.proposed("PATCH", "/contacts/501", body).await;
    scene.approve(&proposal, DecidedBy::Policy).await;
    let working = scene.start().await;
    let proposal = scene
        .until_status(proposal.id, ProposalStatus::Pending)
        .await;
    assert_eq!(proposal.round, 2);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn an_old_approval_goes_before_people() {
    let mut scene = Scene::open().await;
    scene.settings.approval_max_age_seconds = 0;
    let id = approved(&scene).await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Pending).await;
    assert_eq!(proposal.warnings[0].code, WarningCode::ApprovalTooOld);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_changed_byte_is_noticed_and_nothing_is_sent() {
    let statements = [
        "UPDATE items SET body = replace(body, 'CIO', 'CEO')",
        "UPDATE items SET path = '/contacts/502'",
        "UPDATE items SET watched = replace(watched, 'title', 'notes')",
        "UPDATE proposals SET fingerprint = zeroblob(32)",
        "UPDATE decisions SET fingerprint = zeroblob(32)",
        "DELETE FROM decisions",
    ];
    for statement in statements {
        let scene = Scene::open().await;
        let id = approved(&scene).await;
        assert_eq!(scene.tamper(statement).await, 1, "{statement}");
        let working = scene.start().await;
        let proposal = scene.until_status(id, ProposalStatus::Failed).await;
        let item = &proposal.items[0];
        assert_eq!(item.result, Some(ResultKind::NotApplied), "{statement}");
        assert!(
            item.hold_reason
                .as_ref()
                .unwrap()
                .contains("no longer match")
        );
        assert_eq!(scene.received("PATCH").len(), 0, "{statement}");
        assert_eq!(scene.audited(id).await.get("item.tampered"), Some(&1));
        assert_eq!(scene.connection().await.pause, None);
        working.stop().await;
    }
}
