//! A machine's clock that is set an hour or a day forth or back, whatever a proposal is waiting for:
//! nothing expires late, no settle is cut short, nothing is doubled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign::simulator::{Fault, FaultKind};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::ground::Ground;
use crate::report::row;
use crate::scene::{Scene, new_contact, new_title};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const JUMPS: [i64; 4] = [HOUR, -HOUR, DAY, -DAY];
/// A proposal that may wait so long is not there much later.
const EXPIRY: Duration = Duration::from_secs(2);
const NOT_MUCH_LATER: Duration = Duration::from_secs(20);
const MARK: &str = "clock-mark";
const AT_A_TIME: usize = 8;

/// What the proposal waits for when the clock jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pending,
    Held,
    Queued,
    Preparing,
    Sending,
    Uncertain,
    Unresolved,
    NotReadBack,
}

const STANDINGS: [Standing; 8] = [
    Standing::Pending,
    Standing::Held,
    Standing::Queued,
    Standing::Preparing,
    Standing::Sending,
    Standing::Uncertain,
    Standing::Unresolved,
    Standing::NotReadBack,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_lets_nothing_expire_late_and_no_settle_be_cut_short() {
    let template = Arc::new(Ground::prepare(0).await);
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let mut trials = JoinSet::new();
    for standing in STANDINGS {
        for jump in JUMPS {
            let (places, template) = (Arc::clone(&places), Arc::clone(&template));
            trials.spawn(async move {
                let _place = places.acquire_owned().await.unwrap();
                jumps(&template, standing, jump).await;
            });
        }
    }
    let tried = trials.join_all().await.len();
    let found = [
        ("jumps", tried),
        ("cut short", 0),
        ("late", 0),
        ("doubled", 0),
    ];
    row("clock", &found);
}

async fn jumps(template: &Ground, standing: Standing, jump: i64) {
    let hold = match standing {
        Standing::Held | Standing::Preparing => "1",
        Standing::Pending
        | Standing::Queued
        | Standing::Sending
        | Standing::Uncertain
        | Standing::Unresolved
        | Standing::NotReadBack => "0",
    };
    let settings = [
        ("COUNTERSIGN_HOLD_SECONDS", hold),
        ("COUNTERSIGN_SETTLE_SECONDS", "4"),
    ];
    let scene = Scene::on(template.copy(1, &settings).await).await;
    if standing == Standing::Pending {
        expires_in_time(&scene, jump).await;
        return scene.end_whole().await;
    }
    let id = bring(&scene, standing).await;
    scene.clock.set_machine(jump);
    let seen = after(&scene, standing, &id).await;
    // An approval that is a day old goes back to people, unless it was carried out before.
    let may_return = jump == DAY
        && matches!(
            standing,
            Standing::Held | Standing::Queued | Standing::Preparing
        );
    let found = (seen["status"].as_str().unwrap(), scene.effects(MARK));
    let is_good = found == ("applied", 1) || may_return && found == ("pending", 0);
    assert!(is_good, "{standing:?}, {jump} ms: {found:?}, {seen:#}");
    scene.end_whole().await;
}

/// It expires when its time is over, however far back the machine's clock is, and at once if that is
/// ahead.
async fn expires_in_time(scene: &Scene, jump: i64) {
    let mut proposal = new_title(scene.contacts[0], MARK);
    proposal["expires_in_seconds"] = json!(EXPIRY.as_secs());
    let id = scene.proposes(MARK, &proposal).await;
    scene.clock.set_machine(jump);
    let begun = Instant::now();
    scene
        .until(&id, "expired", |seen| seen["status"] == "expired")
        .await;
    assert!(begun.elapsed() < NOT_MUCH_LATER, "{:?}", begun.elapsed());
    assert_ne!(scene.approves(&id).await.status, StatusCode::OK);
    assert_eq!(scene.writes(), 0);
}

/// A proposal that has come as far as that.
async fn bring(scene: &Scene, standing: Standing) -> String {
    let control = scene.control();
    let change = new_title(scene.contacts[0], MARK);
    let status = |wanted: &'static str| move |seen: &Value| seen["status"] == wanted;
    match standing {
        Standing::Pending => unreachable!("it is tried by itself"),
        Standing::Held => scene.approved(MARK, &change).await,
        Standing::Queued => {
            scene.pause().await;
            scene.approved(MARK, &change).await
        }
        Standing::Preparing => {
            let id = scene.approved(MARK, &change).await;
            let reads = control.requests().len();
            control.fault(Fault::next(FaultKind::Slow { ms: 500 }).on("GET"));
            let deadline = Instant::now() + NOT_MUCH_LATER;
            while control.requests().len() == reads {
                assert!(Instant::now() < deadline, "never read before the write");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            id
        }
        Standing::Sending => {
            control.fault(Fault::next(FaultKind::Slow { ms: 500 }).on("PATCH"));
            let id = scene.approved(MARK, &change).await;
            scene
                .until_received("a write", |one| one.method == "PATCH")
                .await;
            id
        }
        Standing::Uncertain => {
            let late = FaultKind::ApplyAfterClientLeft { ms: 1500 };
            control.fault(Fault::next(late).on("POST"));
            let id = scene.approved(MARK, &new_contact(MARK)).await;
            scene.until(&id, "being checked", status("checking")).await;
            id
        }
        Standing::Unresolved => {
            control.fault(Fault::next(FaultKind::ResetBefore).on("POST"));
            let id = scene.approved(MARK, &new_contact(MARK)).await;
            let asked = status("needs_attention");
            scene.until(&id, "before a person", asked).await;
            id
        }
        Standing::NotReadBack => {
            let id = scene.proposes(MARK, &change).await;
            control.fault(Fault::next(FaultKind::Slow { ms: 300 }).on("PATCH"));
            assert_eq!(scene.approves(&id).await.status, StatusCode::OK);
            scene
                .until_received("a write", |one| one.method == "PATCH")
                .await;
            control.fault(Fault::next(FaultKind::ResetBefore).on("GET"));
            scene.until(&id, "applied", status("applied")).await;
            id
        }
    }
}

/// How it goes on, to its end.
async fn after(scene: &Scene, standing: Standing, id: &str) -> Value {
    match standing {
        Standing::Queued => scene.resume().await,
        Standing::Unresolved => {
            let word = json!({
                "item": 0, "resolution": "not_applied", "then": "send_again",
                "reason": "it is not there",
            });
            let said = scene.door.decides(id, "resolve", &word).await;
            assert_eq!(said.status, StatusCode::OK, "{said:#?}");
        }
        Standing::Pending
        | Standing::Held
        | Standing::Preparing
        | Standing::Sending
        | Standing::Uncertain
        | Standing::NotReadBack => {}
    }
    scene.rested(id).await
}
