//! Lists of people who are limited to some clients: theirs and nothing else, in the same order.

use std::fmt::Write as _;

use super::ground::{Ground, at};
use crate::domain::{
    Clients, OrganizationId, OrganizationScope, Proposal, ProposalStatus, Role, Tier, UserId,
};
use crate::store::{Lane, LaneCounts, NewUser, Page};

/// What the proposals touch: nothing known, one client, several.
const TOUCHED: [&[u64]; 7] = [&[], &[2], &[3], &[9], &[2, 3], &[2, 9], &[3, 9, 12]];
const STATUSES: [ProposalStatus; 5] = [
    ProposalStatus::Pending,
    ProposalStatus::SentBack,
    ProposalStatus::Queued,
    ProposalStatus::Failed,
    ProposalStatus::Applied,
];

fn only(ids: &[u64]) -> OrganizationScope {
    OrganizationScope::Only(ids.iter().copied().map(OrganizationId).collect())
}

fn scopes() -> Vec<OrganizationScope> {
    vec![
        OrganizationScope::All,
        only(&[]),
        only(&[2]),
        only(&[2, 3]),
        only(&[2, 3, 9]),
        only(&[3, 9, 12, 77]),
        only(&[1]),
    ]
}

/// Seventy proposals of every mixture of clients, status and tier.
async fn with_proposals() -> (Ground, Vec<Proposal>) {
    let ground = Ground::new().await;
    let mut statements = String::new();
    for number in 0..70_usize {
        let mut draft = ground.draft(&[u64::try_from(number).unwrap()]);
        let touched = TOUCHED[number % 7];
        draft.content.clients = touched.iter().copied().map(OrganizationId).collect();
        draft.content.tier = Tier::ALL[number * 7 / 3 % 3];
        draft.expires_at = at(i64::try_from(number * 13 % 8).unwrap() + 100);
        ground.store_draft(&draft).await;
        let status = STATUSES[number / 7 % 5];
        write!(
            statements,
            "UPDATE proposals SET status = '{status}', updated_at = {}
            WHERE number = {};",
            number * 17 % 10,
            number + 1,
        )
        .unwrap();
    }
    ground.sql(&statements).await;
    let numbers: Vec<i64> = (1..=70).collect();
    let all = ground.store.proposals_by_number(&numbers).await.unwrap();
    (ground, all)
}

fn numbers(proposals: &[Proposal]) -> Vec<i64> {
    proposals.iter().map(|proposal| proposal.number).collect()
}

/// All pages, one after the other.
async fn through<C, F, Fut>(mut page: F) -> Vec<Proposal>
where
    C: Copy,
    F: FnMut(Option<C>) -> Fut,
    Fut: Future<Output = Page<Proposal, C>>,
{
    let mut proposals = Vec::new();
    let mut from = None;
    loop {
        let next = page(from).await;
        proposals.extend(next.items);
        from = next.next;
        if from.is_none() {
            return proposals;
        }
    }
}

#[tokio::test]
async fn each_lane_holds_own_clients_alone_in_the_order_of_everyones() {
    let (ground, all) = with_proposals().await;
    let store = &ground.store;
    for lane in Lane::ALL {
        let everyones = through(async |from| {
            let page = store.queue(&OrganizationScope::All, *lane, from, 60).await;
            page.unwrap()
        })
        .await;
        for scope in scopes() {
            let mut expected = everyones.clone();
            expected.retain(|proposal| proposal.clients.are_within(&scope));
            for limit in [1, 3, 60] {
                let found =
                    through(async |from| store.queue(&scope, *lane, from, limit).await.unwrap());
                let found = numbers(&found.await);
                assert_eq!(found, numbers(&expected), "{lane} of {scope:?} by {limit}");
            }
        }
    }
    assert_eq!(all.len(), 70);
}

#[tokio::test]
async fn every_other_list_holds_own_clients_alone() {
    let (ground, mut all) = with_proposals().await;
    let store = &ground.store;
    all.reverse();
    for scope in scopes() {
        let mut expected = all.clone();
        expected.retain(|proposal| proposal.clients.are_within(&scope));
        for limit in [1, 7, 100] {
            let found =
                through(async |below| store.all_proposals(&scope, below, limit).await.unwrap());
            assert_eq!(numbers(&found.await), numbers(&expected), "{scope:?}");
        }
        for status in STATUSES {
            let found = through(async |from| {
                let page = store.proposals_with_status(&scope, status, from, 2);
                page.await.unwrap()
            });
            let mut found = numbers(&found.await);
            found.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
            let mut expected = expected.clone();
            expected.retain(|proposal| proposal.status == status);
            assert_eq!(found, numbers(&expected), "{status} of {scope:?}");
        }
    }
}

#[tokio::test]
async fn lanes_count_own_clients_alone() {
    let (ground, all) = with_proposals().await;
    for scope in scopes() {
        let count = |status| {
            let own = all.iter().filter(|proposal| {
                proposal.status == status && proposal.clients.are_within(&scope)
            });
            u32::try_from(own.count()).unwrap()
        };
        let expected = LaneCounts {
            needs_you: count(ProposalStatus::Pending),
            sent_back: count(ProposalStatus::SentBack),
            applying: count(ProposalStatus::Queued),
            failed: count(ProposalStatus::Failed),
            reads_differently: 0,
        };
        let found = ground.store.lane_counts(&scope).await.unwrap();
        assert_eq!(found, expected, "{scope:?}");
    }
}

#[tokio::test]
async fn what_comes_to_touch_other_clients_changes_hands() {
    let ground = Ground::new().await;
    let proposal = ground.propose(&[1]).await;
    assert_eq!(proposal.clients, clients(&[2]));
    let mut content = ground.draft(&[1]).content;
    content.clients = clients(&[3, 9]);
    let rebuilt = super::ground::event(crate::domain::AuditAction::Rebuilt, at(1));
    let stored = ground.store.rebuild_proposal(&proposal, &content, &rebuilt);
    stored.await.unwrap();
    assert_eq!(ground.again(&proposal).await.clients, clients(&[3, 9]));
    for (own, expected) in [(&[2][..], 0), (&[3], 0), (&[3, 9], 1)] {
        let counts = ground.store.lane_counts(&only(own)).await.unwrap();
        assert_eq!(counts.needs_you, expected, "{own:?}");
    }
}

#[tokio::test]
async fn whoever_has_the_client_could_decide_instead() {
    let ground = Ground::new().await;
    let other = |own: &'static [u64]| NewUser {
        id: UserId(super::ground::new_id()),
        email: format!("{own:?}@example.com"),
        name: "Kim".to_owned(),
        role: Role::Technician,
        password_hash: None,
        organizations: only(own),
    };
    for own in [&[3][..], &[2, 9]] {
        let created = super::ground::event(crate::domain::AuditAction::UserCreated, at(0));
        let stored = ground.store.create_user(&other(own), &created).await;
        stored.unwrap();
    }
    for (touched, expected) in [
        (&[2][..], true),
        (&[3], true),
        (&[2, 9], true),
        (&[2, 3], false),
        (&[5], false),
        (&[], false),
    ] {
        let clients = clients(touched);
        let found = ground.store.has_other_decider(ground.user, &clients).await;
        assert_eq!(found.unwrap(), expected, "{touched:?}");
    }
}

fn clients(ids: &[u64]) -> Clients {
    ids.iter().copied().map(OrganizationId).collect()
}
