//! Pages: complete, without anything twice, in their order.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::ground::{Ground, at};
use crate::domain::{
    OrganizationId, OrganizationScope, PermissionGroup, Proposal, ProposalStatus, Ticket, Tier,
};
use crate::store::{Lane, ProposalFilter, QueueCursor, QueueFilter};

const STATUSES: [ProposalStatus; 4] = [
    ProposalStatus::Pending,
    ProposalStatus::SentBack,
    ProposalStatus::Applied,
    ProposalStatus::NeedsAttention,
];
const GROUPS: [PermissionGroup; 2] = [PermissionGroup::Contacts, PermissionGroup::Documents];

/// Sixty proposals that differ in everything there is a filter for.
async fn with_proposals() -> Ground {
    let ground = Ground::new().await;
    let other = ground.add_agent("other", ground.connection).await;
    for number in 0..60_u64 {
        // Steps without a common divisor, so that all combinations come up.
        let mut draft = ground.draft(&[number]);
        draft.content.group = GROUPS[usize::try_from(number % 2).unwrap()];
        draft.content.tier = Tier::ALL[usize::try_from(number * 7 % 3).unwrap()];
        draft.content.resource.organization_id = match number / 4 % 3 {
            0 => None,
            organization => Some(OrganizationId(organization)),
        };
        draft.ticket = (number % 5 < 2).then(|| Ticket {
            id: format!("T-{}", number % 5),
            url: None,
        });
        draft.expires_at = at(i64::try_from(number * 13 % 8).unwrap() + 100);
        if number % 11 == 0 {
            draft.agent_id = other;
        }
        ground.store_draft(&draft).await;
    }
    let mut statements = String::new();
    for number in 1..=60 {
        let status = STATUSES[number * 3 / 7 % 4];
        // Some changed in the same millisecond.
        let updated_at = number * 17 % 10;
        write!(
            statements,
            "UPDATE proposals
            SET status = '{status}', updated_at = {updated_at}, turn_at = expires_at
            WHERE number = {number};"
        )
        .unwrap();
    }
    ground.sql(&statements).await;
    ground
}

#[tokio::test]
async fn t4_an_agent_with_much_that_waits_lets_others_go_first() {
    let ground = Ground::new().await;
    for number in 0..5 {
        let mut draft = ground.draft(&[number]);
        draft.expires_at = at(100);
        ground.store_draft(&draft).await;
    }
    let mut draft = ground.draft(&[9]);
    draft.agent_id = ground.add_agent("other", ground.connection).await;
    draft.token_id = ground.add_token(draft.agent_id, "other").await;
    draft.expires_at = at(200);
    ground.store_draft(&draft).await;
    let page = ground
        .store
        .queue(&OrganizationScope::All, Lane::NeedsYou, None, 10);
    let page = page.await.unwrap();
    let numbers: Vec<i64> = page.items.iter().map(|proposal| proposal.number).collect();
    assert_eq!(numbers, [1, 6, 2, 3, 4, 5]);
}

async fn everything(ground: &Ground) -> Vec<Proposal> {
    let numbers: Vec<i64> = (1..=60).collect();
    ground.store.proposals_by_number(&numbers).await.unwrap()
}

fn fits(proposal: &Proposal, filter: &ProposalFilter) -> bool {
    let organization = proposal.resource.organization_id.map(|id| id.to_string());
    let ticket = proposal.ticket.as_ref().map(|ticket| &ticket.id);
    filter.status.is_none_or(|status| proposal.status == status)
        && filter.group.is_none_or(|group| proposal.group == group)
        && filter
            .ticket
            .as_ref()
            .is_none_or(|wanted| ticket == Some(wanted))
        && (filter.organization_id.is_none() || filter.organization_id == organization)
}

fn filters() -> Vec<ProposalFilter> {
    let statuses = [
        None,
        Some(STATUSES[0]),
        Some(STATUSES[2]),
        Some(ProposalStatus::Expired),
    ];
    let groups = [None, Some(GROUPS[0]), Some(PermissionGroup::Passwords)];
    let mut filters = Vec::new();
    for status in statuses {
        for group in groups {
            for ticket in [None, Some("T-1".to_owned()), Some("T-9".to_owned())] {
                for organization_id in [None, Some("2".to_owned()), Some("9".to_owned())] {
                    filters.push(ProposalFilter {
                        status,
                        group,
                        ticket: ticket.clone(),
                        organization_id: organization_id.clone(),
                    });
                }
            }
        }
    }
    filters
}

#[tokio::test]
async fn every_filter_pages_through_all_it_fits() {
    let ground = with_proposals().await;
    let all = everything(&ground).await;
    for filter in filters() {
        let mut expected: Vec<i64> = all
            .iter()
            .filter(|proposal| proposal.agent.id == ground.agent && fits(proposal, &filter))
            .map(|proposal| proposal.number)
            .collect();
        expected.reverse();
        for limit in [1, 3, 60] {
            assert_eq!(paged(&ground, &filter, limit).await, expected, "{filter:?}");
        }
    }
}

async fn paged(ground: &Ground, filter: &ProposalFilter, limit: u32) -> Vec<i64> {
    let mut numbers = Vec::new();
    let mut below = None;
    loop {
        let page = ground
            .store
            .proposals_of_agent(ground.agent, filter, below, limit);
        let page = page.await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        numbers.extend(page.items.iter().map(|proposal| proposal.number));
        below = page.next;
        if below.is_none() {
            return numbers;
        }
    }
}

async fn lane(ground: &Ground, lane: Lane, limit: u32) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    let mut from: Option<QueueCursor> = None;
    loop {
        let page = ground
            .store
            .queue(&OrganizationScope::All, lane, from, limit)
            .await
            .unwrap();
        proposals.extend(page.items);
        from = page.next;
        if from.is_none() {
            return proposals;
        }
    }
}

#[tokio::test]
async fn what_waits_is_ordered_by_tier_then_by_time_left() {
    let ground = with_proposals().await;
    let order = |proposal: &Proposal| {
        let care = std::cmp::Reverse(proposal.tier);
        (care, proposal.expires_at, proposal.number)
    };
    let mut expected = everything(&ground).await;
    expected.retain(|proposal| proposal.status == ProposalStatus::Pending);
    expected.sort_by_key(order);
    let tiers: BTreeSet<Tier> = expected.iter().map(|proposal| proposal.tier).collect();
    assert_eq!(tiers.len(), 3);
    for limit in [1, 2, 7, 60] {
        assert_eq!(lane(&ground, Lane::NeedsYou, limit).await, expected);
    }
}

#[tokio::test]
async fn the_other_lanes_show_what_changed_last_first() {
    let ground = with_proposals().await;
    ground
        .sql("UPDATE proposals SET status = 'partly_applied' WHERE number IN (3, 4, 20)")
        .await;
    let all = everything(&ground).await;
    for (name, statuses) in [
        (Lane::SentBack, vec![ProposalStatus::SentBack]),
        (Lane::Applying, vec![]),
        (
            Lane::Failed,
            vec![
                ProposalStatus::NeedsAttention,
                ProposalStatus::PartlyApplied,
            ],
        ),
        (Lane::Done, vec![ProposalStatus::Applied]),
    ] {
        let mut expected = all.clone();
        expected.retain(|proposal| statuses.contains(&proposal.status));
        expected.sort_by_key(|proposal| std::cmp::Reverse((proposal.updated_at, proposal.number)));
        for limit in [1, 4, 60] {
            assert_eq!(lane(&ground, name, limit).await, expected, "{name}");
        }
    }
}

#[tokio::test]
async fn every_status_stands_in_one_lane_and_is_counted_there() {
    let ground = Ground::new().await;
    ground.propose(&[1]).await;
    for status in ProposalStatus::ALL {
        ground
            .sql(&format!("UPDATE proposals SET status = '{status}'"))
            .await;
        let mut lanes = Vec::new();
        for name in Lane::ALL {
            if !lane(&ground, *name, 5).await.is_empty() {
                lanes.push(*name);
            }
        }
        let [name] = lanes[..] else {
            panic!("{status} stands in {lanes:?}");
        };
        let counts = ground
            .store
            .lane_counts(&OrganizationScope::All)
            .await
            .unwrap();
        let counted = [
            (Lane::NeedsYou, counts.needs_you),
            (Lane::SentBack, counts.sent_back),
            (Lane::Applying, counts.applying),
            (Lane::Failed, counts.failed),
        ];
        for (counted, count) in counted {
            assert_eq!(count, u32::from(counted == name), "{status} in {counted}");
        }
    }
}

#[tokio::test]
async fn proposals_come_in_the_order_they_were_asked_for() {
    let ground = Ground::new().await;
    for target in 0..3 {
        ground.propose(&[target]).await;
    }
    let found = ground.store.proposals_by_number(&[3, 9, 1]).await.unwrap();
    let numbers: Vec<i64> = found.iter().map(|proposal| proposal.number).collect();
    assert_eq!(numbers, [3, 1]);
}

#[tokio::test]
async fn a_lane_is_narrowed_down_page_by_page() {
    let ground = Ground::new().await;
    let other = ground.add_agent("other-bot", ground.connection).await;
    let mut numbers = Vec::new();
    for target in 1..=6 {
        let mut draft = ground.draft(&[target]);
        draft.agent_id = if target % 2 == 0 { other } else { ground.agent };
        draft.summary = format!("Rename {target}");
        numbers.push(ground.store_draft(&draft).await.number);
    }
    let found = async |filter: &QueueFilter, from, limit| {
        let all = OrganizationScope::All;
        let page = ground
            .store
            .queue_matching(&all, Lane::NeedsYou, filter, from, limit);
        let page = page.await.unwrap();
        let numbers: Vec<i64> = page.items.iter().map(|one| one.number).collect();
        (numbers, page.next)
    };
    let agent = QueueFilter {
        agent: Some(other),
        ..QueueFilter::default()
    };
    let (first, next) = found(&agent, None, 2).await;
    assert_eq!(first, [numbers[1], numbers[3]]);
    let (second, next) = found(&agent, next, 2).await;
    assert_eq!((second, next), (vec![numbers[5]], None));
    let text = |text: &str| QueueFilter {
        text: Some(text.to_owned()),
        ..QueueFilter::default()
    };
    assert_eq!(found(&text("rename 3"), None, 9).await.0, [numbers[2]]);
    assert_eq!(found(&text("ZOE MILLS"), None, 9).await.0.len(), 6);
    let client = |client: &str| QueueFilter {
        client: Some(client.to_owned()),
        ..QueueFilter::default()
    };
    assert_eq!(found(&client("frog"), None, 9).await.0.len(), 6);
    assert_eq!(found(&client("2"), None, 9).await.0.len(), 6);
    assert!(found(&client("toad"), None, 9).await.0.is_empty());
    let organization = |id: u64| QueueFilter {
        organization: Some(OrganizationId(id)),
        ..QueueFilter::default()
    };
    assert_eq!(found(&organization(2), None, 9).await.0.len(), 6);
    ground
        .sql("UPDATE proposals SET organization_id = '42', organization_name = 'Studio 2'")
        .await;
    assert!(
        found(&organization(2), None, 9).await.0.is_empty(),
        "a name with a 2 in it"
    );
}
