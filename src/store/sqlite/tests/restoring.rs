//! Databases that are older than what was sent from them.

use std::fs;

use super::ground::{Ground, at, change, event, new_id, run};
use crate::domain::{AuditAction, ItemEvent, ItemState, ProposalStatus};
use crate::store::{Accepted, RestoreSign, Store, StoreError};

const SENT: [ItemEvent; 3] = [
    ItemEvent::Claimed,
    ItemEvent::Intended,
    ItemEvent::CarriedOut,
];

/// A ground that knows which installation it is.
async fn ground() -> Ground {
    let ground = Ground::new().await;
    let claimed = ground.store.claim_instance(new_id(), "check", at(0)).await;
    claimed.unwrap();
    ground
}

fn mark(ground: &Ground) -> std::path::PathBuf {
    ground.file().with_file_name("gate.db.mark")
}

async fn sign(ground: &Ground) -> Option<RestoreSign> {
    ground.store.restore_sign().await.unwrap()
}

#[tokio::test]
async fn a_new_database_and_one_that_went_on_are_not_restored() {
    let ground = ground().await;
    assert_eq!(ground.store.look_for_restore().await.unwrap(), None);
    let proposal = ground.approved(&[1], 1).await;
    ground.item_events(&proposal, 0, &SENT, at(2)).await;
    ground.approved(&[2], 3).await;
    assert_eq!(sign(&ground).await, None);
    assert!(!ground.store.is_held_after_restore());
}

#[tokio::test]
async fn the_mark_moves_when_a_send_begins_and_when_it_ends() {
    let ground = ground().await;
    ground.store.look_for_restore().await.unwrap();
    let before = fs::read(mark(&ground)).unwrap();
    let proposal = ground.approved(&[1], 1).await;
    ground.item_events(&proposal, 0, &SENT[..1], at(2)).await;
    assert_eq!(fs::read(mark(&ground)).unwrap(), before);
    ground.item_events(&proposal, 0, &SENT[1..2], at(2)).await;
    let begun = fs::read(mark(&ground)).unwrap();
    assert_ne!(begun, before);
    ground.item_events(&proposal, 0, &SENT[2..], at(3)).await;
    assert_ne!(fs::read(mark(&ground)).unwrap(), begun);
}

/// A copy of the database as it is now, beside the mark as it will be.
async fn copied(ground: &Ground) -> std::path::PathBuf {
    let copy = ground.file().with_file_name("copy.db");
    ground.store.back_up(&copy).await.unwrap();
    copy
}

#[tokio::test]
async fn a_backup_from_before_the_intention_of_a_send_in_flight_is_told() {
    let ground = ground().await;
    ground.store.look_for_restore().await.unwrap();
    let proposal = ground.approved(&[1], 1).await;
    ground.item_events(&proposal, 0, &SENT[..1], at(2)).await;
    let copy = copied(&ground).await;
    ground.item_events(&proposal, 0, &SENT[1..2], at(3)).await;
    fs::copy(mark(&ground), copy.with_file_name("copy.db.mark")).unwrap();
    let restored = Store::open(&copy).await.unwrap();
    let sign = restored.restore_sign().await.unwrap();
    assert!(matches!(sign, Some(RestoreSign::Behind { .. })), "{sign:?}");
}

#[tokio::test]
async fn without_a_mark_nothing_is_sent() {
    let ground = ground().await;
    let proposal = ground.approved(&[1], 1).await;
    ground.item_events(&proposal, 0, &SENT[..1], at(2)).await;
    fs::create_dir_all(mark(&ground).join("in the way")).unwrap();
    let item = ground.again(&proposal).await.items.swap_remove(0);
    let intended = change(&item, SENT[1], at(3));
    assert!(ground.store.change_item(&intended).await.is_err());
}

/// What is accepted by two processes at once is accepted by one.
#[tokio::test]
async fn of_two_processes_that_accept_a_restore_one_acts() {
    let ground = ground().await;
    let proposal = ground.approved(&[1], 1).await;
    let other = Store::open(&ground.file()).await.unwrap();
    let accepted = |second| event(AuditAction::RestoreAccepted, at(second));
    // Both have looked before either may write.
    let mut raw = ground.raw().await;
    run(&mut raw, "BEGIN IMMEDIATE").await;
    let free = async {
        assert!(ground.store.restore_sign().await.unwrap().is_some());
        assert!(other.restore_sign().await.unwrap().is_some());
        run(&mut raw, "COMMIT").await;
    };
    let (one, another, ()) = tokio::join!(
        ground.store.accept_restore(accepted(8)),
        other.accept_restore(accepted(9)),
        free,
    );
    let heard = [one, another];
    let acted = heard.iter().filter(|result| result.is_ok()).count();
    assert_eq!(acted, 1, "{heard:?}");
    let late = heard.iter().find_map(|result| result.as_ref().err());
    assert!(matches!(late, Some(StoreError::Changed)), "{late:?}");
    let item = ground.again(&proposal).await.items.swap_remove(0);
    assert_eq!(item.progress.sends, 1);
    assert_eq!(sign(&ground).await, None);
}

#[tokio::test]
async fn a_mark_that_is_gone_cut_off_ahead_or_of_another_is_a_sign() {
    let ground = ground().await;
    ground.propose(&[1]).await;
    assert_eq!(sign(&ground).await, Some(RestoreSign::MarkMissing));
    fs::write(mark(&ground), "{\"instance\":").unwrap();
    assert_eq!(sign(&ground).await, Some(RestoreSign::MarkMissing));
    let mut noted = serde_json::json!({"instance": new_id(), "number": 1, "hash": "00"});
    fs::write(mark(&ground), noted.to_string()).unwrap();
    assert_eq!(sign(&ground).await, Some(RestoreSign::OtherInstance));
    let instance = ground.store.instance().await.unwrap().unwrap();
    noted["instance"] = serde_json::json!(instance.id);
    fs::write(mark(&ground), noted.to_string()).unwrap();
    assert_eq!(
        sign(&ground).await,
        Some(RestoreSign::Diverged { number: 1 })
    );
    noted["number"] = 1000.into();
    fs::write(mark(&ground), noted.to_string()).unwrap();
    let found = ground.count_audit().await;
    let behind = RestoreSign::Behind { noted: 1000, found };
    assert_eq!(sign(&ground).await, Some(behind));
}

#[tokio::test]
async fn what_waited_is_doubted_and_nothing_is_claimed() {
    let ground = ground().await;
    let queued = ground.approved(&[1], 1).await;
    let behind = ground.approved(&[1], 2).await;
    let bulk = ground.approved(&[2, 3], 3).await;
    assert!(ground.store.look_for_restore().await.unwrap().is_some());
    assert!(ground.store.is_held_after_restore());
    let held = ground.again(&queued).await;
    assert!(
        held.items[0]
            .hold_reason
            .as_ref()
            .unwrap()
            .contains("restored")
    );
    let rows = ground.count_audit().await;
    let accepted = event(AuditAction::RestoreAccepted, at(9));
    let accepted = ground.store.accept_restore(accepted).await.unwrap();
    let expected = Accepted {
        doubted: 4,
        asked: 0,
        marked: 0,
    };
    assert_eq!(accepted, expected);
    assert!(!ground.store.is_held_after_restore());
    assert_eq!(sign(&ground).await, None);
    assert_eq!(ground.count_audit().await, rows + 1);
    for (proposal, state) in [
        (&queued, ItemState::Uncertain),
        (&behind, ItemState::Queued),
        (&bulk, ItemState::Uncertain),
    ] {
        let after = ground.again(proposal).await;
        for item in &after.items {
            assert_eq!(item.progress.state, state);
            assert_eq!(item.progress.sends, 1, "nobody may say it was never sent");
            assert_eq!(
                item.progress.permits, 0,
                "nor send it before it was looked for"
            );
        }
    }
    let checking = ground.again(&queued).await;
    assert_eq!(checking.status, ProposalStatus::Checking);
    assert_eq!(
        checking.items[0].settle_until,
        Some(at(9)),
        "settled already"
    );
    assert!(ground.claim(10).await.is_none());
    let again = event(AuditAction::RestoreAccepted, at(11));
    let again = ground.store.accept_restore(again).await;
    assert!(matches!(again, Err(StoreError::Changed)), "once");
}

#[tokio::test]
async fn creates_that_wait_are_marked_and_those_nobody_can_tell_apart_keep_their_turn() {
    let ground = ground().await;
    let waiting = ground.propose(&[1]).await;
    let first = ground.approved(&[2], 1).await;
    let second = ground.approved(&[2], 2).await;
    let third = ground.approved(&[2], 3).await;
    ground
        .sql(
            "UPDATE items SET class = 'once', operation = 'create';
            UPDATE proposals SET operation = 'create';",
        )
        .await;
    let accepted = event(AuditAction::RestoreAccepted, at(9));
    let accepted = ground.store.accept_restore(accepted).await.unwrap();
    assert_eq!((accepted.asked, accepted.marked), (2, 1));
    let warnings = ground.again(&waiting).await.warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].code,
        crate::domain::WarningCode::MayExistAlready
    );
    let checked = ground.again(&first).await;
    assert_eq!(checked.status, ProposalStatus::Checking);
    for behind in [&second, &third] {
        let behind = ground.again(behind).await;
        assert_eq!(
            behind.status,
            ProposalStatus::Queued,
            "nobody has closed it"
        );
        let why = behind.items[0].hold_reason.clone().unwrap_or_default();
        assert!(why.contains(&format!("#{}", first.number)), "{why}");
    }
    assert!(ground.claim(10).await.is_none());
    assert!(ground.store.doubted_in_turn().await.unwrap().is_empty());
    ground
        .item_events(&first, 0, &[ItemEvent::FoundApplied], at(11))
        .await;
    assert!(ground.claim(12).await.is_none(), "it has no permit");
    let [due] = &ground.store.doubted_in_turn().await.unwrap()[..] else {
        panic!("one at a time");
    };
    assert_eq!(due.proposal.number, second.number);
    let asked = ground
        .item_events(&second, 0, &[ItemEvent::LookedFor], at(13))
        .await;
    assert_eq!(asked.status, ProposalStatus::NeedsAttention);
    assert!(ground.store.doubted_in_turn().await.unwrap().is_empty());
}

/// Another process may be the one that accepts.
#[tokio::test]
async fn a_server_that_holds_everything_back_notices_that_it_was_accepted() {
    let ground = ground().await;
    ground.approved(&[1], 1).await;
    ground.store.look_for_restore().await.unwrap();
    assert!(ground.store.is_still_held().await.unwrap());
    let command = Store::open(&ground.file()).await.unwrap();
    let accepted = event(AuditAction::RestoreAccepted, at(9));
    command.accept_restore(accepted).await.unwrap();
    assert!(!ground.store.is_still_held().await.unwrap());
}
