//! What an interrupted process leaves behind, and stopping in order.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use super::scene::{Scene, contact, location};
use crate::domain::{
    Actor, AuditAction, AuditEvent, ItemState, PauseScope, Proposal, ProposalId, ProposalStatus,
    UnresolvedReason,
};
use crate::simulator::FaultKind;

async fn approved(scene: &Scene) -> ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

const IN_SENDING: &str = "UPDATE items SET state = 'sending', permits = 0, sends = 1, attempt = 1,
    sent_at = approved_at, settle_until = approved_at";

#[tokio::test]
async fn an_item_that_was_being_prepared_is_sent_after_the_restart() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let claimed = scene
        .store
        .claim_next(scene.now(), &[])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(claimed.item.progress.state, ItemState::Preparing);
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.progress.attempt, item.progress.sends), (2, 1));
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_change_that_was_being_sent_is_looked_for_after_the_restart() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.tamper(IN_SENDING).await;
    let replay = scene.replay();
    replay.recover().await.unwrap();
    let item = scene.item_of(id).await;
    assert_eq!(item.progress.state, ItemState::Uncertain);
    assert!(item.settle_until.unwrap() > scene.now(), "settle anew");
    assert_eq!(scene.audited(id).await.get("item.recovered"), Some(&1));
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.progress.returns, 1);
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

const IN_PREPARING: &str = "UPDATE items SET state = 'preparing', attempt = attempt + 1";

/// As if the claim, or the task that carried it out, had been cut short.
#[rstest]
#[case::prepared(IN_PREPARING, ItemState::Queued)]
#[case::sent(IN_SENDING, ItemState::Uncertain)]
#[tokio::test]
async fn an_item_in_no_hand_is_put_back_without_a_restart(
    #[case] dropped: &'static str,
    #[case] put_back: ItemState,
) {
    let mut scene = Scene::open().await;
    scene.settings.settle_seconds = 20;
    let done = AuditEvent::new(scene.now(), Actor::Operator, AuditAction::WritesPaused);
    let paused = scene
        .store
        .pause_writes(PauseScope::All, "all", "a migration runs", &done);
    assert!(paused.await.unwrap());
    let working = scene.start().await;
    let id = approved(&scene).await;
    assert_eq!(scene.tamper(dropped).await, 1);
    let is_put_back = |proposal: &Proposal| proposal.items[0].progress.state == put_back;
    scene.until(id, "put back", is_put_back).await;
    assert_eq!(scene.audited(id).await.get("item.recovered"), Some(&1));
    let item = scene.item_of(id).await;
    assert_eq!(
        item.progress.permits,
        u32::from(put_back == ItemState::Queued)
    );
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn an_item_in_hand_is_not_put_back() {
    let scene = Scene::open().await;
    scene.fault("GET", FaultKind::Slow { ms: 500 });
    let working = scene.start().await;
    let id = approved(&scene).await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.progress.attempt, item.progress.sends), (1, 1));
    assert_eq!(scene.audited(id).await.get("item.recovered"), None);
    working.stop().await;
}

#[tokio::test]
async fn a_create_that_was_being_sent_is_not_sent_again() {
    let scene = Scene::open().await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    scene.tamper(IN_SENDING).await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(
        proposal.items[0].unresolved,
        Some(UnresolvedReason::NotFound)
    );
    assert_eq!(scene.received("POST").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_send_that_outlives_the_stop_is_unclear_and_found_later() {
    let scene = Scene::open_with(Duration::from_secs(20)).await;
    scene.fault("PATCH", FaultKind::Slow { ms: 10_000 });
    let id = approved(&scene).await;
    let working = scene.start().await;
    let health = working.health.clone();
    assert!(health.is_well());
    scene
        .until(id, "sending", |proposal| {
            proposal.items[0].progress.state == ItemState::Sending
        })
        .await;
    working.stop().await;
    assert!(!health.is_well());
    assert_eq!(scene.item_of(id).await.progress.state, ItemState::Uncertain);
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn what_is_only_prepared_goes_back_when_the_worker_stops() {
    let scene = Scene::open_with(Duration::from_secs(20)).await;
    let id = approved(&scene).await;
    scene.fault("GET", FaultKind::Slow { ms: 10_000 });
    let working = scene.start().await;
    scene
        .until(id, "preparing", |proposal| {
            proposal.items[0].progress.state == ItemState::Preparing
        })
        .await;
    working.stop().await;
    let item = scene.item_of(id).await;
    assert_eq!(
        (item.progress.state, item.progress.permits),
        (ItemState::Queued, 1)
    );
    assert_eq!(scene.received("PATCH").len(), 0);
}

#[tokio::test]
async fn a_missed_read_back_is_done_after_the_restart() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let working = scene.start().await;
    scene.until_read_back(id).await;
    working.stop().await;
    scene
        .tamper("UPDATE items SET verified = NULL, post_image = NULL, resource_id = NULL")
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert!(item.post_image.is_some());
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn an_answer_that_named_an_older_record_is_not_believed() {
    let scene = Scene::open().await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    let made = scene.until_read_back(id).await.resource_id;
    working.stop().await;
    assert!(scene.control().record("locations", 401).is_some());
    scene
        .tamper("UPDATE items SET verified = NULL, post_image = NULL, resource_id = '401'")
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.resource_id, item.verified), (made, Some(true)));
    assert_eq!(item.post_image.map(|record| record.id), made);
    working.stop().await;
}

#[tokio::test]
async fn an_answer_that_named_an_equal_record_from_before_is_not_believed() {
    let scene = Scene::open().await;
    scene
        .create_elsewhere("/locations", location("Annex"))
        .await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    let made = scene.until_read_back(id).await.resource_id;
    working.stop().await;
    scene
        .tamper(
            "UPDATE items SET verified = NULL, post_image = NULL,
                resource_id = CAST(CAST(resource_id AS INTEGER) - 1 AS TEXT)",
        )
        .await;
    let older = scene.item_of(id).await.resource_id.unwrap();
    assert!(scene.control().record("locations", older.0).is_some());
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.resource_id, item.verified), (made, Some(true)));
    working.stop().await;
}

#[tokio::test]
async fn two_records_like_the_one_sent_are_a_matter_for_a_person() {
    let scene = Scene::open().await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    scene.tamper(IN_SENDING).await;
    for _ in 0..2 {
        scene
            .create_elsewhere("/locations", location("Annex"))
            .await;
    }
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(
        proposal.items[0].unresolved,
        Some(UnresolvedReason::Ambiguous)
    );
    assert_eq!(scene.received("POST").len(), 2);
    working.stop().await;
}

#[tokio::test]
async fn an_outcome_that_cannot_be_stored_is_kept_and_stops_the_claims() {
    let scene = Scene::open().await;
    scene
        .tamper(
            "CREATE TRIGGER full_disk BEFORE UPDATE ON items WHEN NEW.state = 'applied'
        BEGIN SELECT RAISE (ABORT, 'disk full'); END",
        )
        .await;
    let working = scene.start().await;
    let first = approved(&scene).await;
    let health = working.health.clone();
    scene
        .until(first, "in trouble", |_| !health.is_well())
        .await;
    let second = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let item = scene.item_of(first).await;
    assert_eq!(item.progress.state, ItemState::Sending);
    assert_eq!(scene.proposal(second).await.status, ProposalStatus::Queued);
    scene.tamper("DROP TRIGGER full_disk").await;
    scene.until_read_back(first).await;
    scene.until_read_back(second).await;
    assert!(health.is_well());
    assert_eq!(
        (scene.received("PATCH").len(), scene.received("POST").len()),
        (1, 1)
    );
    working.stop().await;
}

#[tokio::test]
async fn without_the_intention_on_disk_nothing_is_sent() {
    let scene = Scene::open().await;
    scene
        .tamper(
            "CREATE TRIGGER full_disk BEFORE UPDATE ON items WHEN NEW.state = 'sending'
        BEGIN SELECT RAISE (ABORT, 'disk full'); END",
        )
        .await;
    let id = approved(&scene).await;
    let working = scene.start().await;
    scene
        .until(id, "tried twice", |proposal| {
            proposal.items[0].progress.attempt >= 2
        })
        .await;
    assert_eq!(scene.received("PATCH").len(), 0);
    scene.tamper("DROP TRIGGER full_disk").await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.progress.sends, 1);
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}
