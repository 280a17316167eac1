//! The chain: whole, only growing, and telling when somebody was at it.

use serde_json::json;
use sqlx::SqliteConnection;

use super::ground::{Ground, at, change, event, new_id, returned, run};
use crate::domain::{
    Actor, AgentId, AuditAction, AuditEvent, ItemEvent, SessionId, TokenId, UserId,
};
use crate::store::{AuditFault, AuditHead};

const ROWS: i64 = 100;
const DROP_TRIGGERS: &str = "DROP TRIGGER audit_only_grows;
    DROP TRIGGER audit_is_never_changed;
    DROP TRIGGER audit_is_never_deleted;";

/// The next of a fixed series of numbers below this one.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        i64::try_from(mixed % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn actor(number: i64) -> Actor {
    let session = (number % 2 == 0).then(|| SessionId(new_id()));
    match number % 4 {
        0 | 1 => Actor::Person {
            id: UserId(new_id()),
            session,
            token: None,
        },
        2 => Actor::Agent {
            id: AgentId(new_id()),
            token: TokenId(new_id()),
        },
        _ => Actor::Worker,
    }
}

async fn with_chain() -> (Ground, AuditHead) {
    let ground = Ground::new().await;
    for number in ground.count_audit().await..ROWS {
        let told = AuditEvent::new(at(number), actor(number), AuditAction::Viewed)
            .on("proposal", number)
            .with(json!({"number": number, "word": "grün", "list": [1, {"b": 2, "a": null}]}))
            .from((number % 3 == 0).then(|| "192.0.2.7".to_owned()));
        ground.store.record_event(&told).await.unwrap();
    }
    let head = verified(&ground).await.unwrap();
    assert_eq!(head, ground.store.audit_head().await.unwrap());
    assert_eq!(head.number, ROWS);
    (ground, head)
}

async fn verified(ground: &Ground) -> Result<AuditHead, AuditFault> {
    ground.store.verify_audit().await.unwrap()
}

async fn refuses(ground: &Ground, statement: &str) {
    let mut raw = ground.raw().await;
    let statement = statement.to_owned();
    let done = tokio::spawn(async move { run(&mut raw, &statement).await }).await;
    assert!(done.is_err());
}

#[tokio::test]
async fn an_empty_chain_is_whole() {
    let ground = Ground::new().await;
    ground.sql(DROP_TRIGGERS).await;
    ground.sql("DELETE FROM audit").await;
    assert_eq!(verified(&ground).await.unwrap().number, 0);
}

#[tokio::test]
async fn rows_are_only_added_at_the_end() {
    let (ground, head) = with_chain().await;
    let copy = "INTO audit SELECT {n}, at, actor, actor_id, credential, address, action, subject,
        subject_id, '{}', previous_hash, hash FROM audit WHERE number = 7";
    for statement in [
        "UPDATE audit SET at = 1 WHERE number = 7",
        "DELETE FROM audit WHERE number = 100",
        "DELETE FROM audit",
        "UPDATE OR REPLACE audit SET number = 8 WHERE number = 7",
        &format!("INSERT OR REPLACE {}", copy.replace("{n}", "7")),
        &format!("REPLACE {}", copy.replace("{n}", "100")),
        &format!("INSERT {}", copy.replace("{n}", "0")),
        &format!("INSERT {}", copy.replace("{n}", "-1")),
        &format!("INSERT {}", copy.replace("{n}", "102")),
    ] {
        refuses(&ground, statement).await;
    }
    assert_eq!(verified(&ground).await, Ok(head));
}

/// One manipulation and the first row it spoils.
fn manipulation(dice: &mut Dice) -> (String, i64) {
    const TEXTS: [&str; 5] = ["actor", "address", "action", "subject_id", "details"];
    const BLOBS: [&str; 4] = ["actor_id", "credential", "hash", "previous_hash"];
    let row = 1 + dice.below(ROWS);
    match dice.below(9) {
        0 => {
            let by = 1 + dice.below(1000);
            (
                format!("UPDATE audit SET at = at + {by} WHERE number = {row}"),
                row,
            )
        }
        1 | 2 => {
            let column = TEXTS[usize::try_from(dice.below(5)).unwrap()];
            // As text, as bytes that are no text, and as nothing that can be seen.
            let value = ["'x'", "CAST(x'ff' AS TEXT)", "CAST(x'00' AS TEXT)"];
            let value = value[usize::try_from(dice.below(3)).unwrap()];
            let added = format!("CAST(coalesce({column}, '') || {value} AS TEXT)");
            (
                format!("UPDATE audit SET {column} = {added} WHERE number = {row}"),
                row,
            )
        }
        3 | 4 => {
            let column = BLOBS[usize::try_from(dice.below(4)).unwrap()];
            let length = [1, 16, 32, 33][usize::try_from(dice.below(4)).unwrap()];
            let set = format!("{column} = randomblob({length})");
            (format!("UPDATE audit SET {set} WHERE number = {row}"), row)
        }
        5 => (format!("DELETE FROM audit WHERE number = {row}"), row),
        6 => {
            let other = 1 + dice.below(ROWS);
            if row == other {
                return manipulation(dice);
            }
            let swap = format!(
                "UPDATE audit SET number = -{row} WHERE number = {row};
                UPDATE audit SET number = {row} WHERE number = {other};
                UPDATE audit SET number = {other} WHERE number = -{row}"
            );
            (swap, row.min(other))
        }
        7 => {
            // In between: all later rows move up.
            let insert = format!(
                "UPDATE audit SET number = -number - 1 WHERE number >= {row};
                UPDATE audit SET number = -number WHERE number < 0;
                {}",
                copy_of(ROWS / 2, row)
            );
            (insert, row)
        }
        _ => {
            let outside = [0, -1, -dice.below(1_000_000), ROWS + 1];
            let number = outside[usize::try_from(dice.below(4)).unwrap()];
            (copy_of(row, number), number)
        }
    }
}

fn copy_of(row: i64, number: i64) -> String {
    format!(
        "INSERT INTO audit SELECT {number}, at + 1, actor, actor_id, credential, address, action,
            subject, subject_id, details, previous_hash, hash
        FROM audit WHERE number = (SELECT max(number) FROM audit WHERE number <= {row})"
    )
}

async fn restore(raw: &mut SqliteConnection) {
    run(
        raw,
        "BEGIN; DELETE FROM audit; INSERT INTO audit SELECT * FROM whole; COMMIT",
    )
    .await;
}

#[tokio::test]
async fn a_thousand_manipulations_are_found_and_named() {
    let (ground, head) = with_chain().await;
    let mut raw = ground.raw().await;
    run(&mut raw, DROP_TRIGGERS).await;
    run(
        &mut raw,
        "PRAGMA synchronous = OFF; CREATE TEMP TABLE whole AS SELECT * FROM audit",
    )
    .await;
    let mut dice = Dice(1);
    for _ in 0..1000 {
        let (statements, first_bad) = manipulation(&mut dice);
        run(&mut raw, &format!("BEGIN; {statements}; COMMIT")).await;
        match verified(&ground).await {
            Err(fault) => assert_eq!(fault.number, first_bad, "{statements}"),
            // A tail that was cut off is found by the head that was noted before.
            Ok(found) => {
                assert_ne!(found, head, "{statements}");
                assert_eq!(found.number + 1, first_bad, "{statements}");
            }
        }
        restore(&mut raw).await;
    }
    assert_eq!(verified(&ground).await, Ok(head));
}

const FAILS: &str = "CREATE TRIGGER audit_fails BEFORE INSERT ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit cannot be written'); END";

#[tokio::test]
async fn without_its_audit_row_nothing_changes() {
    let ground = Ground::new().await;
    let pending = ground.propose(&[1]).await;
    let approved = ground.approved(&[2], 1).await;
    let claimed = ground.claim(2).await.unwrap().item;
    ground.approved(&[3], 1).await;
    let applying = ground.again(&approved).await;
    let head = ground.store.audit_head().await.unwrap();
    ground.sql(FAILS).await;

    let draft = ground.draft(&[4]);
    assert!(ground.record(&draft).await.is_err());
    assert_eq!(ground.store.proposal(draft.id).await.unwrap(), None);

    assert!(ground.approve(&pending, at(3)).await.is_err());
    let withdrawn = event(AuditAction::Withdrawn, at(3));
    assert!(ground.store.withdraw(pending.id, &withdrawn).await.is_err());
    assert!(ground.store.expire_proposals(at(9999)).await.is_err());
    assert_eq!(ground.again(&pending).await, pending);

    let mut intended = change(&claimed, ItemEvent::Intended, at(3));
    intended.attempt_start = Some(super::changing::attempt_start());
    assert!(ground.store.change_item(&intended).await.is_err());
    let returned = returned(&applying, at(3));
    assert!(ground.store.return_to_people(&returned).await.is_err());
    assert_eq!(ground.again(&approved).await, applying);

    assert!(ground.store.claim_next(at(3), &[]).await.is_err());
    assert_eq!(ground.store.audit_head().await.unwrap(), head);
    ground.sql("DROP TRIGGER audit_fails").await;
    assert!(ground.claim(3).await.is_some());
}
