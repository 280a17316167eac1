//! The audit in pages: all that was asked for, nothing twice, newest first.

use uuid::Uuid;

use super::ground::{Ground, at, event, new_id};
use crate::domain::{
    Actor, ActorKind, AgentId, AuditAction, AuditActor, AuditEvent, AuditFilter, AuditRow, TokenId,
};

const ACTIONS: [AuditAction; 3] = [
    AuditAction::Proposed,
    AuditAction::Withdrawn,
    AuditAction::Refused,
];

async fn with_rows() -> (Ground, Uuid) {
    let ground = Ground::new().await;
    let other = new_id();
    for number in 0..60_usize {
        let agent = if number % 4 == 0 {
            other
        } else {
            ground.agent.0
        };
        let actor = match number % 5 {
            0 => Actor::Worker,
            _ => Actor::Agent {
                id: AgentId(agent),
                token: TokenId(agent),
            },
        };
        let seconds = i64::try_from(number).unwrap();
        // A row now and then is written after one of a later time.
        let when = at(100 + seconds - i64::from(number % 9 == 0) * 3);
        let told = AuditEvent::new(when, actor, ACTIONS[number % 3])
            .on("proposal", number % 7)
            .from((number % 2 == 0).then(|| "192.0.2.7".to_owned()));
        ground.store.record_event(&told).await.unwrap();
    }
    (ground, other)
}

fn fits(row: &AuditRow, filter: &AuditFilter) -> bool {
    let subject = row.subject.clone().zip(row.subject_id.clone());
    filter.action.is_none_or(|action| row.action == action)
        && filter.actor.is_none_or(|actor| match actor {
            AuditActor::Kind(kind) => row.actor == kind,
            AuditActor::Id(id) => row.actor_id == Some(id),
        })
        && (filter.subject.is_none() || filter.subject == subject)
        && filter.since.is_none_or(|since| row.at >= since)
        && filter.until.is_none_or(|until| row.at <= until)
}

fn filters(agent: Uuid, other: Uuid) -> Vec<AuditFilter> {
    let actors = [
        None,
        Some(AuditActor::Id(agent)),
        Some(AuditActor::Id(other)),
        Some(AuditActor::Kind(ActorKind::Worker)),
    ];
    let subjects = [None, Some(("proposal".to_owned(), "3".to_owned()))];
    let times = [
        (None, None),
        (Some(at(120)), None),
        (None, Some(at(130))),
        (Some(at(110)), Some(at(112))),
        (Some(at(999)), None),
        (None, Some(at(-1))),
    ];
    let mut filters = Vec::new();
    for action in [None, Some(ACTIONS[1]), Some(AuditAction::Expired)] {
        for actor in actors {
            for subject in &subjects {
                for (since, until) in times {
                    filters.push(AuditFilter {
                        action,
                        actor,
                        subject: subject.clone(),
                        since,
                        until,
                    });
                }
            }
        }
    }
    filters
}

async fn paged(ground: &Ground, filter: &AuditFilter, limit: u32) -> Vec<AuditRow> {
    let mut rows = Vec::new();
    let mut below = None;
    loop {
        let page = ground.store.audit_page(filter, below, limit).await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        rows.extend(page.items);
        below = page.next;
        if below.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn every_filter_pages_through_all_it_fits() {
    let (ground, other) = with_rows().await;
    let mut all = ground.store.audit_after(0, 1000).await.unwrap();
    all.reverse();
    let mut found_some = 0;
    for filter in filters(ground.agent.0, other) {
        let mut expected = all.clone();
        expected.retain(|row| fits(row, &filter));
        found_some += usize::from(!expected.is_empty());
        for limit in [1, 7, 200] {
            let found = paged(&ground, &filter, limit).await;
            assert_eq!(found, expected, "{filter:?}");
        }
    }
    assert!(found_some > 30);
}

#[tokio::test]
async fn rows_are_as_they_were_written_and_name_who_acted() {
    let (ground, _) = with_rows().await;
    let rows = ground.store.audit_after(0, 1000).await.unwrap();
    let head = ground.store.audit_head().await.unwrap();
    assert_eq!(i64::try_from(rows.len()).unwrap(), head.number);
    for pair in rows.windows(2) {
        let [before, row] = pair else { unreachable!() };
        assert_eq!(row.number, before.number + 1);
        assert_eq!(row.previous_hash, before.hash);
    }
    let of_agent = rows.iter().find(|row| row.actor_id == Some(ground.agent.0));
    assert_eq!(of_agent.unwrap().actor_name.as_deref(), Some("triage-bot"));
}

#[tokio::test]
async fn reading_on_from_a_time_leaves_nothing_out() {
    let (ground, _) = with_rows().await;
    let since = at(118);
    let before = ground.store.audit_before(since).await.unwrap();
    let rows = ground.store.audit_after(before, 1000).await.unwrap();
    let all = ground.store.audit_after(0, 1000).await.unwrap();
    let missed = all
        .iter()
        .filter(|row| row.at >= since && !rows.contains(row))
        .count();
    assert_eq!(missed, 0);
    assert!(rows.len() < all.len());
    let later = event(AuditAction::Expired, at(5000));
    ground.store.record_event(&later).await.unwrap();
    let nothing = ground.store.audit_before(at(9999)).await.unwrap();
    assert!(
        ground
            .store
            .audit_after(nothing, 10)
            .await
            .unwrap()
            .is_empty()
    );
}
