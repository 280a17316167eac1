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
async fn with_password_access_the_value_tells_what_became_of_it_and_stays_nowhere() {
    for (kind, sends) in [(FaultKind::ResetBefore, 2), (FaultKind::ResetAfter, 1)] {
        let scene = Scene::open().await;
        scene.fault("PATCH", kind);
        let body = password(&json!({ "password": "c4n4ry-new" }));
        let id = scene.approved("PATCH", "/passwords/601", body).await;
        let working = scene.start().await;
        scene.until_read_back(id).await;
        assert_eq!(scene.received("PATCH").len(), sends);
        let truth = scene.control().record("passwords", 601).unwrap();
        assert_eq!(truth["password"], "c4n4ry-new");
        working.stop().await;
        for file in ["test.db", "test.db-wal"] {
            let bytes = std::fs::read(scene.directory.path().join(file)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("c4n4ry"), "{file}");
        }
    }
}

#[tokio::test]
async fn a_value_that_somebody_else_set_meanwhile_is_not_overwritten() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetBefore);
    let body = password(&json!({ "password": "c4n4ry-new" }));
    let id = scene.approved("PATCH", "/passwords/601", body).await;
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Checking).await;
    let theirs = password(&json!({ "password": "theirs" }));
    scene.change_elsewhere("/passwords/601", theirs).await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    let reason = proposal.items[0].unresolved;
    assert_eq!(reason, Some(UnresolvedReason::Conflict));
    let evidence = scene.store.evidence_of(proposal.items[0].id, 20).await;
    let last = evidence.unwrap().pop().unwrap();
    assert!(
        last.finding.contains("says the password changed"),
        "{last:?}"
    );
    let truth = scene.control().record("passwords", 601).unwrap();
    assert_eq!(truth["password"], "theirs");
    working.stop().await;
}

#[tokio::test]
async fn without_password_access_nobody_can_read_what_became_of_a_secret() {
    for kind in [FaultKind::ResetBefore, FaultKind::ResetAfter] {
        let scene = Scene::open().await;
        scene.control().set_password_access(false);
        scene.fault("PATCH", kind.clone());
        let body = password(&json!({ "password": "c4n4ry-new" }));
        let id = scene.approved("PATCH", "/passwords/601", body).await;
        let working = scene.start().await;
        let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
        let reason = proposal.items[0].unresolved;
        assert_eq!(reason, Some(UnresolvedReason::SecretUnreadable));
        assert_eq!(scene.received("PATCH").len(), 1);
        let evidence = scene.store.evidence_of(proposal.items[0].id, 20).await;
        let hint = evidence.unwrap().pop().unwrap().finding;
        let says_it_changed = hint.contains("says the password changed");
        assert_eq!(says_it_changed, kind == FaultKind::ResetAfter, "{hint}");
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
