//! What a profile's agents proposed lately.

use super::ground::{Ground, at, event};
use crate::domain::{AuditAction, DecisionVerdict, OrganizationId, Proposal, ProposalStatus};
use crate::store::PastProposal;

async fn past(ground: &Ground, since: i64, limit: u32) -> Vec<PastProposal> {
    let store = &ground.store;
    store
        .past_proposals(ground.profile, at(since), limit)
        .await
        .unwrap()
}

fn numbers(past: &[PastProposal]) -> Vec<i64> {
    past.iter().map(|proposal| proposal.number).collect()
}

async fn at_second(ground: &Ground, second: i64) -> Proposal {
    let mut draft = ground.draft(&[u64::try_from(second).unwrap() + 1]);
    draft.created_at = at(second);
    ground.store_draft(&draft).await
}

#[tokio::test]
async fn the_newest_come_first_and_no_more_than_asked_for() {
    let mut ground = Ground::new().await;
    for second in [10, 20] {
        at_second(&ground, second).await;
    }
    (ground.agent, ground.token) = {
        let second = ground.add_agent("second", ground.connection).await;
        (second, ground.add_token(second, "second").await)
    };
    at_second(&ground, 30).await;
    assert_eq!(numbers(&past(&ground, 0, 10).await), [3, 2, 1]);
    assert_eq!(numbers(&past(&ground, 0, 2).await), [3, 2]);
    assert_eq!(numbers(&past(&ground, 20, 10).await), [3, 2]);
    assert!(past(&ground, 31, 10).await.is_empty());
}

#[tokio::test]
async fn other_profiles_are_not_looked_at() {
    let ground = Ground::new().await;
    at_second(&ground, 10).await;
    let other = crate::domain::ProfileId(super::ground::new_id());
    let found = ground.store.past_proposals(other, at(0), 10).await.unwrap();
    assert!(found.is_empty());
}

#[tokio::test]
async fn what_people_refused_is_known_for_that() {
    let ground = Ground::new().await;
    let rejected = at_second(&ground, 10).await;
    let sent_back = at_second(&ground, 20).await;
    at_second(&ground, 30).await;
    for (proposal, verdict, status) in [
        (
            &rejected,
            DecisionVerdict::Rejected,
            ProposalStatus::Rejected,
        ),
        (
            &sent_back,
            DecisionVerdict::SentBack,
            ProposalStatus::SentBack,
        ),
    ] {
        let decision = ground.decision(proposal, verdict, at(40));
        let said = event(AuditAction::Rejected, at(40));
        let store = &ground.store;
        let stored = store.record_refusal(proposal.id, status, &decision, &said);
        stored.await.unwrap();
    }
    let past = past(&ground, 0, 10).await;
    let refused: Vec<bool> = past.iter().map(|proposal| proposal.was_refused).collect();
    assert_eq!(refused, [false, true, true]);
    assert_eq!(
        ground.again(&rejected).await.status,
        ProposalStatus::Rejected
    );
}

#[tokio::test]
async fn what_judging_takes_comes_along_and_bodies_only_where_they_name_groups() {
    let ground = Ground::new().await;
    at_second(&ground, 10).await;
    let mut draft = ground.draft(&[7]);
    draft.content.request.path = "/contacts/7/relationships/related_items".to_owned();
    ground.store_draft(&draft).await;
    let past = past(&ground, 0, 10).await;
    let [related, contact] = past.as_slice() else {
        panic!("{past:?}");
    };
    assert!(related.body.is_some() && contact.body.is_none());
    assert_eq!(contact.path, "/contacts/11");
    assert_eq!(contact.rule, "contacts.ask");
    assert_eq!(contact.organization_id, Some(OrganizationId(2)));
    assert!(contact.organization_name.is_some());
}
