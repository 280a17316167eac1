//! What people say of unclear sends: stored whole, once, and only while it is open.

use serde_json::json;

use super::ground::{Ground, at, event};
use crate::domain::{
    AuditAction, Fingerprint, FollowUp, Item, ItemEvent, ItemState, Proposal, ProposalStatus,
    Resolution, Timestamp,
};
use crate::store::{Evidence, ItemChange, ItemEnd, NewResolution, Rebase, Said, StoreError};

const UNRESOLVED: [ItemEvent; 4] = [
    ItemEvent::Claimed,
    ItemEvent::Intended,
    ItemEvent::EndedUnclear,
    ItemEvent::CannotTell,
];

/// What a person says of the item at this place.
fn says(
    ground: &Ground,
    item: &Item,
    said: (Resolution, Option<FollowUp>),
    change: Option<ItemEvent>,
    when: Timestamp,
) -> NewResolution {
    let audit = event(AuditAction::Resolved, when);
    let change = change.map(|happens| {
        let to = item.progress.step(happens).unwrap();
        let mut change = ItemChange::new(item, to, when, audit.clone());
        change.end = Some(ItemEnd::default());
        change.evidence = Some(Evidence {
            source: "person",
            finding: "a person says so".to_owned(),
            hash: [3; 32],
        });
        change
    });
    NewResolution {
        proposal_id: item.proposal_id,
        item_id: item.id,
        said: Said {
            attempt: item.progress.attempt,
            person: ground.user,
            name: "Sam".to_owned(),
            resolution: said.0,
            then: said.1,
            resource_id: None,
            reason: "looked at the record".to_owned(),
            at: when,
        },
        step_up_at: None,
        leaves_rest: false,
        passes_over: false,
        skipped: Vec::new(),
        rebase: None,
        change,
        audit,
    }
}

fn applied(ground: &Ground, item: &Item, when: Timestamp) -> NewResolution {
    let said = (Resolution::Applied, None);
    says(ground, item, said, Some(ItemEvent::FoundByPerson), when)
}

async fn unresolved(ground: &Ground, targets: &[u64]) -> Proposal {
    let proposal = ground.approved(targets, 1).await;
    ground.item_events(&proposal, 0, &UNRESOLVED, at(2)).await
}

#[tokio::test]
async fn a_word_ends_the_item_and_leaves_its_evidence() {
    let ground = Ground::new().await;
    let proposal = unresolved(&ground, &[1]).await;
    assert_eq!(proposal.status, ProposalStatus::NeedsAttention);
    let rows = ground.count_audit().await;
    let word = applied(&ground, &proposal.items[0], at(5));
    ground.store.record_resolution(&word).await.unwrap();
    let after = ground.again(&proposal).await;
    assert_eq!(after.status, ProposalStatus::Applied);
    assert_eq!(ground.count_audit().await, rows + 1);
    let item = after.items[0].id;
    let said = ground.store.resolutions_of(item).await.unwrap();
    assert_eq!(said, [word.said]);
    let evidence = ground.store.evidence_of(item, 10).await.unwrap();
    assert!(evidence.last().unwrap().is_by_person);
}

#[tokio::test]
async fn what_was_resolved_is_not_resolved_again() {
    let ground = Ground::new().await;
    let proposal = unresolved(&ground, &[1]).await;
    let item = &proposal.items[0];
    let first = applied(&ground, item, at(5));
    ground.store.record_resolution(&first).await.unwrap();
    let after = ground.again(&proposal).await;
    let rows = ground.count_audit().await;
    let again = (Resolution::NotApplied, Some(FollowUp::SendAgain));
    let again = says(
        &ground,
        item,
        again,
        Some(ItemEvent::SentAgainByPerson),
        at(6),
    );
    let late = ground.store.record_resolution(&again).await;
    assert!(matches!(late, Err(StoreError::Changed)));
    assert_eq!(ground.again(&proposal).await, after);
    assert_eq!(ground.count_audit().await, rows);
    assert_eq!(ground.store.resolutions_of(item.id).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_people_who_say_different_things_one_is_heard() {
    let ground = Ground::new().await;
    let proposal = unresolved(&ground, &[1]).await;
    let rows = ground.count_audit().await;
    let item = &proposal.items[0];
    let words = [
        ((Resolution::Applied, None), ItemEvent::FoundByPerson),
        (
            (Resolution::NotApplied, Some(FollowUp::SendAgain)),
            ItemEvent::SentAgainByPerson,
        ),
        ((Resolution::GiveUp, None), ItemEvent::GivenUpByPerson),
    ];
    let tasks: Vec<_> = (0..32_usize)
        .map(|rival| {
            let (said, happens) = words[rival % words.len()];
            let word = says(&ground, item, said, Some(happens), at(5));
            let store = ground.store.clone();
            tokio::spawn(async move { store.record_resolution(&word).await.is_ok() })
        })
        .collect();
    let mut heard = 0;
    for task in tasks {
        heard += i32::from(task.await.unwrap());
    }
    assert_eq!(heard, 1);
    assert_eq!(ground.count_audit().await, rows + 1);
    assert_eq!(ground.store.resolutions_of(item.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_rest_waits_for_a_word_and_is_skipped_by_it() {
    let ground = Ground::new().await;
    let proposal = unresolved(&ground, &[1, 2, 3]).await;
    let first = applied(&ground, &proposal.items[0], at(5));
    ground.store.record_resolution(&first).await.unwrap();
    let resumed = ground.again(&proposal).await;
    assert_eq!(resumed.status, ProposalStatus::Applying, "the rest goes on");
    assert_eq!(ground.claim(6).await.unwrap().item.position, 1);
    ground
        .item_events(&proposal, 1, &UNRESOLVED[1..], at(7))
        .await;
    assert!(ground.claim(8).await.is_none(), "the third waits");
    let open = ground.again(&proposal).await;
    let mut skip = says(
        &ground,
        &open.items[1],
        (Resolution::SkipRest, None),
        None,
        at(9),
    );
    skip.skipped = vec![open.items[2].id];
    skip.leaves_rest = true;
    ground.store.record_resolution(&skip).await.unwrap();
    let again = ground.store.record_resolution(&skip).await;
    assert!(matches!(again, Err(StoreError::Changed)), "once");
    let open = ground.again(&proposal).await;
    assert_eq!(open.items[2].progress.state, ItemState::Skipped);
    assert_eq!(open.status, ProposalStatus::NeedsAttention);
    let close = (Resolution::NotApplied, Some(FollowUp::Close));
    let close = says(
        &ground,
        &open.items[1],
        close,
        Some(ItemEvent::LeftByPerson),
        at(10),
    );
    ground.store.record_resolution(&close).await.unwrap();
    let ended = ground.again(&proposal).await;
    assert_eq!(ended.status, ProposalStatus::PartlyApplied);
}

#[tokio::test]
async fn what_is_sent_again_stands_on_the_record_as_the_person_found_it() {
    let ground = Ground::new().await;
    let proposal = unresolved(&ground, &[1]).await;
    let item = &proposal.items[0];
    let again = (Resolution::NotApplied, Some(FollowUp::SendAgain));
    let mut word = says(
        &ground,
        item,
        again,
        Some(ItemEvent::SentAgainByPerson),
        at(5),
    );
    let mut decision = proposal.decision.clone().unwrap();
    decision.round = 2;
    decision.fingerprint = Fingerprint([8; 32]);
    let watched = json!({"first-name": "Somebody else"});
    word.rebase = Some(Box::new(Rebase {
        round: 1,
        watched: watched.clone(),
        pre_image: item.pre_image.clone(),
        decision: decision.clone(),
    }));
    ground.store.record_resolution(&word).await.unwrap();
    let after = ground.again(&proposal).await;
    assert_eq!((after.round, after.status), (2, ProposalStatus::Queued));
    assert_eq!(after.decision, Some(decision));
    assert_eq!(after.fingerprint, Fingerprint([8; 32]));
    assert_eq!(after.items[0].watched, watched);
    assert_eq!(after.items[0].progress.permits, 1);
    assert!(ground.claim(6).await.is_some());
}

/// After a restore several can be given up before the rest waits.
#[tokio::test]
async fn the_rest_goes_on_past_all_that_did_not_end_well_before_it() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2, 3], 1).await;
    let given_up = [
        ItemEvent::Restored,
        ItemEvent::CannotTell,
        ItemEvent::GivenUpByPerson,
    ];
    ground.item_events(&proposal, 0, &given_up, at(2)).await;
    let open = ground.item_events(&proposal, 1, &given_up, at(3)).await;
    assert_eq!(open.status, ProposalStatus::NeedsAttention);
    let word = NewResolution {
        passes_over: true,
        ..says(
            &ground,
            &open.items[1],
            (Resolution::Resume, None),
            None,
            at(4),
        )
    };
    ground.store.record_resolution(&word).await.unwrap();
    let due = ground.claim(5).await.unwrap();
    assert_eq!(due.item.position, 2);
    let late = ground.store.record_resolution(&word).await;
    assert!(matches!(late, Err(StoreError::Changed)));
}

/// Who leaves the rest may still have one sent again that nobody could tell about.
#[tokio::test]
async fn what_a_person_has_sent_again_goes_past_the_rest_that_was_left() {
    let ground = Ground::new().await;
    let proposal = ground.approved(&[1, 2], 1).await;
    let failed = [
        ItemEvent::Restored,
        ItemEvent::CannotTell,
        ItemEvent::LeftByPerson,
    ];
    ground.item_events(&proposal, 0, &failed, at(2)).await;
    let open = ground.item_events(&proposal, 1, &failed[..2], at(3)).await;
    let left = NewResolution {
        leaves_rest: true,
        ..says(
            &ground,
            &open.items[0],
            (Resolution::SkipRest, None),
            None,
            at(4),
        )
    };
    ground.store.record_resolution(&left).await.unwrap();
    let again = (Resolution::NotApplied, Some(FollowUp::SendAgain));
    let event = Some(ItemEvent::SentAgainByPerson);
    let again = says(&ground, &open.items[1], again, event, at(5));
    ground.store.record_resolution(&again).await.unwrap();
    assert_eq!(ground.claim(6).await.unwrap().item.position, 1);
}
