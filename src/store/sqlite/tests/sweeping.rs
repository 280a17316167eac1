//! What time alone does.

use super::ground::{Ground, at, event};
use crate::domain::{AuditAction, DecisionVerdict, ItemEvent, ProposalStatus};

#[tokio::test]
async fn proposals_that_nobody_decides_expire() {
    let ground = Ground::new().await;
    let pending = ground.propose(&[1]).await;
    let sent_back = ground.propose(&[2]).await;
    let decision = ground.decision(&sent_back, DecisionVerdict::SentBack, at(1));
    let said = event(AuditAction::SentBack, at(1));
    let status = ProposalStatus::SentBack;
    let done = ground
        .store
        .record_refusal(sent_back.id, status, &decision, &said);
    done.await.unwrap();
    let approved = ground.approved(&[3], 1).await;
    let mut later = ground.draft(&[4]);
    later.expires_at = at(3601);
    let later = ground.store_draft(&later).await;
    let rows = ground.count_audit().await;
    assert_eq!(ground.store.expire_proposals(at(3599)).await.unwrap(), 0);
    assert_eq!(ground.store.expire_proposals(at(3600)).await.unwrap(), 2);
    assert_eq!(ground.count_audit().await, rows + 2);
    for (proposal, status) in [
        (&pending, ProposalStatus::Expired),
        (&sent_back, ProposalStatus::Expired),
        (&approved, ProposalStatus::Queued),
        (&later, ProposalStatus::Pending),
    ] {
        assert_eq!(ground.again(proposal).await.status, status);
    }
    let ended = ground.again(&pending).await.items[0].ended_at;
    assert_eq!(ended, Some(at(3600)));
}

#[tokio::test]
async fn a_sweep_leaves_the_rest_to_the_next() {
    let ground = Ground::new().await;
    for target in 0..101 {
        ground.propose(&[target]).await;
    }
    assert_eq!(ground.store.expire_proposals(at(9999)).await.unwrap(), 100);
    assert_eq!(ground.store.expire_proposals(at(9999)).await.unwrap(), 1);
}

#[tokio::test]
async fn secrets_are_erased_some_time_after_the_end() {
    let ground = Ground::new().await;
    let mut proposals = Vec::new();
    for target in 0..5 {
        let mut draft = ground.draft(&[target]);
        draft.content.items[0].sealed_body = Some(vec![1]);
        proposals.push(ground.store_draft(&draft).await);
    }
    let [waiting, rejected, withdrawn, applied, expired] = &proposals[..] else {
        panic!("there are five");
    };
    ground
        .sql("UPDATE proposals SET expires_at = expires_at + 1000000 WHERE number = 1")
        .await;
    let decision = ground.decision(rejected, DecisionVerdict::Rejected, at(10));
    let said = event(AuditAction::Rejected, at(10));
    let status = ProposalStatus::Rejected;
    let done = ground
        .store
        .record_refusal(rejected.id, status, &decision, &said);
    done.await.unwrap();
    let taken_back = event(AuditAction::Withdrawn, at(10));
    let done = ground.store.withdraw(withdrawn.id, &taken_back).await;
    done.unwrap();
    ground.approve(applied, at(9)).await.unwrap();
    ground.claim(9).await.unwrap();
    let in_place = [ItemEvent::AlreadyInPlace];
    ground.item_events(applied, 0, &in_place, at(10)).await;
    assert_eq!(ground.store.expire_proposals(at(3600)).await.unwrap(), 1);
    let erase = async |second| {
        ground
            .store
            .erase_secrets(at(second), at(9999))
            .await
            .unwrap()
    };
    assert_eq!(erase(9).await, 0);
    let rows = ground.count_audit().await;
    assert_eq!(erase(10).await, 3);
    assert_eq!(erase(10).await, 0);
    assert_eq!(ground.count_audit().await, rows + 1);
    assert_eq!(erase(3600).await, 1);
    assert!(ground.again(waiting).await.items[0].sealed_body.is_some());
    for ended in [rejected, withdrawn, applied, expired] {
        assert_eq!(ground.again(ended).await.items[0].sealed_body, None);
    }
}
