//! Sends whose ending says nothing: what reading makes of them.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;

use super::scene::{Scene, contact, location};
use crate::domain::{ProposalId, ProposalStatus, UnresolvedReason};
use crate::simulator::FaultKind;

async fn change(scene: &Scene) -> ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

fn redirect() -> FaultKind {
    FaultKind::Redirect {
        location: "http://127.0.0.1:9/".to_owned(),
    }
}

#[rstest]
#[case::reset(FaultKind::ResetBefore)]
#[case::error(FaultKind::ErrorBefore { status: 500 })]
#[case::redirect(redirect())]
#[tokio::test]
async fn a_change_that_did_not_arrive_is_sent_again_once_it_has_settled(#[case] kind: FaultKind) {
    let scene = Scene::open().await;
    scene.fault("PATCH", kind);
    let id = change(&scene).await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.progress.returns, item.progress.attempt), (1, 2));
    let sent = scene.received("PATCH");
    assert_eq!((sent.len(), scene.applied("PATCH")), (2, 1));
    let apart = sent[1].at_ms - sent[0].at_ms;
    assert!(apart >= 800, "not settled: {apart} ms");
    assert_eq!(scene.title(), "CIO");
    working.stop().await;
}

#[tokio::test]
async fn a_change_of_spaces_that_did_not_arrive_is_not_taken_for_one_that_did() {
    let scene = Scene::open().await;
    let control = scene.control();
    assert!(control.edit("contacts", 501, json!({ "notes": "VLAN 1 0" })));
    scene.fault("PATCH", FaultKind::ResetBefore);
    let body = contact(&json!({ "notes": "VLAN 10" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.progress.attempt, scene.applied("PATCH")), (2, 1));
    assert_eq!(control.record("contacts", 501).unwrap()["notes"], "VLAN 10");
    working.stop().await;
}

#[tokio::test]
async fn a_change_that_never_arrives_ends_with_a_person() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetBefore);
    scene.fault("PATCH", FaultKind::ResetBefore);
    let id = change(&scene).await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(
        proposal.items[0].unresolved,
        Some(UnresolvedReason::Conflict)
    );
    assert_eq!(scene.received("PATCH").len(), 2);
    working.stop().await;
}

#[rstest]
#[case::reset(FaultKind::ResetAfter)]
#[case::error(FaultKind::ErrorAfter { status: 504 })]
#[case::head(FaultKind::CutHead)]
#[tokio::test]
async fn what_did_arrive_is_found_and_not_sent_again(
    #[case] kind: FaultKind,
    #[values("PATCH", "DELETE", "POST")] method: &str,
) {
    let scene = Scene::open().await;
    scene.fault(method, kind);
    let id = match method {
        "PATCH" => change(&scene).await,
        "DELETE" => scene.approved("DELETE", "/contacts/501", None).await,
        _ => {
            scene
                .approved("POST", "/locations", location("Annex"))
                .await
        }
    };
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true), "{:?}", item.differences);
    assert!(item.reads >= 1);
    assert_eq!(
        (scene.received(method).len(), scene.applied(method)),
        (1, 1)
    );
    if method == "POST" {
        let record = scene
            .control()
            .record("locations", item.resource_id.unwrap().0);
        assert_eq!(record.unwrap()["name"], "Annex");
    }
    working.stop().await;
}

#[rstest]
#[case::reset(FaultKind::ResetBefore)]
#[case::error(FaultKind::ErrorBefore { status: 500 })]
#[case::redirect(redirect())]
#[tokio::test]
async fn a_create_that_did_not_arrive_is_never_sent_again(#[case] kind: FaultKind) {
    let scene = Scene::open().await;
    scene.fault("POST", kind);
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(
        proposal.items[0].unresolved,
        Some(UnresolvedReason::NotFound)
    );
    assert_eq!(
        (scene.received("POST").len(), scene.locations("Annex")),
        (1, 0)
    );
    let audited = scene.audited(id).await;
    assert!(audited["item.evidence"] >= 2, "{audited:?}");
    working.stop().await;
}

#[tokio::test]
async fn a_remove_that_did_not_arrive_is_sent_again_once_it_has_settled() {
    let scene = Scene::open().await;
    scene.fault("DELETE", FaultKind::ResetBefore);
    let id = scene.approved("DELETE", "/contacts/501", None).await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!((item.verified, item.progress.returns), (Some(true), 1));
    assert_eq!(
        (scene.received("DELETE").len(), scene.applied("DELETE")),
        (2, 1)
    );
    working.stop().await;
}

#[tokio::test]
async fn an_edit_by_somebody_else_is_a_conflict() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetBefore);
    let id = change(&scene).await;
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Checking).await;
    assert!(
        scene
            .control()
            .edit("contacts", 501, json!({ "title": "Owner" }))
    );
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(
        proposal.items[0].unresolved,
        Some(UnresolvedReason::Conflict)
    );
    assert_eq!(
        (scene.received("PATCH").len(), scene.title()),
        (1, json!("Owner"))
    );
    working.stop().await;
}

#[rstest]
#[case::hangs(FaultKind::HangThenApply { ms: 700 })]
#[case::closes(FaultKind::ApplyAfterClientLeft { ms: 500 })]
#[tokio::test]
async fn a_late_arrival_within_the_settle_time_is_found(#[case] kind: FaultKind) {
    let mut scene = Scene::open_with(Duration::from_millis(400)).await;
    scene.settings.settle_seconds = 2;
    scene.fault("POST", kind);
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    assert_eq!(
        (scene.received("POST").len(), scene.locations("Annex")),
        (1, 1)
    );
    working.stop().await;
}

#[rstest]
#[case::arrived(FaultKind::ResetAfter, ProposalStatus::Applied)]
#[case::lost(FaultKind::ResetBefore, ProposalStatus::NeedsAttention)]
#[tokio::test]
async fn publishing_is_found_or_left_to_a_person(
    #[case] kind: FaultKind,
    #[case] status: ProposalStatus,
) {
    let scene = Scene::open().await;
    scene.fault("PATCH", kind);
    let path = "/documents/802/publish";
    let id = scene.approved("PATCH", path, None).await;
    let working = scene.start().await;
    scene.until_status(id, status).await;
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}
