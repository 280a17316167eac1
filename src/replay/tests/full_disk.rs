//! A full disk: what happened outside is not forgotten.

use serde_json::{Value, json};

use super::scene::{Scene, contact};
use crate::domain::{ItemState, ProposalId};
use crate::simulator::FaultKind;

const WRITES: usize = 12;

/// Approved changes, one of each of so many contacts, large enough to need room.
async fn approved(scene: &Scene) -> Vec<(ProposalId, u64)> {
    let is_ours = |one: &Value| one["psa-integration"] == "disabled";
    let contacts: Vec<u64> = scene
        .control()
        .records("contacts")
        .iter()
        .filter(|one| is_ours(one))
        .filter_map(|one| one["id"].as_u64())
        .take(WRITES)
        .collect();
    let mut all = Vec::new();
    for id in contacts {
        let notes = "Asked for by the client. ".repeat(80);
        let body = contact(&json!({ "title": "CIO", "notes": notes }));
        let path = format!("/contacts/{id}");
        all.push((scene.approved("PATCH", &path, body).await, id));
    }
    all
}

#[tokio::test]
async fn nothing_is_forgotten_and_nothing_begun_while_the_disk_is_full() {
    let scene = Scene::open().await;
    for _ in 0..WRITES {
        scene.fault("PATCH", FaultKind::Slow { ms: 30 });
    }
    let all = approved(&scene).await;
    scene.store.leave_no_room().await;
    let working = scene.start().await;
    let health = working.health.clone();
    let (first, _) = all[0];
    scene
        .until(first, "in trouble", |_| !health.is_well())
        .await;

    let sent = scene.received("PATCH").len();
    assert!(sent < WRITES, "all of it had room");
    let mut known = 0;
    for (id, _) in &all {
        let item = scene.item_of(*id).await;
        let has_left = matches!(item.progress.state, ItemState::Sending | ItemState::Applied);
        known += usize::from(has_left);
        assert!(item.progress.state != ItemState::Failed, "{item:?}");
    }
    assert!(known >= sent, "{sent} were sent, {known} are known");

    scene.store.give_room().await;
    for (id, contact) in &all {
        scene.until_read_back(*id).await;
        let record = scene.control().record("contacts", *contact).unwrap();
        assert_eq!(record["title"], "CIO");
    }
    assert!(health.is_well());
    assert_eq!(scene.received("PATCH").len(), WRITES, "each was sent once");
    assert!(scene.store.verify_audit().await.unwrap().is_ok());
    scene.store.check_file(true).await.unwrap();
    println!(
        "battery | full disk | {WRITES} writes, {sent} sent before it was full, 0 forgotten, 0 sent again"
    );
    working.stop().await;
}
