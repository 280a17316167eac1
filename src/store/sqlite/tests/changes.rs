//! What those who wait are told of, and in which order.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::ground::{Ground, at, event, returned};
use crate::domain::{AuditAction, DecisionVerdict, ItemEvent, ProposalStatus};
use crate::store::{ItemChange, ItemEnd, Listener, Store, Topic, Woken};

/// Whether something wakes it without anything else happening.
fn is_woken(listener: &mut Listener) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(listener.woken()).poll(&mut context) {
        Poll::Ready(woken) => woken == Woken::Changed,
        Poll::Pending => false,
    }
}

async fn statuses(ground: &Ground) -> Vec<ProposalStatus> {
    let changes = ground.store.changes_after(ground.agent, 0, 100).await;
    let changes = changes.unwrap();
    assert!(changes.is_sorted_by(|one, other| one.number < other.number));
    changes.into_iter().map(|change| change.status).collect()
}

#[tokio::test]
async fn each_change_of_a_status_is_a_row_in_its_order() {
    let ground = Ground::new().await;
    let first = ground.propose(&[1]).await;
    let decision = ground.decision(&first, DecisionVerdict::Rejected, at(1));
    let said = event(AuditAction::Rejected, at(1));
    let rejected = ProposalStatus::Rejected;
    let done = ground
        .store
        .record_refusal(first.id, rejected, &decision, &said);
    done.await.unwrap();
    let second = ground.approved(&[2], 2).await;
    let back = returned(&second, at(3));
    ground.store.return_to_people(&back).await.unwrap();
    let third = ground.approved(&[3], 4).await;
    assert!(ground.claim(5).await.is_some());
    let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
    ground.item_events(&third, 0, &sent, at(6)).await;
    assert_eq!(
        statuses(&ground).await,
        [
            ProposalStatus::Pending,
            ProposalStatus::Rejected,
            ProposalStatus::Pending,
            ProposalStatus::Queued,
            ProposalStatus::Pending,
            ProposalStatus::Pending,
            ProposalStatus::Queued,
            ProposalStatus::Applying,
            ProposalStatus::Applied,
        ]
    );
    let newest = ground.store.newest_change_of(ground.agent).await.unwrap();
    let newest = newest.unwrap();
    assert_eq!((newest.proposal_id, newest.at), (third.id, at(6)));
    let same = ground.store.change_of(ground.agent, newest.number).await;
    assert_eq!(same.unwrap(), Some(newest));
}

#[tokio::test]
async fn that_a_write_was_read_back_is_a_row_of_its_own() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    assert!(ground.claim(2).await.is_some());
    let sent = [ItemEvent::Intended, ItemEvent::CarriedOut];
    let applied = ground.item_events(&proposal, 0, &sent, at(3)).await;
    let item = &applied.items[0];
    let said = event(AuditAction::ReadBack, at(4));
    let mut read_back = ItemChange::new(item, item.progress, at(4), said);
    read_back.end = Some(ItemEnd {
        verified: Some(true),
        ..ItemEnd::default()
    });
    assert!(ground.store.change_item(&read_back).await.unwrap());
    let newest = ground.store.newest_change_of(ground.agent).await.unwrap();
    let newest = newest.unwrap();
    assert!(newest.is_read_back);
    assert_eq!((newest.status, newest.at), (ProposalStatus::Applied, at(4)));
    let all = ground.store.changes_after(ground.agent, 0, 100).await;
    let noted = all.unwrap().iter().filter(|one| one.is_read_back).count();
    assert_eq!(noted, 1);
}

#[tokio::test]
async fn another_agents_changes_are_not_among_them() {
    let ground = Ground::new().await;
    ground.propose(&[1]).await;
    let other = ground.add_agent("other", ground.connection).await;
    let newest = ground.store.newest_change_of(ground.agent).await.unwrap();
    let number = newest.unwrap().number;
    let store = &ground.store;
    assert_eq!(store.changes_after(other, 0, 100).await.unwrap(), []);
    assert_eq!(store.newest_change_of(other).await.unwrap(), None);
    assert_eq!(store.change_of(other, number).await.unwrap(), None);
}

#[tokio::test]
async fn a_commit_wakes_those_whom_it_concerns() {
    let ground = Ground::new().await;
    let store = &ground.store;
    let (one, other) = (ground.propose(&[1]).await, ground.propose(&[2]).await);
    let stranger = ground.add_agent("other", ground.connection).await;
    store.hand_out_changes().await.unwrap();
    let topics = [
        Topic::Proposal(one.id),
        Topic::Agent(ground.agent),
        Topic::Proposal(other.id),
        Topic::Agent(stranger),
    ];
    let mut listeners = topics.map(|topic| store.listen(topic));
    store.hand_out_changes().await.unwrap();
    assert_eq!(listeners.each_mut().map(is_woken), [false; 4]);
    ground.approve(&one, at(1)).await.unwrap();
    store.hand_out_changes().await.unwrap();
    assert_eq!(
        listeners.each_mut().map(is_woken),
        [true, true, false, false]
    );
}

#[tokio::test]
async fn what_was_committed_before_the_first_look_is_not_lost() {
    let ground = Ground::new().await;
    let one = ground.propose(&[1]).await;
    let mut listener = ground.store.listen(Topic::Proposal(one.id));
    ground.approve(&one, at(1)).await.unwrap();
    ground.store.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
}

#[tokio::test]
async fn what_another_process_commits_is_noticed() {
    let ground = Ground::new().await;
    let one = ground.propose(&[1]).await;
    let served = Store::open(&ground.file()).await.unwrap();
    served.hand_out_changes().await.unwrap();
    let mut listener = served.listen(Topic::Proposal(one.id));
    ground.approve(&one, at(1)).await.unwrap();
    served.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
}

#[tokio::test]
async fn more_than_a_handful_is_handed_out_in_one_go() {
    let ground = Ground::new().await;
    let last = ground.propose(&[1]).await;
    ground.store.hand_out_changes().await.unwrap();
    let mut listener = ground.store.listen(Topic::Proposal(last.id));
    ground
        .sql(
            "INSERT INTO changes (at, agent_id)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
            SELECT 0, agents.id FROM n, agents",
        )
        .await;
    ground.approve(&last, at(1)).await.unwrap();
    ground.store.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
}

#[tokio::test]
async fn t2_whoever_may_no_longer_listen_is_woken() {
    let ground = Ground::new().await;
    let store = &ground.store;
    store.hand_out_changes().await.unwrap();
    let mut listener = store.listen(Topic::Agent(ground.agent));
    let paused = event(AuditAction::AgentPaused, at(1));
    store
        .pause_agent(ground.agent, None, &paused)
        .await
        .unwrap();
    store.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
    let scope = crate::domain::PauseScope::Profile(ground.profile);
    let paused = event(AuditAction::WritesPaused, at(1));
    let done = store.pause_writes(scope, "Documentation", "odd", &paused);
    assert!(done.await.unwrap());
    store.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
    let seen = store.touch_token(ground.token, at(2), None).await;
    seen.unwrap();
    store.hand_out_changes().await.unwrap();
    assert!(!is_woken(&mut listener), "using a token changes no right");
    let revoked = event(AuditAction::TokenRevoked, at(3));
    assert!(store.revoke_token(ground.token, &revoked).await.unwrap());
    store.hand_out_changes().await.unwrap();
    assert!(is_woken(&mut listener));
    assert_eq!(
        statuses(&ground).await,
        [],
        "none of it is a change of a proposal"
    );
}

#[tokio::test]
async fn after_the_last_word_nobody_waits() {
    let ground = Ground::new().await;
    let mut listener = ground.store.listen(Topic::Agent(ground.agent));
    ground.store.end_listening();
    assert_eq!(listener.woken().await, Woken::Stopping);
    let mut late = ground.store.listen(Topic::Agent(ground.agent));
    assert_eq!(late.woken().await, Woken::Stopping);
}

#[tokio::test]
async fn old_changes_are_forgotten_and_no_number_is_given_twice() {
    let ground = Ground::new().await;
    for target in 0..5 {
        ground.propose(&[target]).await;
    }
    let before = ground.store.newest_change_of(ground.agent).await.unwrap();
    assert_eq!(ground.store.forget_changes(at(0)).await.unwrap(), 0);
    assert_eq!(ground.store.forget_changes(at(1)).await.unwrap(), 4);
    assert_eq!(ground.store.forget_changes(at(1)).await.unwrap(), 0);
    ground.propose(&[9]).await;
    let after = ground.store.newest_change_of(ground.agent).await.unwrap();
    assert_eq!(after.unwrap().number, before.unwrap().number + 1);
}
