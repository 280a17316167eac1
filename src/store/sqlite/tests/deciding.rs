//! Decisions and taking them back.

use super::ground::{Ground, at, content, event, returned};
use crate::domain::{
    AuditAction, DecisionVerdict, Fingerprint, ItemEvent, ItemId, ItemState, Proposal,
    ProposalStatus, Warning, WarningCode,
};
use crate::store::StoreError;

fn assert_late(result: Result<(), StoreError>) {
    assert!(matches!(result.unwrap_err(), StoreError::Changed));
}

async fn assert_untouched(ground: &Ground, proposal: &Proposal, rows: i64) {
    assert_eq!(&ground.again(proposal).await, proposal);
    assert_eq!(ground.count_audit().await, rows);
}

#[tokio::test]
async fn an_approval_queues_and_gives_each_item_one_permit() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2], 5).await;
    assert_eq!(proposal.status, ProposalStatus::Queued);
    let decision = proposal.decision.as_ref().unwrap();
    let given = ground.decision(&proposal, DecisionVerdict::Approved, at(5));
    assert_eq!(*decision, given);
    for item in &proposal.items {
        assert_eq!(item.progress.state, ItemState::Queued);
        assert_eq!((item.progress.permits, item.progress.sends), (1, 0));
    }
    let decided = ground.store.decided_by(proposal.id, 1, ground.user).await;
    assert!(decided.unwrap());
}

#[tokio::test]
async fn an_approval_of_what_was_not_shown_is_refused() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let rows = ground.count_audit().await;
    let mut other_round = ground.approval(&proposal, at(1));
    other_round.round = 2;
    let mut other_content = ground.approval(&proposal, at(1));
    other_content.fingerprint = Fingerprint([6; 32]);
    for approval in [other_round, other_content] {
        assert_late(ground.store.record_approval(&proposal, &approval).await);
        assert_untouched(&ground, &proposal, rows).await;
    }
}

#[tokio::test]
async fn expiry_is_kept_without_a_sweeper() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let rows = ground.count_audit().await;
    assert_late(ground.approve(&proposal, proposal.expires_at).await);
    let decision = ground.decision(&proposal, DecisionVerdict::Rejected, proposal.expires_at);
    let rejected = event(AuditAction::Rejected, proposal.expires_at);
    let status = ProposalStatus::Rejected;
    let refusal = ground
        .store
        .record_refusal(proposal.id, status, &decision, &rejected);
    assert_late(refusal.await);
    assert_untouched(&ground, &proposal, rows).await;
    let in_time = proposal.expires_at.plus_millis(-1);
    ground.approve(&proposal, in_time).await.unwrap();
}

#[tokio::test]
async fn what_is_stale_can_be_rejected_but_not_approved() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    ground.sql("UPDATE proposals SET is_stale = 1").await;
    let proposal = ground.again(&proposal).await;
    let rows = ground.count_audit().await;
    assert_late(ground.approve(&proposal, at(1)).await);
    assert_untouched(&ground, &proposal, rows).await;
    refuse(&ground, &proposal, DecisionVerdict::Rejected).await;
}

#[tokio::test]
async fn a_second_decision_is_refused() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let rows = ground.count_audit().await;
    assert_late(ground.approve(&proposal, at(2)).await);
    let decision = ground.decision(&proposal, DecisionVerdict::Rejected, at(2));
    let rejected = event(AuditAction::Rejected, at(2));
    let status = ProposalStatus::Rejected;
    let refusal = ground
        .store
        .record_refusal(proposal.id, status, &decision, &rejected);
    assert_late(refusal.await);
    assert_untouched(&ground, &proposal, rows).await;
}

async fn refuse(ground: &Ground, proposal: &Proposal, verdict: DecisionVerdict) -> Proposal {
    let (status, action) = match verdict {
        DecisionVerdict::SentBack => (ProposalStatus::SentBack, AuditAction::SentBack),
        _ => (ProposalStatus::Rejected, AuditAction::Rejected),
    };
    let mut decision = ground.decision(proposal, verdict, at(1));
    decision.reason = Some("not so".to_owned());
    let refused = event(action, at(1));
    let done = ground
        .store
        .record_refusal(proposal.id, status, &decision, &refused);
    done.await.unwrap();
    let after = ground.again(proposal).await;
    assert_eq!(after.status, status);
    assert_eq!(after.decision, Some(decision));
    after
}

#[tokio::test]
async fn a_rejected_proposal_has_ended() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1, 2]).await;
    let after = refuse(&ground, &proposal, DecisionVerdict::Rejected).await;
    for item in &after.items {
        assert_eq!(item.progress.permits, 0);
        assert_eq!(item.ended_at, Some(at(1)));
    }
    assert!(ground.claim(2).await.is_none());
}

#[tokio::test]
async fn a_proposal_that_was_sent_back_has_not_ended() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let after = refuse(&ground, &proposal, DecisionVerdict::SentBack).await;
    assert_eq!(after.items[0].ended_at, None);
}

#[tokio::test]
async fn an_edited_approval_replaces_content_and_fingerprint() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1, 2]).await;
    let mut edited = content(&[3]);
    edited.fingerprint = Fingerprint([8; 32]);
    let mut approval = ground.approval(&proposal, at(1));
    approval.decision.verdict = DecisionVerdict::ApprovedWithEdits;
    approval.decision.fingerprint = edited.fingerprint;
    approval.edited = Some(edited.clone());
    let done = ground.store.record_approval(&proposal, &approval).await;
    done.unwrap();
    let after = ground.again(&proposal).await;
    assert_eq!(after.status, ProposalStatus::Queued);
    assert_eq!(after.fingerprint, edited.fingerprint);
    assert_eq!((after.round, after.revision), (1, 1));
    assert_eq!(after.decision, Some(approval.decision));
    let ids: Vec<ItemId> = after.items.iter().map(|item| item.id).collect();
    assert_eq!(ids, [edited.items[0].id]);
    assert_eq!(after.items[0].progress.permits, 1);
}

#[tokio::test]
async fn a_held_approval_is_not_sent_before_its_time() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let mut approval = ground.approval(&proposal, at(1));
    approval.hold_until = Some(at(6));
    let done = ground.store.record_approval(&proposal, &approval).await;
    done.unwrap();
    assert_eq!(ground.again(&proposal).await.hold_until, Some(at(6)));
    assert_eq!(ground.store.release_held(at(5)).await.unwrap(), 0);
    assert!(ground.claim(7).await.is_none());
    assert_eq!(ground.store.release_held(at(6)).await.unwrap(), 1);
    assert!(ground.claim(7).await.is_some());
}

#[tokio::test]
async fn undo_takes_the_permits_away_and_starts_a_round() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2], 1).await;
    let mut returned = returned(&proposal, at(2));
    returned.warning = Some(Warning {
        code: WarningCode::MovedSinceApproval,
        detail: "it “moved”".to_owned(),
        fields: Vec::new(),
    });
    ground.store.return_to_people(&returned).await.unwrap();
    let after = ground.again(&proposal).await;
    assert_eq!(after.status, ProposalStatus::Pending);
    assert_eq!((after.round, after.fingerprint), (2, returned.fingerprint));
    assert_eq!((after.decision.as_ref(), after.hold_until), (None, None));
    assert_eq!(
        after.warnings,
        returned.warning.into_iter().collect::<Vec<_>>()
    );
    for item in &after.items {
        assert_eq!(item.progress.state, ItemState::None);
        assert_eq!(item.progress.permits, 0);
    }
    assert!(ground.claim(3).await.is_none());
    let stands = ground.store.decided_by(proposal.id, 1, ground.user).await;
    assert!(!stands.unwrap());
    assert_late(ground.approve(&proposal, at(3)).await);
    ground.approve(&after, at(3)).await.unwrap();
}

#[tokio::test]
async fn an_item_that_is_being_prepared_can_still_be_recalled() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    let returned = returned(&proposal, at(3));
    ground.store.return_to_people(&returned).await.unwrap();
    let intended = super::ground::change(&claimed, ItemEvent::Intended, at(3));
    assert!(!ground.store.change_item(&intended).await.unwrap());
    let after = ground.again(&proposal).await;
    assert_eq!(after.status, ProposalStatus::Pending);
    assert_eq!(after.items[0].progress.state, ItemState::None);
}

#[tokio::test]
async fn nothing_comes_back_once_it_may_have_left() {
    let unclear = [ItemEvent::Intended, ItemEvent::EndedUnclear];
    let no_effect = [unclear[0], unclear[1], ItemEvent::FoundUnchanged];
    let histories: [&[ItemEvent]; 3] = [&unclear[..1], &unclear, &no_effect];
    for history in histories {
        let ground = Ground::new().await;
        let proposal = ground.approved(&[1], 1).await;
        ground.claim(2).await.unwrap();
        let sent = ground.item_events(&proposal, 0, history, at(3)).await;
        let rows = ground.count_audit().await;
        let returned = returned(&sent, at(4));
        assert_late(ground.store.return_to_people(&returned).await);
        let withdrawn = event(AuditAction::Withdrawn, at(4));
        assert_late(ground.store.withdraw(sent.id, &withdrawn).await);
        assert_untouched(&ground, &sent, rows).await;
    }
}

#[tokio::test]
async fn what_comes_back_late_can_still_be_decided() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 3599).await;
    let late = at(100_000);
    let returned = returned(&proposal, late);
    ground.store.return_to_people(&returned).await.unwrap();
    assert_eq!(ground.store.expire_proposals(late).await.unwrap(), 0);
    let after = ground.again(&proposal).await;
    ground.approve(&after, late.plus_seconds(60)).await.unwrap();
}

#[tokio::test]
async fn what_was_tried_without_effect_can_be_put_together_anew() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    let mut intended = super::ground::change(&claimed, ItemEvent::Intended, at(3));
    intended.attempt_start = Some(super::changing::attempt_start());
    assert!(ground.store.change_item(&intended).await.unwrap());
    let limited = [ItemEvent::NotCarriedOut];
    let queued = ground.item_events(&proposal, 0, &limited, at(4)).await;
    let returned = returned(&queued, at(5));
    ground.store.return_to_people(&returned).await.unwrap();
    let back = ground.again(&proposal).await;
    let rebuilt = event(AuditAction::Rebuilt, at(6));
    let fresh = content(&[1]);
    let done = ground.store.rebuild_proposal(&back, &fresh, &rebuilt).await;
    done.unwrap();
    assert_eq!(ground.again(&proposal).await.items[0].id, fresh.items[0].id);
}

#[tokio::test]
async fn an_agent_takes_back_what_was_not_sent() {
    let ground = Ground::new().await;
    let pending = ground.propose(&[1]).await;
    let queued = ground.approved(&[2], 1).await;
    let withdrawn = event(AuditAction::Withdrawn, at(2));
    for proposal in [&pending, &queued] {
        ground
            .store
            .withdraw(proposal.id, &withdrawn)
            .await
            .unwrap();
        let after = ground.again(proposal).await;
        assert_eq!(after.status, ProposalStatus::Withdrawn);
        assert_eq!(after.items[0].progress.permits, 0);
        assert_eq!(after.items[0].ended_at, Some(at(2)));
        assert_late(ground.store.withdraw(proposal.id, &withdrawn).await);
    }
    assert!(ground.claim(3).await.is_none());
}
