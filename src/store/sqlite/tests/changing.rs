//! The worker's side: changes of an item, each of which happens once or not at all.

use serde_json::json;

use super::claiming::pause;
use super::ground::{Ground, at, change, event};
use crate::domain::{
    AuditAction, Difference, ItemEvent, ItemState, Proposal, ProposalStatus, RecordId, ResultKind,
    UnresolvedReason,
};
use crate::store::{AttemptEnd, AttemptStart, Evidence, ItemChange, ItemEnd, PauseKind};

pub(super) fn attempt_start() -> AttemptStart {
    AttemptStart {
        census: Some(json!(["a"])),
        request_hash: [3; 32],
        preflight_at: at(2),
        date_offset: Some(-5),
    }
}

#[tokio::test]
async fn an_old_view_changes_nothing() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let first = ground.claim(2).await.unwrap().item;
    let released = [ItemEvent::Released];
    ground.item_events(&proposal, 0, &released, at(3)).await;
    let wrong_state = change(&first, ItemEvent::Intended, at(4));
    assert_unchanged(&ground, &proposal, &wrong_state).await;
    ground.claim(5).await.unwrap();
    let wrong_attempt = change(&first, ItemEvent::Intended, at(6));
    assert_unchanged(&ground, &proposal, &wrong_attempt).await;
}

async fn assert_unchanged(ground: &Ground, proposal: &Proposal, change: &ItemChange) {
    let before = ground.again(proposal).await;
    let rows = ground.count_audit().await;
    let mut change = change.clone();
    change.attempt_start = Some(attempt_start());
    change.pause = Some((ground.connection, pause(PauseKind::Breaker, None)));
    assert!(!ground.store.change_item(&change).await.unwrap());
    assert_eq!(ground.again(proposal).await, before);
    assert_eq!(ground.count_audit().await, rows);
    let connection = ground.store.connection(ground.connection).await.unwrap();
    assert_eq!(connection.unwrap().pause, None);
}

#[tokio::test]
async fn everything_a_change_says_is_kept() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    let mut intended = change(&claimed, ItemEvent::Intended, at(3));
    intended.attempt_start = Some(attempt_start());
    intended.settle_until = Some(at(183));
    assert!(ground.store.change_item(&intended).await.unwrap());
    let sending = ground.again(&proposal).await.items[0].clone();
    assert_eq!(
        (sending.sent_at, sending.settle_until),
        (Some(at(3)), Some(at(183)))
    );
    let mut ended = change(&sending, ItemEvent::CarriedOut, at(4));
    let record = sending.pre_image.record.clone();
    let difference = Difference {
        pointer: "/name".to_owned(),
        label: "Name".to_owned(),
        sent: json!("Zoë"),
        found: json!(null),
    };
    ended.end = Some(ItemEnd {
        result: Some(ResultKind::Applied),
        http_status: Some(201),
        response: Some(json!({"data": "ü"})),
        resource_id: Some(RecordId(u64::MAX)),
        post_image: record.clone(),
        verified: Some(false),
        differences: vec![difference.clone()],
        concurrent_edits: vec!["Notes".to_owned()],
    });
    ended.attempt_end = Some(AttemptEnd {
        first_byte_at: Some(at(3)),
        window_ms: Some(12),
        ending: "carried_out".to_owned(),
        http_status: Some(201),
        response: None,
    });
    ended.evidence = Some(Evidence {
        source: "read",
        finding: "matched".to_owned(),
        hash: [1; 32],
    });
    ended.pause = Some((ground.connection, pause(PauseKind::Breaker, Some(60))));
    assert!(ground.store.change_item(&ended).await.unwrap());
    let item = ground.again(&proposal).await.items[0].clone();
    assert_eq!(item.progress, ended.to);
    assert_eq!(
        (item.result, item.http_status),
        (Some(ResultKind::Applied), Some(201))
    );
    assert_eq!(item.response, Some(json!({"data": "ü"})));
    assert_eq!(item.resource_id, Some(RecordId(u64::MAX)));
    assert_eq!((item.post_image, item.verified), (record, Some(false)));
    assert_eq!(
        (item.differences, item.concurrent_edits, item.ended_at),
        (vec![difference], vec!["Notes".to_owned()], Some(at(4)))
    );
    let connection = ground.store.connection(ground.connection).await.unwrap();
    let paused = connection.unwrap().pause;
    assert_eq!(paused, Some(pause(PauseKind::Breaker, Some(60))));
}

#[tokio::test]
async fn other_proposals_on_the_record_become_stale() {
    let ground = Ground::new().await;
    let on_it = ground.propose(&[1, 2]).await;
    let elsewhere = ground.propose(&[3]).await;
    let applied = ground.approved(&[1], 1).await;
    ground.claim(2).await.unwrap();
    let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
    ground.item_events(&applied, 0, &sent, at(3)).await;
    assert!(ground.again(&on_it).await.is_stale);
    assert!(!ground.again(&elsewhere).await.is_stale);
    assert!(!ground.again(&applied).await.is_stale);
}

#[tokio::test]
async fn unclear_sends_are_read_when_their_time_comes() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    ground.claim(2).await.unwrap();
    let sending = ground
        .item_events(&proposal, 0, &[ItemEvent::Intended], at(3))
        .await;
    let mut unclear = change(&sending.items[0], ItemEvent::EndedUnclear, at(4));
    unclear.next_read_at = Some(at(6));
    assert!(ground.store.change_item(&unclear).await.unwrap());
    assert_eq!(
        ground.again(&proposal).await.status,
        ProposalStatus::Checking
    );
    assert!(ground.store.due_reads(at(5)).await.unwrap().is_empty());
    assert_eq!(ground.store.next_due_at(at(5)).await.unwrap(), Some(at(6)));
    let found = ground.store.due_reads(at(6)).await.unwrap();
    assert_eq!(found[0].item_id, proposal.items[0].id);
    let due = ground.store.due_read(found[0], at(6)).await.unwrap();
    let item = due.unwrap().item;
    let looked = event(AuditAction::Evidence, at(6));
    let mut read = ItemChange::new(&item, item.progress, at(6), looked);
    read.next_read_at = Some(at(9));
    assert!(ground.store.change_item(&read).await.unwrap());
    let again = ground.store.due_read(found[0], at(6)).await.unwrap();
    assert!(again.is_none(), "two readings would lie too close together");
    assert_eq!(ground.again(&proposal).await.items[0].reads, 1);
    let mut anew = read.clone();
    anew.settle_until = Some(at(200));
    assert!(ground.store.change_item(&anew).await.unwrap());
    assert_eq!(ground.again(&proposal).await.items[0].reads, 0);
}

#[tokio::test]
async fn what_was_applied_is_read_back_until_it_is_verified() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    ground.claim(2).await.unwrap();
    let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
    let applied = ground.item_events(&proposal, 0, &sent, at(3)).await.items[0].clone();
    let found = ground.store.due_reads(at(3)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(ground.store.next_due_at(at(3)).await.unwrap(), Some(at(3)));
    let read_back = event(AuditAction::ReadBack, at(4));
    let mut verified = ItemChange::new(&applied, applied.progress, at(4), read_back);
    verified.end = Some(ItemEnd {
        verified: Some(true),
        ..ItemEnd::default()
    });
    assert!(ground.store.change_item(&verified).await.unwrap());
    let again = ground.store.due_read(found[0], at(5)).await.unwrap();
    assert!(again.is_none(), "it would be read back twice");
    assert!(ground.store.due_reads(at(5)).await.unwrap().is_empty());
    assert_eq!(ground.store.next_due_at(at(5)).await.unwrap(), None);
    assert_eq!(ground.again(&proposal).await.items[0].ended_at, Some(at(3)));
}

#[tokio::test]
async fn what_was_interrupted_is_found_at_start() {
    let ground = Ground::new().await;
    let histories: [&[ItemEvent]; 4] = [
        &[],
        &[ItemEvent::Intended],
        &[ItemEvent::Intended, ItemEvent::EndedUnclear],
        &[
            ItemEvent::Intended,
            ItemEvent::EndedUnclear,
            ItemEvent::CannotTell,
        ],
    ];
    for (target, history) in (0..).zip(histories) {
        let proposal = ground.approved(&[target], 1).await;
        ground.claim(2).await.unwrap();
        ground.item_events(&proposal, 0, history, at(3)).await;
    }
    ground.approved(&[9], 1).await;
    let found = ground.store.interrupted().await.unwrap();
    let mut found: Vec<ItemState> = found.iter().map(|due| due.item.progress.state).collect();
    found.sort_unstable();
    let expected = [
        ItemState::Preparing,
        ItemState::Sending,
        ItemState::Uncertain,
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn the_reason_of_an_unresolved_item_is_kept() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    let mut drifted = change(&claimed, ItemEvent::Drifted, at(3));
    drifted.unresolved = Some(UnresolvedReason::Drift);
    assert!(ground.store.change_item(&drifted).await.unwrap());
    let after = ground.again(&proposal).await;
    assert_eq!(after.status, ProposalStatus::NeedsAttention);
    assert_eq!(after.items[0].unresolved, Some(UnresolvedReason::Drift));
}
