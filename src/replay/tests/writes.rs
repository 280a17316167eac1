//! Writes that go as they should, and those that are not needed any more.

use serde_json::json;

use super::scene::{Scene, contact, location};
use crate::domain::{DecidedBy, ProposalStatus, ResultKind, WarningCode};

#[tokio::test]
async fn an_approved_change_is_sent_once_and_read_back() {
    let scene = Scene::open().await;
    let working = scene.start().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.result, Some(ResultKind::Applied));
    assert_eq!((item.verified, item.differences.len()), (Some(true), 0));
    assert_eq!(item.post_image.unwrap().attributes["title"], "CIO");
    assert_eq!(scene.proposal(id).await.status, ProposalStatus::Applied);
    let sent = scene.received("PATCH");
    assert_eq!(sent.len(), 1);
    let body = json!({ "data": { "type": "contacts", "attributes": { "title": "CIO" } } });
    assert_eq!(sent[0].body, Some(body));
    assert_eq!(scene.title(), "CIO");
    let audited = scene.audited(id).await;
    for action in [
        "item.claimed",
        "item.intended",
        "item.ended",
        "item.read_back",
    ] {
        assert_eq!(audited.get(action), Some(&1), "{action}: {audited:?}");
    }
    assert!(scene.store.verify_audit().await.unwrap().is_ok());
    working.stop().await;
}

#[tokio::test]
async fn a_create_takes_its_id_from_the_answer() {
    let scene = Scene::open().await;
    let working = scene.start().await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true), "{:?}", item.differences);
    let record = scene
        .control()
        .record("locations", item.resource_id.unwrap().0);
    assert_eq!(record.unwrap()["name"], "Annex");
    assert_eq!(
        (scene.received("POST").len(), scene.locations("Annex")),
        (1, 1)
    );
    working.stop().await;
}

#[tokio::test]
async fn a_removed_record_reads_back_as_gone() {
    let scene = Scene::open().await;
    let working = scene.start().await;
    let id = scene.approved("DELETE", "/contacts/501", None).await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    assert_eq!(item.result, Some(ResultKind::Applied));
    assert_eq!(scene.received("DELETE").len(), 1);
    assert_eq!(scene.control().record("contacts", 501), None);
    working.stop().await;
}

#[tokio::test]
async fn what_is_in_place_already_is_not_sent() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    assert!(
        scene
            .control()
            .edit("contacts", 501, json!({ "title": "CIO" }))
    );
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.result, Some(ResultKind::AlreadyInPlace));
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_record_that_is_gone_fails_its_change() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    assert!(scene.control().remove("contacts", 501));
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Failed).await;
    assert_eq!(proposal.outcome().unwrap().result, ResultKind::RecordGone);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_record_that_moved_goes_back_before_people() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    let first = scene.proposal(id).await.fingerprint;
    assert!(
        scene
            .control()
            .edit("contacts", 501, json!({ "title": "Owner" }))
    );
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Pending).await;
    assert_eq!((proposal.round, proposal.is_stale), (2, true));
    assert_ne!(proposal.fingerprint, first);
    let [warning] = proposal.warnings.as_slice() else {
        panic!("{:?}", proposal.warnings);
    };
    assert_eq!(warning.code, WarningCode::MovedSinceApproval);
    assert_eq!(warning.fields, ["title"]);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_record_that_went_to_another_organization_goes_back_before_people() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let id = scene.approved("PATCH", "/contacts/501", body).await;
    let elsewhere = json!({ "organization-id": 3 });
    assert!(scene.control().edit("contacts", 501, elsewhere));
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::Pending).await;
    assert_eq!(proposal.warnings[0].fields, ["organization-id"]);
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}

#[tokio::test]
async fn a_create_that_is_there_already_goes_back_before_people() {
    let scene = Scene::open().await;
    let first = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let second = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    scene.until_read_back(first).await;
    let proposal = scene.until_status(second, ProposalStatus::Pending).await;
    assert!(proposal.warnings[0].detail.contains("there already"));
    assert_eq!(scene.locations("Annex"), 1);
    working.stop().await;
}

#[tokio::test]
async fn two_changes_of_one_record_run_one_after_another() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let first = scene.approved("PATCH", "/contacts/501", body).await;
    let body = contact(&json!({ "notes": "Second" }));
    let second = scene.approved("PATCH", "/contacts/501", body).await;
    let working = scene.start().await;
    scene.until_read_back(first).await;
    scene.until_read_back(second).await;
    let bodies: Vec<_> = scene
        .received("PATCH")
        .into_iter()
        .map(|one| one.body)
        .collect();
    let key = |position: usize| bodies[position].as_ref().unwrap()["data"]["attributes"].clone();
    assert_eq!(bodies.len(), 2);
    assert_eq!(
        (key(0), key(1)),
        (json!({ "title": "CIO" }), json!({ "notes": "Second" }))
    );
    working.stop().await;
}

#[tokio::test]
async fn of_several_items_the_first_that_fails_stops_the_rest() {
    let scene = Scene::open().await;
    let part = |id: u64, title: &str| json!({ "type": "contacts", "attributes": { "id": id, "title": title } });
    let others: Vec<u64> = scene
        .control()
        .records("contacts")
        .iter()
        .filter(|one| one["organization-id"] == 2 && one["id"] != 501 && one["id"] != 502)
        .filter_map(|one| one["id"].as_u64())
        .take(2)
        .collect();
    let body =
        json!({ "data": [part(501, "One"), part(others[0], "Two"), part(others[1], "Three")] });
    let id = scene.approved("PATCH", "/contacts", Some(body)).await;
    scene.control().fault(crate::simulator::Fault {
        skip: 1,
        ..crate::simulator::Fault::next(crate::simulator::FaultKind::ErrorBefore { status: 422 })
            .on("PATCH")
    });
    let working = scene.start().await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    let states: Vec<&str> = proposal
        .items
        .iter()
        .map(|item| item.progress.state.as_str())
        .collect();
    assert_eq!(states, ["applied", "failed", "queued"]);
    assert_eq!(scene.received("PATCH").len(), 2);
    working.stop().await;
}

#[tokio::test]
async fn a_draft_is_published_without_a_body() {
    let scene = Scene::open().await;
    let working = scene.start().await;
    let id = scene
        .approved("PATCH", "/documents/802/publish", None)
        .await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    let sent = scene.received("PATCH");
    assert_eq!((sent.len(), sent[0].body.clone()), (1, None));
    assert_eq!(
        scene.control().record("documents", 802).unwrap()["published"],
        true
    );
    working.stop().await;
}

#[tokio::test]
async fn traits_are_sent_as_approved_and_read_back() {
    let scene = Scene::open().await;
    let traits = json!({ "name": "Office 365", "category": "Productivity", "location": "Rack 3" });
    let current = scene.control().record("flexible_assets", 123).unwrap();
    let mut traits = traits;
    traits["category"] = current["traits"]["category"].clone();
    let data = json!({ "type": "flexible-assets", "attributes": { "traits": traits } });
    let path = "/flexible_assets/123";
    let id = scene
        .approved("PATCH", path, Some(json!({ "data": data })))
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true), "{:?}", item.differences);
    let truth = scene.control().record("flexible_assets", 123).unwrap();
    assert_eq!(truth["traits"]["location"], "Rack 3");
    assert_eq!(truth["traits"].as_object().unwrap().len(), 3);
    working.stop().await;
}

#[tokio::test]
async fn a_held_approval_is_sent_when_its_hold_is_over() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let proposal = scene.proposed("PATCH", "/contacts/501", body).await;
    let hold_until = scene.now().plus_millis(300);
    scene
        .approve_with_hold(&proposal, DecidedBy::Person, Some(hold_until))
        .await;
    let working = scene.start().await;
    let item = scene.until_read_back(proposal.id).await;
    assert!(item.sent_at.unwrap() >= hold_until);
    working.stop().await;
}

#[tokio::test]
async fn a_row_that_makes_no_sense_does_not_stop_the_others() {
    let scene = Scene::open().await;
    let body = contact(&json!({ "title": "CIO" }));
    let broken = scene.approved("PATCH", "/contacts/501", body).await;
    scene.tamper("UPDATE items SET watched = 'no JSON'").await;
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    scene.until_read_back(id).await;
    working.stop().await;
    let working = scene.start().await;
    let id = scene.approved("POST", "/locations", location("Barn")).await;
    scene.until_read_back(id).await;
    assert!(scene.store.proposal(broken).await.is_err());
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}
