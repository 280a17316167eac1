//! Claims and comments: they fall away when they should, and keep nobody from anything.

use super::ground::{Ground, at, content, event, new_id};
use crate::domain::{
    AuditAction, DecisionVerdict, OrganizationScope, Proposal, ProposalStatus, Role, UserId,
};
use crate::store::{Commented, NewUser, Revision, StoreError};

async fn colleague(ground: &Ground) -> UserId {
    let user = NewUser {
        id: UserId(new_id()),
        email: "kim@example.com".to_owned(),
        name: "Kim".to_owned(),
        role: Role::Technician,
        password_hash: None,
        organizations: OrganizationScope::All,
    };
    let created = event(AuditAction::UserCreated, at(0));
    ground.store.create_user(&user, &created).await.unwrap();
    user.id
}

async fn claim(ground: &Ground, proposal: &Proposal, who: UserId) -> Result<(), StoreError> {
    let taken = event(AuditAction::ClaimTaken, at(1));
    ground.store.claim_proposal(proposal.id, who, &taken).await
}

async fn claimed_by(ground: &Ground, proposal: &Proposal) -> Option<UserId> {
    let claims = ground.store.claims_of(&[proposal.number]).await.unwrap();
    claims.first().map(|(_, claim)| claim.person)
}

#[tokio::test]
async fn a_claim_is_taken_once_taken_over_and_released_by_whose_it_is() {
    let ground = Ground::new().await;
    let kim = colleague(&ground).await;
    let proposal = ground.propose(&[1]).await;
    let rows = ground.count_audit().await;
    claim(&ground, &proposal, ground.user).await.unwrap();
    claim(&ground, &proposal, ground.user).await.unwrap();
    assert_eq!(ground.count_audit().await, rows + 1);
    claim(&ground, &proposal, kim).await.unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, Some(kim));
    let released = event(AuditAction::ClaimReleased, at(2));
    let store = &ground.store;
    let release = store.release_claim(proposal.id, ground.user, &released);
    release.await.unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, Some(kim));
    assert_eq!(ground.count_audit().await, rows + 2);
    let release = store.release_claim(proposal.id, kim, &released);
    release.await.unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, None);
    assert_eq!(ground.count_audit().await, rows + 3);
}

#[tokio::test]
async fn a_claim_falls_away_with_a_decision_and_does_not_come_back() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    claim(&ground, &proposal, ground.user).await.unwrap();
    ground.approve(&proposal, at(2)).await.unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, None);
    let approved = ground.again(&proposal).await;
    let undone = super::ground::returned(&approved, at(3));
    ground.store.return_to_people(&undone).await.unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, None);
}

#[tokio::test]
async fn a_claim_falls_away_with_a_new_revision() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    claim(&ground, &proposal, ground.user).await.unwrap();
    let revised = Revision {
        content: content(&[2]),
        summary: "another".to_owned(),
        reason: None,
        ticket: None,
        expires_at: at(3600),
        write_digest: None,
    };
    let event = event(AuditAction::Revised, at(2));
    let store = &ground.store;
    store
        .revise_proposal(&proposal, &revised, &event)
        .await
        .unwrap();
    assert_eq!(claimed_by(&ground, &proposal).await, None);
    let before = store.revisions_of(proposal.id).await.unwrap();
    assert_eq!((before.len(), before[0].revision), (1, 1));
    assert_eq!(before[0].path, "/contacts/1");
}

#[tokio::test]
async fn what_does_not_wait_cannot_be_claimed() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    let late = event(AuditAction::ClaimTaken, proposal.expires_at);
    let store = &ground.store;
    let expired = store.claim_proposal(proposal.id, ground.user, &late).await;
    assert!(matches!(expired, Err(StoreError::Changed)));
    let decision = ground.decision(&proposal, DecisionVerdict::Rejected, at(2));
    let rejected = event(AuditAction::Rejected, at(2));
    let status = ProposalStatus::Rejected;
    let refusal = store.record_refusal(proposal.id, status, &decision, &rejected);
    refusal.await.unwrap();
    let rows = ground.count_audit().await;
    let refused = claim(&ground, &proposal, ground.user).await;
    assert!(matches!(refused, Err(StoreError::Changed)));
    assert_eq!(ground.count_audit().await, rows);
}

#[tokio::test]
async fn comments_are_kept_in_order_once_each_up_to_a_limit() {
    let ground = Ground::new().await;
    let kim = colleague(&ground).await;
    let proposal = ground.propose(&[1]).await;
    let rows = ground.count_audit().await;
    let say = async |who: UserId, text: &str| {
        let commented = event(AuditAction::Commented, at(1));
        let text = text.parse().unwrap();
        let comment = ground.store.comment_on(proposal.id, who, &text, &commented);
        comment.await.unwrap()
    };
    let Commented::New(first) = say(ground.user, "one").await else {
        panic!("it is new");
    };
    assert_eq!(say(ground.user, "one").await, Commented::Repeated(first));
    assert!(matches!(say(kim, "one").await, Commented::New(_)));
    assert_eq!(ground.count_audit().await, rows + 2);
    let comments = ground.store.comments_of(proposal.id).await.unwrap();
    let said: Vec<(&str, &str)> = comments
        .iter()
        .map(|comment| (comment.name.as_str(), comment.text.as_str()))
        .collect();
    assert_eq!(said, [("Sam", "one"), ("Kim", "one")]);
    for number in 2..200 {
        let added = say(ground.user, &number.to_string()).await;
        assert!(matches!(added, Commented::New(_)), "{number}");
    }
    assert_eq!(say(kim, "one too many").await, Commented::Full);
}
