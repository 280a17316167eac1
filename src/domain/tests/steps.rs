//! What each event makes of each state, and what the items make of their proposal.

use rstest::rstest;

use crate::domain::{ItemClass, ItemEvent, ItemState, Progress, ProposalStatus};

const EVENTS: [ItemEvent; 27] = [
    ItemEvent::Approved,
    ItemEvent::Recalled,
    ItemEvent::Claimed,
    ItemEvent::Released,
    ItemEvent::AlreadyInPlace,
    ItemEvent::RecordGone,
    ItemEvent::PolicyRefused,
    ItemEvent::Drifted,
    ItemEvent::Intended,
    ItemEvent::NotCarriedOut,
    ItemEvent::CarriedOut,
    ItemEvent::Refused { gone: false },
    ItemEvent::Refused { gone: true },
    ItemEvent::EndedUnclear,
    ItemEvent::FoundApplied,
    ItemEvent::FoundUnchanged,
    ItemEvent::CannotTell,
    ItemEvent::Collected,
    ItemEvent::NotCollected,
    ItemEvent::Skipped,
    ItemEvent::Restored,
    ItemEvent::RestoredBehind,
    ItemEvent::LookedFor,
    ItemEvent::FoundByPerson,
    ItemEvent::SentAgainByPerson,
    ItemEvent::LeftByPerson,
    ItemEvent::GivenUpByPerson,
];

fn after(class: ItemClass, events: &[ItemEvent]) -> Progress {
    events.iter().fold(Progress::new(class), |item, event| {
        item.step(*event).unwrap_or_else(|error| panic!("{error}"))
    })
}

const PREPARING: [ItemEvent; 2] = [ItemEvent::Approved, ItemEvent::Claimed];

fn preparing(class: ItemClass, then: &[ItemEvent]) -> Progress {
    after(class, &[&PREPARING, then].concat())
}

/// What may happen in each state, to an item that was never sent before.
#[rstest]
#[case(ItemState::None, &[(ItemEvent::Approved, ItemState::Queued), (ItemEvent::Skipped, ItemState::Skipped)])]
#[case(ItemState::Queued, &[
    (ItemEvent::Recalled, ItemState::None),
    (ItemEvent::Claimed, ItemState::Preparing),
    (ItemEvent::Skipped, ItemState::Skipped),
    (ItemEvent::Restored, ItemState::Uncertain),
    (ItemEvent::RestoredBehind, ItemState::Queued),
])]
#[case(ItemState::Preparing, &[
    (ItemEvent::Recalled, ItemState::None),
    (ItemEvent::Released, ItemState::Queued),
    (ItemEvent::AlreadyInPlace, ItemState::Applied),
    (ItemEvent::RecordGone, ItemState::Failed),
    (ItemEvent::PolicyRefused, ItemState::Failed),
    (ItemEvent::Drifted, ItemState::Unresolved),
    (ItemEvent::Intended, ItemState::Sending),
    (ItemEvent::Restored, ItemState::Uncertain),
])]
#[case(ItemState::Sending, &[
    (ItemEvent::NotCarriedOut, ItemState::Queued),
    (ItemEvent::CarriedOut, ItemState::Applied),
    (ItemEvent::Refused { gone: false }, ItemState::Failed),
    (ItemEvent::Refused { gone: true }, ItemState::Failed),
    (ItemEvent::EndedUnclear, ItemState::Uncertain),
    (ItemEvent::Restored, ItemState::Uncertain),
])]
#[case(ItemState::Uncertain, &[
    (ItemEvent::FoundApplied, ItemState::Applied),
    (ItemEvent::FoundUnchanged, ItemState::Queued),
    (ItemEvent::CannotTell, ItemState::Unresolved),
])]
#[case(ItemState::Unresolved, &[
    (ItemEvent::FoundByPerson, ItemState::Applied),
    (ItemEvent::SentAgainByPerson, ItemState::Queued),
    (ItemEvent::LeftByPerson, ItemState::Failed),
    (ItemEvent::GivenUpByPerson, ItemState::GivenUp),
])]
#[case(ItemState::Applied, &[])]
#[case(ItemState::Failed, &[])]
#[case(ItemState::Skipped, &[])]
#[case(ItemState::GivenUp, &[])]
fn in_each_state_only_this_may_happen(
    #[case] state: ItemState,
    #[case] allowed: &[(ItemEvent, ItemState)],
) {
    let sends = match state {
        ItemState::Sending | ItemState::Uncertain | ItemState::Unresolved => 1,
        _ => 0,
    };
    let permits = match state {
        ItemState::Queued | ItemState::Preparing => 1,
        _ => 0,
    };
    let item = Progress {
        state,
        permits,
        sends,
        ..Progress::new(ItemClass::Set)
    };
    for event in EVENTS {
        let next = item.step(event).ok().map(|next| next.state);
        let expected = allowed.iter().find(|(known, _)| *known == event);
        assert_eq!(
            next,
            expected.map(|(_, next)| *next),
            "{event:?} in {state}"
        );
    }
}

#[test]
fn a_permit_is_used_up_before_anything_leaves() {
    let item = preparing(ItemClass::Set, &[]);
    assert_eq!((item.permits, item.sends, item.attempt), (1, 0, 1));
    let sending = item.step(ItemEvent::Intended).unwrap();
    assert_eq!((sending.permits, sending.sends), (0, 1));
    let without = Progress { permits: 0, ..item };
    assert!(without.step(ItemEvent::Intended).is_err());
    let queued = Progress {
        state: ItemState::Queued,
        ..without
    };
    assert!(queued.step(ItemEvent::Claimed).is_err());
}

#[test]
fn a_send_that_was_not_carried_out_returns_its_permit() {
    let item = preparing(
        ItemClass::Once,
        &[ItemEvent::Intended, ItemEvent::NotCarriedOut],
    );
    assert_eq!(item.state, ItemState::Queued);
    assert_eq!((item.permits, item.sends, item.returns), (1, 0, 0));
    assert!(!item.was_sent());
    assert!(item.step(ItemEvent::Recalled).is_ok());
}

#[rstest]
#[case(ItemClass::Set, ItemState::Queued)]
#[case(ItemClass::Remove, ItemState::Queued)]
#[case(ItemClass::Once, ItemState::Unresolved)]
#[case(ItemClass::Secret, ItemState::Unresolved)]
fn settled_reading_returns_a_permit_once_where_repeating_is_safe(
    #[case] class: ItemClass,
    #[case] state: ItemState,
) {
    let unchanged = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::FoundUnchanged,
    ];
    let item = preparing(class, &unchanged);
    assert_eq!(item.state, state);
    assert_eq!(item.permits, u32::from(state == ItemState::Queued));
    assert!(item.was_sent());
    if state == ItemState::Queued {
        let again = [&unchanged[..], &[ItemEvent::Claimed], &unchanged].concat();
        let item = preparing(class, &again);
        assert_eq!((item.state, item.permits), (ItemState::Unresolved, 0));
    }
}

/// A delete that was sent before and now finds nothing has done its work.
#[test]
fn a_record_that_is_gone_after_a_delete_was_sent_counts_as_deleted() {
    let sent_before = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::FoundUnchanged,
        ItemEvent::Claimed,
    ];
    let gone = [&sent_before[..], &[ItemEvent::RecordGone]].concat();
    assert_eq!(
        preparing(ItemClass::Remove, &gone).state,
        ItemState::Applied
    );
    assert_eq!(preparing(ItemClass::Set, &gone).state, ItemState::Failed);
    let refused = [ItemEvent::Intended, ItemEvent::Refused { gone: true }];
    let refused = [&sent_before[..], &refused].concat();
    assert_eq!(
        preparing(ItemClass::Remove, &refused).state,
        ItemState::Applied
    );
    assert_eq!(preparing(ItemClass::Set, &refused).state, ItemState::Failed);
    let first = [ItemEvent::Intended, ItemEvent::Refused { gone: true }];
    assert_eq!(
        preparing(ItemClass::Remove, &first).state,
        ItemState::Failed
    );
}

#[test]
fn what_may_have_reached_it_glue_is_not_recalled() {
    let returned = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::FoundUnchanged,
    ];
    let item = preparing(ItemClass::Set, &returned);
    assert!(item.step(ItemEvent::Recalled).is_err());
}

#[rstest]
#[case(ItemClass::Remove)]
#[case(ItemClass::Once)]
#[case(ItemClass::Secret)]
fn only_an_update_can_be_in_place_already(#[case] class: ItemClass) {
    assert!(
        preparing(class, &[])
            .step(ItemEvent::AlreadyInPlace)
            .is_err()
    );
}

#[test]
fn drift_leaves_no_permit_behind() {
    let item = preparing(ItemClass::Set, &[ItemEvent::Drifted]);
    assert_eq!((item.state, item.permits), (ItemState::Unresolved, 0));
}

#[test]
fn a_person_can_have_it_sent_once_more() {
    let unresolved = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::CannotTell,
    ];
    let item = preparing(ItemClass::Once, &unresolved);
    let again = item.step(ItemEvent::SentAgainByPerson).unwrap();
    assert_eq!(
        (again.state, again.permits, again.sends),
        (ItemState::Queued, 1, 1)
    );
}

/// The first send may still have had its effect, so nobody may say that nothing was changed.
#[rstest]
#[case(&[ItemEvent::PolicyRefused])]
#[case(&[ItemEvent::RecordGone])]
#[case(&[ItemEvent::Intended, ItemEvent::Refused { gone: false }])]
fn an_open_send_is_never_called_failed(#[case] then: &[ItemEvent]) {
    let again = [
        ItemEvent::Intended,
        ItemEvent::EndedUnclear,
        ItemEvent::CannotTell,
        ItemEvent::SentAgainByPerson,
        ItemEvent::Claimed,
    ];
    let item = preparing(ItemClass::Once, &[&again[..], then].concat());
    assert_eq!((item.state, item.permits), (ItemState::Unresolved, 0));
}

#[test]
fn a_restored_permit_may_have_been_used() {
    for event in [ItemEvent::Approved, ItemEvent::Claimed, ItemEvent::Intended] {
        let events: Vec<_> = [ItemEvent::Approved, ItemEvent::Claimed, ItemEvent::Intended]
            .into_iter()
            .take_while(|earlier| *earlier != event)
            .chain([event, ItemEvent::Restored])
            .collect();
        let item = after(ItemClass::Once, &events);
        assert_eq!(item.state, ItemState::Uncertain);
        assert_eq!((item.permits, item.sends), (0, 1));
    }
}

#[rstest]
#[case(ItemClass::Set, ItemState::Uncertain)]
#[case(ItemClass::Remove, ItemState::Uncertain)]
#[case(ItemClass::Once, ItemState::Unresolved)]
fn what_was_doubted_behind_another_is_never_claimed_but_looked_for(
    #[case] class: ItemClass,
    #[case] then: ItemState,
) {
    let item = after(class, &[ItemEvent::Approved, ItemEvent::RestoredBehind]);
    assert_eq!(
        (item.state, item.permits, item.sends),
        (ItemState::Queued, 0, 1)
    );
    for event in EVENTS {
        let may_happen = matches!(
            event,
            ItemEvent::LookedFor | ItemEvent::Restored | ItemEvent::RestoredBehind
        );
        assert_eq!(item.step(event).is_ok(), may_happen, "{event:?}");
    }
    let item = item.step(ItemEvent::LookedFor).unwrap();
    assert_eq!((item.state, item.permits, item.sends), (then, 0, 1));
    // A backup of it can be put back as well.
    let again = after(class, &[ItemEvent::Approved, ItemEvent::RestoredBehind]);
    let again = again.step(ItemEvent::Restored).unwrap();
    assert_eq!((again.permits, again.sends), (0, 1));
}

#[rstest]
#[case("queued", ProposalStatus::Queued)]
#[case("queued queued", ProposalStatus::Queued)]
#[case("preparing", ProposalStatus::Applying)]
#[case("sending queued", ProposalStatus::Applying)]
#[case("applied queued", ProposalStatus::Applying)]
#[case("applied preparing", ProposalStatus::Applying)]
#[case("uncertain", ProposalStatus::Checking)]
#[case("applied uncertain queued", ProposalStatus::Checking)]
#[case("unresolved", ProposalStatus::NeedsAttention)]
#[case("applied unresolved queued", ProposalStatus::NeedsAttention)]
#[case("applied failed", ProposalStatus::NeedsAttention)]
#[case("applied failed queued", ProposalStatus::NeedsAttention)]
#[case("failed queued", ProposalStatus::NeedsAttention)]
#[case("given_up queued", ProposalStatus::NeedsAttention)]
#[case("applied given_up queued", ProposalStatus::NeedsAttention)]
#[case("applied", ProposalStatus::Applied)]
#[case("applied applied", ProposalStatus::Applied)]
#[case("failed", ProposalStatus::Failed)]
#[case("failed skipped", ProposalStatus::Failed)]
#[case("applied skipped", ProposalStatus::PartlyApplied)]
#[case("given_up", ProposalStatus::ClosedUnknown)]
#[case("applied given_up skipped", ProposalStatus::ClosedUnknown)]
#[case("", ProposalStatus::Queued)]
fn a_proposal_stands_where_its_items_stand(#[case] items: &str, #[case] status: ProposalStatus) {
    let items: Vec<ItemState> = items
        .split_whitespace()
        .map(|name| name.parse().unwrap())
        .collect();
    assert_eq!(ProposalStatus::of_items(&items), status);
}

/// What waits would never be taken up again.
#[test]
fn a_proposal_has_not_ended_while_an_item_has_not() {
    for first in ItemState::ALL {
        for second in ItemState::ALL {
            for third in ItemState::ALL {
                let items = [*first, *second, *third];
                let status = ProposalStatus::of_items(&items);
                let is_open = items
                    .iter()
                    .any(|item| !item.is_final() && *item != ItemState::None);
                assert!(!(is_open && status.is_final()), "{items:?} is {status}");
            }
        }
    }
}

#[test]
fn an_approved_value_is_collected_once_or_not_at_all() {
    let approved = Progress::new(ItemClass::Secret)
        .step(ItemEvent::Approved)
        .unwrap();
    let collected = approved.step(ItemEvent::Collected).unwrap();
    assert_eq!(
        (collected.state, collected.permits),
        (ItemState::Applied, 0)
    );
    assert!(collected.step(ItemEvent::Collected).is_err());
    let too_late = approved.step(ItemEvent::NotCollected).unwrap();
    assert_eq!((too_late.state, too_late.permits), (ItemState::Failed, 0));
    assert!(too_late.step(ItemEvent::Collected).is_err());
    for class in [ItemClass::Set, ItemClass::Remove, ItemClass::Once] {
        let write = Progress::new(class).step(ItemEvent::Approved).unwrap();
        assert!(write.step(ItemEvent::Collected).is_err());
        assert!(write.step(ItemEvent::NotCollected).is_err());
    }
}
