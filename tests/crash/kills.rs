//! The real server, killed at random moments while approved writes run against an IT Glue that
//! misbehaves. Afterwards the truth of that IT Glue is compared with the database: nothing may be
//! doubled, lost or wrong.
//!
//! That it bites was tried: a worker that puts a write with an unclear ending back in its queue
//! sends creates twice under the faults below, and one that takes a reset for a failure calls
//! writes failed that are there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign::simulator::Control;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::door::Door;
use crate::driver::{self, Lane, Write};
use crate::ground::{self, Ground};
use crate::killer;
use crate::report::figure;
use crate::verdict::Verdict;

const KILLS: u32 = 100;
const MANY_KILLS: u32 = 20_000;
/// So many agents and technicians are at work at a time.
const LANES: u64 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_doubled_lost_or_wrong_however_often_the_server_is_killed() {
    let (kills, seed) = (figure(KILLS, MANY_KILLS), ground::seed());
    println!("seed {seed}: COUNTERSIGN_CRASH_SEED={seed} repeats its choices");
    let start = Instant::now();
    let ground = Ground::prepare(seed).await;
    let (announce, address) = watch::channel(None);
    let door = Arc::new(Door::new(address, &ground.tokens));

    let control = ground.simulator.control();
    ground::misbehave(control);
    let is_over = Arc::new(AtomicBool::new(false));
    let lanes = start_lanes(seed, &door, control, &is_over);
    let server = killer::kill(&ground.home, kills, Chance::new(seed), &announce).await;
    is_over.store(true, Ordering::Relaxed);
    let writes: Vec<Write> = lanes.join_all().await.into_iter().flatten().collect();
    control.clear_faults();

    let patience = Duration::from_mins(1) + Duration::from_millis(500) * kills;
    let proposals = driver::wait_for_quiet(&door, Instant::now() + patience).await;
    assert_eq!(server.terminate().await, Some(0), "SIGTERM ends with 0");
    ground.home.succeeds(&["audit", "verify"]);
    ground.home.succeeds(&["check"]);

    let verdict = Verdict::over(&writes, &proposals, control);
    verdict.report(kills, ground.home.interrupted());
    println!("{kills} kills in {} s", start.elapsed().as_secs());
    assert!(
        verdict.faults.is_empty(),
        "seed {seed}, {} faults:\n{}\nlast words of the server:\n{}",
        verdict.faults.len(),
        verdict.faults.join("\n"),
        ground.home.last_words(),
    );
    assert!(
        verdict.applied > 0,
        "nothing was applied, so nothing was tried"
    );
}

fn start_lanes(
    seed: u64,
    door: &Arc<Door>,
    control: &Control,
    is_over: &Arc<AtomicBool>,
) -> JoinSet<Vec<Write>> {
    let (contacts, assets) = (ground::contacts(control), ground::assets(control));
    let mut lanes = JoinSet::new();
    for number in 0..LANES {
        let lane = Lane {
            number,
            contacts: contacts.clone(),
            assets: assets.clone(),
            chance: Chance::new(seed ^ (number + 1)),
            door: Arc::clone(door),
        };
        lanes.spawn(lane.work(Arc::clone(is_over)));
    }
    lanes
}
