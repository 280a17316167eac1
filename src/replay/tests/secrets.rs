//! Writes that hold secrets.

use serde_json::json;

use super::scene::Scene;
use crate::domain::{ProposalStatus, UnresolvedReason};
use crate::simulator::FaultKind;

#[expect(clippy::unnecessary_wraps, reason = "other writes have no body")]
fn password(attributes: &serde_json::Value) -> Option<serde_json::Value> {
    Some(json!({ "data": { "type": "passwords", "attributes": attributes } }))
}

#[tokio::test]
async fn a_secret_is_sent_and_stays_nowhere() {
    let scene = Scene::open().await;
    let working = scene.start().await;
    let body = password(&json!({ "password": "c4n4ry-new" }));
    let id = scene.approved("PATCH", "/passwords/601", body).await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    let truth = scene.control().record("passwords", 601).unwrap();
    assert_eq!(truth["password"], "c4n4ry-new");
    assert!(!format!("{:?}", scene.proposal(id).await).contains("c4n4ry"));
    working.stop().await;
}

#[tokio::test]
async fn nobody_can_read_what_became_of_a_secret() {
    for kind in [FaultKind::ResetBefore, FaultKind::ResetAfter] {
        let scene = Scene::open().await;
        scene.fault("PATCH", kind);
        let body = password(&json!({ "password": "c4n4ry-new" }));
        let id = scene.approved("PATCH", "/passwords/601", body).await;
        let working = scene.start().await;
        let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
        let reason = proposal.items[0].unresolved;
        assert_eq!(reason, Some(UnresolvedReason::SecretUnreadable));
        assert_eq!(scene.received("PATCH").len(), 1);
        working.stop().await;
    }
}

#[tokio::test]
async fn what_changes_beside_a_secret_tells_what_became_of_it() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetAfter);
    let body = password(&json!({ "password": "c4n4ry-new", "notes": "Rotated" }));
    let id = scene.approved("PATCH", "/passwords/601", body).await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true), "{:?}", item.differences);
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}
