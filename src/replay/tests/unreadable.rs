//! Records that cannot be read after the write: how long that is waited for, and who is told.

use rstest::rstest;
use serde_json::{Value, json};

use super::scene::{Scene, contact, location};
use crate::domain::{Item, ItemState, Proposal, ProposalId, ProposalStatus, UnresolvedReason};
use crate::simulator::{Fault, FaultKind};
use crate::store::PauseKind;

/// Every read fails but the one before the write.
fn fail_reads(scene: &Scene, times: u32, kind: FaultKind) {
    scene.control().fault(Fault {
        skip: 1,
        times,
        ..Fault::next(kind).on("GET")
    });
}

async fn change(scene: &Scene) -> ProposalId {
    let body = contact(&json!({ "title": "CIO" }));
    scene.approved("PATCH", "/contacts/501", body).await
}

async fn until_checking_settled(scene: &Scene, id: ProposalId) {
    let is_settled = |proposal: &crate::domain::Proposal| {
        let item = &proposal.items[0];
        item.progress.state == ItemState::Uncertain
            && item.settle_until.is_some_and(|until| until < scene.now())
            && item.reads > 6
    };
    scene
        .until(id, "settled and still checked", is_settled)
        .await;
}

/// As if the last send had settled more than an hour ago, in the scale of the scene.
const AN_HOUR_LATER: &str = "UPDATE items SET settle_until = settle_until - 25000";

#[tokio::test]
async fn a_change_that_cannot_be_read_for_an_hour_ends_with_a_person() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetBefore);
    let id = change(&scene).await;
    fail_reads(&scene, 10_000, FaultKind::ErrorBefore { status: 503 });
    let working = scene.start().await;
    until_checking_settled(&scene, id).await;
    scene.tamper(AN_HOUR_LATER).await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    let unresolved = proposal.items[0].unresolved;
    assert_eq!(unresolved, Some(UnresolvedReason::Conflict));
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_create_whose_key_stays_refused_ends_with_a_person() {
    let scene = Scene::open().await;
    scene.fault("POST", FaultKind::ResetBefore);
    let id = scene
        .approved("POST", "/locations", location("Annex"))
        .await;
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Checking).await;
    scene.control().reject_key(true);
    assert_eq!(scene.until_paused().await, PauseKind::KeyRefused);
    until_checking_settled(&scene, id).await;
    scene.tamper(AN_HOUR_LATER).await;
    let proposal = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    let unresolved = proposal.items[0].unresolved;
    assert_eq!(unresolved, Some(UnresolvedReason::NoSearch));
    assert_eq!(scene.received("POST").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_send_whose_key_cannot_be_opened_ends_with_a_person() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetAfter);
    let id = change(&scene).await;
    // However late the row is changed, no reading has told before.
    fail_reads(&scene, 1000, FaultKind::ErrorBefore { status: 503 });
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Checking).await;
    scene
        .tamper("UPDATE connections SET base_url = 'no address'")
        .await;
    until_checking_settled(&scene, id).await;
    scene.tamper(AN_HOUR_LATER).await;
    scene.until_status(id, ProposalStatus::NeedsAttention).await;
    working.stop().await;
}

#[rstest]
#[case::unclear(FaultKind::ResetAfter)]
#[case::applied(FaultKind::CutBody)]
#[tokio::test]
async fn too_many_requests_after_the_write_pause_the_connection(#[case] ending: FaultKind) {
    let scene = Scene::open().await;
    scene.fault("PATCH", ending);
    let id = change(&scene).await;
    let retry_after = Some("1".to_owned());
    fail_reads(&scene, 1, FaultKind::TooManyRequests { retry_after });
    let working = scene.start().await;
    assert_eq!(scene.until_paused().await, PauseKind::RateLimited);
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(true));
    scene.until_resumed().await;
    working.stop().await;
}

#[tokio::test]
async fn a_key_refused_for_one_kind_after_the_write_pauses_nothing() {
    let scene = Scene::open().await;
    scene.fault("PATCH", FaultKind::ResetAfter);
    let id = change(&scene).await;
    fail_reads(&scene, 1, FaultKind::ErrorBefore { status: 403 });
    let working = scene.start().await;
    scene.until_read_back(id).await;
    let requests = scene.control().requests();
    assert!(requests.iter().any(|one| one.path == "/organizations"));
    let audited = scene.audited(id).await;
    assert_eq!(audited.get("item.evidence"), Some(&2), "{audited:?}");
    assert_eq!(scene.connection().await.pause, None);
    working.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_back_for_an_hour_is_shown_as_not_verified() {
    let scene = Scene::open().await;
    let id = change(&scene).await;
    fail_reads(&scene, 10_000, FaultKind::ErrorBefore { status: 503 });
    let working = scene.start().await;
    scene.until_status(id, ProposalStatus::Applied).await;
    assert_eq!(scene.item_of(id).await.verified, None);
    scene
        .tamper("UPDATE items SET ended_at = ended_at - 25000")
        .await;
    let item = scene.until_read_back(id).await;
    assert_eq!(item.verified, Some(false));
    let found = item.differences[0].found.as_str().unwrap();
    assert!(found.starts_with("could not be read back"), "{found}");
    working.stop().await;
}

/// As if it had been approved longer ago than approvals are carried out.
const A_DAY_LATER: &str = "UPDATE decisions SET at = at - 90000000";

fn assert_asked(item: &Item) {
    let progress = item.progress;
    assert_eq!(
        (progress.state, progress.permits),
        (ItemState::Unresolved, 0)
    );
    assert_eq!(item.unresolved, Some(UnresolvedReason::Drift));
    assert!(item.hold_reason.is_some());
}

#[rstest]
#[case::unavailable(503)]
#[case::forbidden(403)]
#[tokio::test]
async fn a_rest_that_cannot_be_read_for_a_day_is_for_a_person_to_end(#[case] status: u16) {
    let scene = Scene::open().await;
    let is_other =
        |one: &Value| one["organization-id"] == 2 && one["id"] != 501 && one["id"] != 502;
    let contacts = scene.control().records("contacts");
    let other = contacts.iter().find(|one| is_other(one)).unwrap()["id"].clone();
    let part =
        |id: &Value| json!({ "type": "contacts", "attributes": { "id": id, "title": "CIO" } });
    let body = json!({ "data": [part(&json!(501)), part(&other)] });
    let id = scene.approved("PATCH", "/contacts", Some(body)).await;
    scene.control().fault(Fault {
        path_contains: Some(format!("contacts/{other}")),
        times: 10_000,
        ..Fault::next(FaultKind::ErrorBefore { status }).on("GET")
    });
    let working = scene.start().await;
    let is_tried = |proposal: &Proposal| proposal.items[1].progress.attempt > 5;
    let tried = scene.until(id, "tried again and again", is_tried).await;
    assert_eq!(tried.status, ProposalStatus::Applying);
    scene.tamper(A_DAY_LATER).await;
    let asked = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_eq!(asked.items[0].progress.state, ItemState::Applied);
    assert_asked(&asked.items[1]);
    assert_eq!(scene.received("PATCH").len(), 1);
    working.stop().await;
}

#[tokio::test]
async fn a_change_that_was_sent_before_and_cannot_be_read_for_a_day_is_for_a_person_to_end() {
    let scene = Scene::open().await;
    let id = change(&scene).await;
    scene.tamper("UPDATE items SET returns = 1").await;
    scene.tamper(A_DAY_LATER).await;
    scene.control().fault(Fault {
        times: 10_000,
        ..Fault::next(FaultKind::ErrorBefore { status: 503 }).on("GET")
    });
    let working = scene.start().await;
    let asked = scene.until_status(id, ProposalStatus::NeedsAttention).await;
    assert_asked(&asked.items[0]);
    assert!(asked.items[0].progress.attempt > 5, "a hiccup asks nobody");
    assert_eq!(scene.received("PATCH").len(), 0);
    working.stop().await;
}
