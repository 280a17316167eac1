//! Databases that are older than what was sent from them.

use std::fs;

use super::ground::{Ground, at, event, new_id};
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
async fn the_mark_moves_when_a_send_ends() {
    let ground = ground().await;
    ground.store.look_for_restore().await.unwrap();
    let before = fs::read(mark(&ground)).unwrap();
    let proposal = ground.approved(&[1], 1).await;
    ground.item_events(&proposal, 0, &SENT[..2], at(2)).await;
    assert_eq!(fs::read(mark(&ground)).unwrap(), before);
    ground.item_events(&proposal, 0, &SENT[2..], at(3)).await;
    assert_ne!(fs::read(mark(&ground)).unwrap(), before);
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
        given_up: 0,
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
            assert_eq!(item.progress.permits, u32::from(state == ItemState::Queued));
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
async fn creates_that_wait_are_marked_and_those_nobody_can_tell_apart_are_closed() {
    let ground = ground().await;
    let waiting = ground.propose(&[1]).await;
    let first = ground.approved(&[2], 1).await;
    let second = ground.approved(&[2], 2).await;
    ground
        .sql(
            "UPDATE items SET class = 'once', operation = 'create';
            UPDATE proposals SET operation = 'create';",
        )
        .await;
    let accepted = event(AuditAction::RestoreAccepted, at(9));
    let accepted = ground.store.accept_restore(accepted).await.unwrap();
    assert_eq!((accepted.given_up, accepted.marked), (1, 1));
    let warnings = ground.again(&waiting).await.warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(
        warnings[0].code,
        crate::domain::WarningCode::MayExistAlready
    );
    let first = ground.again(&first).await;
    assert_eq!(first.status, ProposalStatus::Checking);
    let second = ground.again(&second).await;
    assert_eq!(second.status, ProposalStatus::ClosedUnknown);
    assert_eq!(second.items[0].progress.permits, 0);
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
