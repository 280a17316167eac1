//! The worker's side: whose turn it is.

use super::ground::{Ground, at, change, event, run};
use crate::domain::{
    AuditAction, ItemEvent, ItemState, OrganizationId, PauseScope, Proposal, ProposalStatus,
};
use crate::store::{ConnectionPause, Intention, PauseKind};

pub(super) fn pause(kind: PauseKind, until: Option<i64>) -> ConnectionPause {
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

/// Makes the item of a proposal an approved read of a password's value.
async fn make_secret(ground: &Ground, proposal: &Proposal) {
    let number = proposal.number;
    let statement = format!(
        "UPDATE items SET class = 'secret' WHERE proposal_id IN
            (SELECT id FROM proposals WHERE number = {number})"
    );
    ground.sql(&statement).await;
}

#[tokio::test]
async fn a_write_does_not_wait_for_an_approved_read_of_a_value() {
    let ground = Ground::new().await;
    let read = ground.approved(&[1], 1).await;
    make_secret(&ground, &read).await;
    let write = ground.approved(&[1], 2).await;
    assert_eq!(why(&ground, &write, 0).await, "");
    assert_eq!(claimed_numbers(&ground, 3).await, [write.number]);
}

#[tokio::test]
async fn an_approved_read_of_a_value_does_not_wait_for_a_write() {
    let ground = Ground::new().await;
    let write = ground.approved(&[1], 1).await;
    let read = ground.approved(&[1], 2).await;
    make_secret(&ground, &read).await;
    assert_eq!(why(&ground, &read, 0).await, "", "behind one that waits");
    let unclear = [
        ItemEvent::Claimed,
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::CannotTell,
    ];
    ground.item_events(&write, 0, &unclear, at(3)).await;
    assert_eq!(why(&ground, &read, 0).await, "", "beside an unresolved one");
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
async fn a_first_item_that_fails_holds_the_rest_for_a_person() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    ground.claim(2).await.unwrap();
    let refused = [ItemEvent::Intended, ItemEvent::Refused { gone: false }];
    let after = ground.item_events(&proposal, 0, &refused, at(3)).await;
    assert_eq!(after.status, ProposalStatus::NeedsAttention);
    assert_eq!(
        states(&after),
        [ItemState::Failed, ItemState::Queued, ItemState::Queued]
    );
    assert!(ground.claim(1_000_000).await.is_none());
}

#[tokio::test]
async fn after_the_breaker_what_can_be_repeated_goes_first_if_it_can_go() {
    let ground = Ground::new().await;
    let create = ground.approved(&[1], 1).await;
    let update = ground.approved(&[2], 2).await;
    let older = ground.approved(&[2], 3).await;
    ground
        .sql(
            "UPDATE items SET class = 'once' WHERE proposal_id IN
                (SELECT id FROM proposals WHERE number = 1);
            UPDATE connections SET pause = 'breaker', pause_detail = 'x', paused_at = 1,
                paused_until = 4",
        )
        .await;
    assert_eq!(ground.claim(5).await.unwrap().proposal.id, update.id);
    // The other update waits for the first; the create is what is left to try.
    assert_eq!(ground.claim(6).await.unwrap().proposal.id, create.id);
    assert_eq!(older.number, 3);
    assert!(ground.claim(7).await.is_none());
}

#[tokio::test]
async fn a_younger_approval_waits_while_an_older_can_be_undone() {
    let ground = Ground::new().await;
    let older = ground.propose(&[1]).await;
    let mut approval = ground.approval(&older, at(1));
    approval.hold_until = Some(at(30));
    let done = ground.store.record_approval(&older, &approval).await;
    done.unwrap();
    ground.approved(&[1], 2).await;
    assert!(ground.claim(3).await.is_none());
    assert_eq!(ground.store.release_held(at(30)).await.unwrap(), 1);
    let first = ground.claim(31).await.unwrap();
    assert_eq!(first.proposal.id, older.id);
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
async fn the_end_of_a_hold_is_something_to_do() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let mut approval = ground.approval(&proposal, at(1));
    approval.hold_until = Some(at(6));
    let done = ground.store.record_approval(&proposal, &approval).await;
    done.unwrap();
    assert_eq!(ground.store.next_due_at(at(2)).await.unwrap(), Some(at(6)));
}

#[tokio::test]
async fn no_intention_follows_a_pause() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    let paused = event(AuditAction::WritesPaused, at(3));
    let stored = ground
        .store
        .pause_writes(PauseScope::All, "all", "a migration", &paused);
    assert!(stored.await.unwrap());
    let rows = ground.count_audit().await;
    let intended = change(&claimed, ItemEvent::Intended, at(4));
    let refused = ground.store.record_intention(&intended).await.unwrap();
    let why = "all writes are paused: a migration".to_owned();
    assert_eq!(refused, Intention::Paused(why));
    let item = ground.again(&proposal).await.items.swap_remove(0);
    assert_eq!(item.progress, claimed.progress);
    assert_eq!(ground.count_audit().await, rows);

    let resumed = event(AuditAction::WritesResumed, at(5));
    let done = ground.store.resume_writes(PauseScope::All, &resumed).await;
    assert!(done.unwrap());
    for expected in [Intention::Stored, Intention::Overtaken] {
        let recorded = ground.store.record_intention(&intended).await;
        assert_eq!(recorded.unwrap(), expected);
    }
}

async fn why(ground: &Ground, proposal: &Proposal, position: usize) -> String {
    let items = ground.again(proposal).await.items;
    items[position].hold_reason.clone().unwrap_or_default()
}

#[tokio::test]
async fn a_record_of_several_says_which_comes_first() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    assert_eq!(why(&ground, &proposal, 0).await, "");
    assert!(
        why(&ground, &proposal, 2)
            .await
            .contains("record 1 of this")
    );
    let carried_out = [
        ItemEvent::Claimed,
        ItemEvent::Intended,
        ItemEvent::CarriedOut,
    ];
    ground.item_events(&proposal, 0, &carried_out, at(2)).await;
    assert_eq!(why(&ground, &proposal, 1).await, "");
    assert!(
        why(&ground, &proposal, 2)
            .await
            .contains("record 2 of this")
    );
}

#[tokio::test]
async fn creates_behind_an_unknown_one_and_behind_a_trial_say_what_they_wait_for() {
    let ground = Ground::new().await;
    let unclear = ground.approved(&[1], 1).await;
    let moving = ground.approved(&[2], 2).await;
    let waits = ground.approved(&[3], 3).await;
    ground
        .sql("UPDATE items SET class = 'once', operation = 'create';")
        .await;
    let lost = [
        ItemEvent::Claimed,
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
    ];
    ground.item_events(&unclear, 0, &lost, at(4)).await;
    assert_eq!(why(&ground, &waits, 0).await, "", "it could go");
    ground.item_events(&moving, 0, &lost[..2], at(5)).await;
    let one_at_a_time = why(&ground, &waits, 0).await;
    let number = format!("#{}", unclear.number);
    assert!(one_at_a_time.contains("one at a time") && one_at_a_time.contains(&number));
    assert!(ground.claim(6).await.is_none());

    ground.item_events(&moving, 0, &lost[2..], at(7)).await;
    let change = ground.approved(&[4], 8).await;
    let breaker = pause(PauseKind::Breaker, Some(9));
    let paused = event(AuditAction::ConnectionPaused, at(8));
    let stored = ground
        .store
        .pause_connection(ground.connection, &breaker, &paused);
    stored.await.unwrap();
    let trial = why(&ground, &waits, 0).await;
    assert!(
        trial.contains("is paused") && trial.contains("a change before a create"),
        "{trial}"
    );
    let next = ground.claim(10).await.unwrap();
    assert_eq!(next.proposal.number, change.number);
}

#[tokio::test]
async fn a_record_of_a_paused_client_says_so_whatever_the_proposal_is_about() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2], 1).await;
    ground
        .sql(
            "UPDATE items SET target = json_set(target, '$.organization_id', '77')
            WHERE position = 0;",
        )
        .await;
    let scope = PauseScope::Organization(OrganizationId(77));
    let paused = event(AuditAction::WritesPaused, at(2));
    let stored = ground
        .store
        .pause_writes(scope, "Globex", "a migration", &paused);
    assert!(stored.await.unwrap());
    assert_eq!(
        why(&ground, &proposal, 0).await,
        "Globex is paused: a migration"
    );
    assert!(ground.claim(3).await.is_none());
}
