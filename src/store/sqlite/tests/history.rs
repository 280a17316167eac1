//! The history: what was decided, the newest first, page by page, and what is looked for in it.

use super::ground::{Ground, at, event};
use crate::domain::{
    AuditAction, DecisionVerdict, OrganizationId, OrganizationScope, ProposalStatus, ResultKind,
    UserId,
};
use crate::store::{HistoryCursor, HistoryEntry, HistoryFilter, Page};

const ALL: OrganizationScope = OrganizationScope::All;

async fn page(
    ground: &Ground,
    scope: &OrganizationScope,
    filter: &HistoryFilter,
    from: Option<HistoryCursor>,
    limit: u32,
) -> Page<HistoryEntry, HistoryCursor> {
    let page = ground.store.history(scope, filter, from, limit).await;
    page.unwrap()
}

async fn numbers(ground: &Ground, filter: &HistoryFilter) -> Vec<i64> {
    let page = page(ground, &ALL, filter, None, 50).await;
    assert_eq!(page.next, None);
    page.items
        .iter()
        .map(|entry| entry.proposal.number)
        .collect()
}

async fn reject(ground: &Ground, target: u64, second: i64) {
    let proposal = ground.propose(&[target]).await;
    let decision = ground.decision(&proposal, DecisionVerdict::Rejected, at(second));
    let rejected = event(AuditAction::Rejected, at(second));
    let status = ProposalStatus::Rejected;
    let refusal = ground
        .store
        .record_refusal(proposal.id, status, &decision, &rejected);
    refusal.await.unwrap();
}

#[tokio::test]
async fn pages_follow_each_other_to_the_oldest() {
    let ground = Ground::new().await;
    // The first and the second are decided at the same moment.
    for (target, second) in [(1, 5), (2, 5), (3, 6), (4, 7), (5, 8)] {
        reject(&ground, target, second).await;
    }
    let mut seen = Vec::new();
    let mut from = None;
    loop {
        let page = page(&ground, &ALL, &HistoryFilter::default(), from, 2).await;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.iter().map(|entry| entry.proposal.number));
        let Some(next) = page.next else { break };
        from = Some(next);
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn each_filter_finds_what_it_names() {
    let ground = Ground::new().await;
    let approved = ground.approved(&[1], 5).await;
    reject(&ground, 2, 6).await;
    reject(&ground, 3, 7).await;
    let filter = HistoryFilter::default;
    let verdict = Some(DecisionVerdict::Approved);
    assert_eq!(
        numbers(
            &ground,
            &HistoryFilter {
                verdict,
                ..filter()
            }
        )
        .await,
        [1]
    );
    let person = Some(ground.user);
    assert_eq!(
        numbers(&ground, &HistoryFilter { person, ..filter() }).await,
        [3, 2, 1]
    );
    let person = Some(UserId(uuid::Uuid::from_u128(99)));
    assert!(
        numbers(&ground, &HistoryFilter { person, ..filter() })
            .await
            .is_empty()
    );
    let agent = Some(ground.agent);
    assert_eq!(
        numbers(&ground, &HistoryFilter { agent, ..filter() }).await,
        [3, 2, 1]
    );
    let organization = Some(OrganizationId(9));
    assert!(
        numbers(
            &ground,
            &HistoryFilter {
                organization,
                ..filter()
            }
        )
        .await
        .is_empty()
    );
    let ticket = Some("T-1".to_owned());
    assert!(
        numbers(&ground, &HistoryFilter { ticket, ..filter() })
            .await
            .is_empty()
    );
    let (since, until) = (Some(at(6)), Some(at(6)));
    assert_eq!(
        numbers(
            &ground,
            &HistoryFilter {
                since,
                until,
                ..filter()
            }
        )
        .await,
        [2]
    );
    let result = Some(ResultKind::Applied);
    assert!(
        numbers(&ground, &HistoryFilter { result, ..filter() })
            .await
            .is_empty()
    );
    ground
        .sql("UPDATE items SET state = 'applied', permits = 0, result = 'applied' WHERE state = 'queued'")
        .await;
    assert_eq!(
        numbers(&ground, &HistoryFilter { result, ..filter() }).await,
        [1]
    );
    assert_eq!(approved.number, 1);
}

#[tokio::test]
async fn what_was_taken_back_is_told_and_had_no_outcome() {
    let ground = Ground::new().await;
    let approved = ground.approved(&[1], 5).await;
    let undone = super::ground::returned(&approved, at(6));
    ground.store.return_to_people(&undone).await.unwrap();
    let page = page(&ground, &ALL, &HistoryFilter::default(), None, 50).await;
    let entry = &page.items[0];
    assert_eq!(entry.decided.undone_at, Some(at(6)));
    assert!(!entry.is_last_word());
    let past = ground.store.decisions_of(approved.id).await.unwrap();
    assert_eq!(past, std::slice::from_ref(&entry.decided));
}

#[tokio::test]
async fn people_see_what_was_decided_about_their_clients() {
    let ground = Ground::new().await;
    reject(&ground, 1, 5).await;
    let filter = HistoryFilter::default();
    let own = |id| OrganizationScope::Only([OrganizationId(id)].into_iter().collect());
    assert_eq!(
        page(&ground, &own(2), &filter, None, 50).await.items.len(),
        1
    );
    assert!(
        page(&ground, &own(3), &filter, None, 50)
            .await
            .items
            .is_empty()
    );
}
