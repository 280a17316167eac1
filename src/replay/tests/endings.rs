//! Endings that say what became of the write.

use std::time::Duration;

use serde_json::json;

use super::scene::{Scene, contact, location};
use crate::domain::{Proposal, ProposalId, ProposalStatus, ResultKind};
use crate::simulator::FaultKind;
use crate::store::PauseKind;

async fn approved(scene: &Scene) -> ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

#[tokio::test]
async fn a_refused_write_fails_with_the_words_of_it_glue() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/502", body).await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    let outcome = proposal.outcome().unwrap();
    assert_eq!(outcome.result, ResultKind::RefusedByItGlue);
    assert_eq!(outcome.http_status, Some(422));
    assert!(outcome.response.unwrap()["errors"].is_array());
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn too_many_requests_pause_the_connection_and_double_nothing() {
    for retry_after in [Some("1".to_owned()), None] {
        let scene = Scene::open().await;
        scene.fault("PATCH", FaultKind::TooManyRequests { retry_after });
        let id = approved(&scene).await;
        let working = scene.start().await;
        let item = scene.until_read_back(id).await;
        assert_eq!(item.verified, Some(true));
        assert_eq!(
            (scene.received("PATCH").len(), scene.applied("PATCH")),
            (2, 1)
        );
        assert_eq!(scene.audited(id).await.get("item.intended"), Some(&2));
        scene.until_resumed().await;
        working.stop().await;
    }
}

#[tokio::test]
async fn too_many_requests_before_the_write_pause_it_as_well() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    let retry_after = Some("1".to_owned());
    scene.fault("GET", FaultKind::TooManyRequests { retry_after });
    let working = scene.start().await;
    assert_eq!(scene.until_paused().await, PauseKind::RateLimited);
    scene.until_read_back(id).await;
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_refused_key_pauses_the_connection_until_it_works_again() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.control().reject_key(true);
    let working = scene.start().await;
    assert_eq!(scene.until_paused().await, PauseKind::KeyRefused);
    assert_eq!(scene.proposal(id).await.status, ProposalStatus::Queued);
    assert_eq!(scene.received("PATCH").len(), 0);
    scene.control().reject_key(false);
    scene.until_read_back(id).await;
    assert_eq!(scene.received("PATCH").len(), 1);
    assert_eq!(scene.connection().await.pause, None);
    working.stop().await;
}

#[tokio::test]
async fn a_key_refused_for_the_write_gives_the_permit_back() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.fault("PATCH", FaultKind::ErrorBefore { status: 403 });
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.progress.sends, 1);
    assert_eq!(
        (scene.received("PATCH").len(), scene.applied("PATCH")),
        (2, 1)
    );
    working.stop().await;
}

#[tokio::test]
async fn a_key_refused_for_one_kind_pauses_nothing() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.fault("GET", FaultKind::ErrorBefore { status: 403 });
    let working = scene.start().await;
    scene.until_read_back(id).await;
    assert_eq!(scene.audited(id).await.get("item.released"), Some(&1));
    assert!(
        scene
            .control()
            .requests()
            .iter()
            .any(|one| one.path == "/organizations")
    );
    working.stop().await;
}

#[tokio::test]
async fn a_failed_reading_is_tried_again() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.fault("GET", FaultKind::ErrorBefore { status: 502 });
    scene.fault("GET", FaultKind::ResetBefore);
    let working = scene.start().await;
    scene.until_read_back(id).await;
    assert_eq!(scene.received("PATCH").len(), 1);
    assert_eq!(scene.audited(id).await.get("item.released"), Some(&2));
    working.stop().await;
}

#[tokio::test]
async fn a_server_that_is_away_gets_nothing_until_it_is_back() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene
        .tamper("UPDATE connections SET base_url = 'http://127.0.0.1:9'")
        .await;
    let working = scene.start().await;
    scene
        .until(id, "released", |proposal| {
            let item = &proposal.items[0];
            item.progress.attempt >= 2 && item.hold_reason.is_some()
        })
        .await;
    assert_eq!(scene.item_of(id).await.progress.permits, 1);
    working.stop().await;
}

#[tokio::test]
async fn the_first_refused_connection_waits_a_second_however_often_it_was_claimed() {
    let mut scene = Scene::open().await;
    scene.settings.settle_seconds = 180;
    let id = approved(&scene).await;
    scene
        .tamper("UPDATE connections SET base_url = 'http://127.0.0.1:9'")
        .await;
    scene.tamper("UPDATE items SET attempt = 40").await;
    let working = scene.start().await;
    let is_released = |proposal: &Proposal| proposal.items[0].hold_reason.is_some();
    let proposal = scene.until(id, "released", is_released).await;
    let left = |at: crate::domain::Timestamp| at.millis_since(scene.now());
    assert!(proposal.items[0].not_before.map_or(0, left) <= 1000);
    working.stop().await;
}

#[tokio::test]
async fn an_answer_cut_off_after_its_head_is_carried_out() {
    for kind in [
        FaultKind::CutBody,
        FaultKind::CreatedWithHtml,
        FaultKind::WrongId,
    ] {
        let scene = Scene::open().await;
        scene.fault("POST", kind.clone());
        let id = scene
            .approved("POST", "/locations", location("Annex"))
            .await;
        let working = scene.start().await;
        let item = scene.until_read_back(id).await;
        assert_eq!(item.verified, Some(true), "{kind:?} {:?}", item.differences);
        let record = scene
            .control()
            .record("locations", item.resource_id.unwrap().0);
        assert_eq!(record.unwrap()["name"], "Annex", "{kind:?}");
        assert_eq!(
            (scene.received("POST").len(), scene.locations("Annex")),
            (1, 1)
        );
        working.stop().await;
    }
}

#[tokio::test]
async fn what_was_accepted_and_ignored_is_applied_and_not_verified() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::AcceptedAndIgnored);
    let id = approved(&scene).await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.result, Some(ResultKind::Applied));
    assert_eq!(item.verified, Some(false));
    assert_eq!(item.differences[0].sent, "CIO");
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_create_that_was_accepted_and_ignored_is_not_verified() {
    let scene = Scene::open().await;
    scene.fault("POST", FaultKind::AcceptedAndIgnored);
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(false));
    assert_eq!(
        (scene.received("POST").len(), scene.locations("Annex")),
        (1, 0)
    );
    working.stop().await;
}

#[tokio::test]
async fn a_failed_read_back_is_done_later() {
    let scene = Scene::open().await;
    let id = approved(&scene).await;
    scene.control().fault(crate::simulator::Fault {
        skip: 1,
        times: 2,
        ..crate::simulator::Fault::next(FaultKind::ErrorBefore { status: 503 }).on("GET")
    });
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    assert_eq!(scene.audited(id).await.get("item.read_back"), Some(&3));
    working.stop().await;
}

#[tokio::test]
async fn five_unclear_endings_open_the_breaker_and_a_clear_one_closes_it() {
    let scene = Scene::open_with(Duration::from_secs(5)).await;
    scene.control().fault(crate::simulator::Fault {
        times: 5,
        ..crate::simulator::Fault::next(FaultKind::ErrorBefore { status: 500 }).on("POST")
    });
    let working = scene.start().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        let body = location(&format!("Annex {number}"));
        ids.push(scene.approved("POST", "/locations", body).await);
    }
    assert_eq!(scene.until_paused().await, PauseKind::Breaker);
    let id = approved(&scene).await;
    scene.until_read_back(id).await;
    scene.until_resumed().await;
    for id in ids {
        scene.until_status(id, ProposalStatus::NeedsAttention).await;
    }
    assert_eq!(scene.received("POST").len(), 5);
    working.stop().await;
}
