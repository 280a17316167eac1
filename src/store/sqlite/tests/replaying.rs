//! The worker's side: whose turn it is, and changes that only happen once.

use serde_json::json;

use super::ground::{Ground, at, change, event, run};
use crate::domain::{
    AuditAction, Difference, ItemEvent, ItemState, Proposal, ProposalStatus, RecordId, ResultKind,
    UnresolvedReason,
};
use crate::store::{
    AttemptEnd, AttemptStart, ConnectionPause, Evidence, ItemChange, ItemEnd, PauseKind,
};

pub(super) fn attempt_start() -> AttemptStart {
    AttemptStart {
        census: Some(json!(["a"])),
        request_hash: [3; 32],
        preflight_at: at(2),
        date_offset: Some(-5),
    }
}

fn pause(kind: PauseKind, until: Option<i64>) -> ConnectionPause {
    ConnectionPause {
        kind,
        detail: kind.as_str().to_owned(),
        since: at(0),
        until: until.map(at),
    }
}

async fn claimed_numbers(ground: &Ground, second: i64) -> Vec<i64> {
    let mut numbers = Vec::new();
    while let Some(due) = ground.claim(second).await {
        numbers.push(due.proposal.number);
    }
    numbers
}

#[tokio::test]
async fn whoever_was_approved_first_is_claimed_first() {
    let ground = Ground::new().await;
    for (target, approved_at) in [(1, 30), (2, 10), (3, 20)] {
        ground.approved(&[target], approved_at).await;
    }
    assert_eq!(claimed_numbers(&ground, 40).await, [2, 3, 1]);
}

#[tokio::test]
async fn a_claim_prepares_the_item_and_moves_the_proposal() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    ground
        .sql("UPDATE items SET hold_reason = 'budget', not_before = 5")
        .await;
    let rows = ground.count_audit().await;
    let due = ground.claim(2).await.unwrap();
    assert_eq!(due.item.progress.state, ItemState::Preparing);
    assert_eq!(
        (due.item.progress.attempt, due.item.progress.permits),
        (1, 1)
    );
    assert_eq!(
        (due.item.hold_reason.as_ref(), due.item.not_before),
        (None, None)
    );
    assert_eq!(due.proposal.status, ProposalStatus::Applying);
    assert_eq!(due.proposal, ground.again(&proposal).await);
    assert_eq!(ground.count_audit().await, rows + 1);
}

#[tokio::test]
async fn one_write_per_target_is_in_flight() {
    let ground = Ground::new().await;
    let first = ground.approved(&[1], 1).await;
    let second = ground.approved(&[1], 2).await;
    assert_eq!(claimed_numbers(&ground, 3).await, [first.number]);
    let unclear = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::CannotTell,
    ];
    for item_event in unclear {
        ground.item_events(&first, 0, &[item_event], at(4)).await;
        assert!(ground.claim(5).await.is_none());
    }
    let resolved = [ItemEvent::GivenUpByPerson];
    ground.item_events(&first, 0, &resolved, at(6)).await;
    assert_eq!(claimed_numbers(&ground, 7).await, [second.number]);
}

#[tokio::test]
async fn the_tables_themselves_allow_one_in_flight() {
    let ground = Ground::new().await;
    ground.approved(&[1], 1).await;
    ground.approved(&[1], 2).await;
    ground.claim(3).await.unwrap();
    let mut raw = ground.raw().await;
    let second = "UPDATE items SET state = 'sending' WHERE state = 'queued'";
    let refused = tokio::spawn(async move { run(&mut raw, second).await }).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn nobody_overtakes_on_one_target() {
    let ground = Ground::new().await;
    let first = ground.approved(&[1], 1).await;
    let second = ground.approved(&[1], 2).await;
    let claimed = ground.claim(3).await.unwrap().item;
    let mut released = change(&claimed, ItemEvent::Released, at(3));
    released.not_before = Some(at(10));
    released.hold_reason = Some("IT Glue did not answer".to_owned());
    assert!(ground.store.change_item(&released).await.unwrap());
    assert!(ground.claim(9).await.is_none());
    assert_eq!(claimed_numbers(&ground, 10).await, [first.number]);
    let in_place = [ItemEvent::AlreadyInPlace];
    ground.item_events(&first, 0, &in_place, at(11)).await;
    assert_eq!(claimed_numbers(&ground, 12).await, [second.number]);
}

#[tokio::test]
async fn a_paused_agent_holds_back_its_own_writes_only() {
    let ground = Ground::new().await;
    let paused = ground.approved(&[1], 1).await;
    let mut draft = ground.draft(&[1]);
    draft.agent_id = ground.add_agent("other", ground.connection).await;
    let other = ground.store_draft(&draft).await;
    ground.approve(&other, at(2)).await.unwrap();
    let paused_event = event(AuditAction::AgentPaused, at(3));
    let done = ground.store.pause_agent(ground.agent, None, &paused_event);
    done.await.unwrap();
    assert_eq!(claimed_numbers(&ground, 4).await, [other.number]);
    let in_place = [ItemEvent::AlreadyInPlace];
    ground.item_events(&other, 0, &in_place, at(5)).await;
    assert!(ground.claim(6).await.is_none());
    let resumed = event(AuditAction::AgentResumed, at(7));
    let done = ground.store.resume_agent(ground.agent, &resumed);
    done.await.unwrap();
    assert_eq!(claimed_numbers(&ground, 8).await, [paused.number]);
}

#[tokio::test]
async fn busy_connections_are_left_alone() {
    let ground = Ground::new().await;
    ground.approved(&[1], 1).await;
    let mut draft = ground.draft(&[2]);
    draft.connection_id = ground.add_connection("Second").await;
    let second = ground.store_draft(&draft).await;
    ground.approve(&second, at(2)).await.unwrap();
    let busy = [ground.connection];
    let due = ground.store.claim_next(at(3), &busy).await.unwrap();
    assert_eq!(due.unwrap().proposal.id, second.id);
    assert!(
        ground
            .store
            .claim_next(at(3), &busy)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_paused_connection_waits_until_its_time() {
    let ground = Ground::new().await;
    ground.approved(&[1], 1).await;
    let paused = event(AuditAction::ConnectionPaused, at(2));
    let limited = pause(PauseKind::RateLimited, Some(30));
    let done = ground
        .store
        .pause_connection(ground.connection, &limited, &paused);
    done.await.unwrap();
    assert!(ground.claim(29).await.is_none());
    assert_eq!(ground.store.next_due_at(at(3)).await.unwrap(), Some(at(30)));
    assert!(ground.claim(30).await.is_some());
    assert_eq!(ground.store.next_due_at(at(31)).await.unwrap(), None);
}

#[tokio::test]
async fn the_pause_that_matters_more_stays() {
    use PauseKind::{Breaker, KeyRefused, Operator, RateLimited};
    let cases = [
        ((KeyRefused, None), (RateLimited, Some(30)), KeyRefused),
        ((RateLimited, Some(30)), (KeyRefused, None), KeyRefused),
        ((RateLimited, Some(90)), (Breaker, Some(60)), RateLimited),
        ((Breaker, Some(60)), (RateLimited, Some(90)), RateLimited),
        ((Operator, None), (KeyRefused, None), Operator),
        ((KeyRefused, None), (Operator, Some(90)), Operator),
        ((Operator, Some(0)), (RateLimited, Some(30)), RateLimited),
    ];
    for (first, second, kept) in cases {
        let ground = Ground::new().await;
        for (kind, until) in [first, second] {
            let paused = event(AuditAction::ConnectionPaused, at(0));
            let pause = pause(kind, until);
            let done = ground
                .store
                .pause_connection(ground.connection, &pause, &paused);
            done.await.unwrap();
        }
        let found = ground.store.connection(ground.connection).await.unwrap();
        let found = found.unwrap().pause.unwrap().kind;
        assert_eq!(found, kept, "{first:?} then {second:?}");
    }
}

#[tokio::test]
async fn items_go_in_order() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    for position in 0..3 {
        let due = ground.claim(2).await.unwrap();
        assert_eq!(due.item.position, u32::try_from(position).unwrap());
        assert!(ground.claim(2).await.is_none());
        let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
        let after = ground.item_events(&proposal, position, &sent, at(3)).await;
        let status = match position {
            2 => ProposalStatus::Applied,
            _ => ProposalStatus::Applying,
        };
        assert_eq!(after.status, status);
    }
}

#[tokio::test]
async fn a_first_item_that_fails_ends_the_rest() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    ground.claim(2).await.unwrap();
    let refused = [ItemEvent::Intended, ItemEvent::Refused { gone: false }];
    let after = ground.item_events(&proposal, 0, &refused, at(3)).await;
    assert_eq!(after.status, ProposalStatus::Failed);
    assert_eq!(
        states(&after),
        [ItemState::Failed, ItemState::Skipped, ItemState::Skipped]
    );
    for item in &after.items {
        assert_eq!((item.progress.permits, item.ended_at), (0, Some(at(3))));
    }
}

#[tokio::test]
async fn a_failure_after_a_success_is_a_person_s_business() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    ground.claim(2).await.unwrap();
    let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
    ground.item_events(&proposal, 0, &sent, at(3)).await;
    ground.claim(4).await.unwrap();
    let gone = [ItemEvent::RecordGone];
    let after = ground.item_events(&proposal, 1, &gone, at(5)).await;
    assert_eq!(after.status, ProposalStatus::NeedsAttention);
    assert_eq!(
        states(&after),
        [ItemState::Applied, ItemState::Failed, ItemState::Queued]
    );
    assert!(ground.claim(1_000_000).await.is_none());
    let skipped = [ItemEvent::Skipped];
    let after = ground.item_events(&proposal, 2, &skipped, at(6)).await;
    assert_eq!(after.items[2].ended_at, Some(at(6)));
}

fn states(proposal: &Proposal) -> Vec<ItemState> {
    let items = proposal.items.iter();
    items.map(|item| item.progress.state).collect()
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
        (item.differences, item.ended_at),
        (vec![difference], Some(at(4)))
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
    let due = ground.store.due_reads(at(6)).await.unwrap();
    assert_eq!(due[0].item.id, proposal.items[0].id);
    let mut read = ItemChange::new(
        &due[0].item,
        due[0].item.progress,
        at(6),
        event(AuditAction::Evidence, at(6)),
    );
    read.next_read_at = Some(at(9));
    assert!(ground.store.change_item(&read).await.unwrap());
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
    assert_eq!(ground.store.due_reads(at(3)).await.unwrap().len(), 1);
    assert_eq!(ground.store.next_due_at(at(3)).await.unwrap(), Some(at(3)));
    let read_back = event(AuditAction::ReadBack, at(4));
    let mut verified = ItemChange::new(&applied, applied.progress, at(4), read_back);
    verified.end = Some(ItemEnd {
        verified: Some(true),
        ..ItemEnd::default()
    });
    assert!(ground.store.change_item(&verified).await.unwrap());
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

#[tokio::test]
async fn the_end_of_a_hold_is_something_to_do() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let mut approval = ground.approval(&proposal, at(1));
    approval.hold_until = Some(at(6));
    let done = ground.store.record_approval(&proposal, &approval).await;
    done.unwrap();
    assert_eq!(ground.store.next_due_at(at(2)).await.unwrap(), Some(at(6)));
}
