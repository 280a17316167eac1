//! The real server, killed at random moments while approved writes run against an IT Glue that
//! misbehaves. Afterwards the truth of that IT Glue is compared with the database: nothing may be
//! doubled, lost or wrong.
//!
//! `COUNTERSIGN_CRASH_LONG=1` kills a thousand times instead of fifty; `COUNTERSIGN_CRASH_SEED`
//! repeats the choices of a run, though not the moments at which they meet the server.
//!
//! That it bites was tried: a worker that puts a write with an unclear ending back in its queue
//! sends creates twice under the faults below, and one that takes a reset for a failure calls
//! writes failed that are there.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they hold by their names, and fail by panicking"
)]

mod chance;
mod door;
mod driver;
mod ground;
mod killer;
mod process;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign::simulator::Control;
use tokio::sync::watch;
use tokio::task::JoinSet;

use chance::Chance;
use door::Door;
use driver::{Lane, Write};
use ground::Ground;
use verdict::Verdict;

/// So many agents and technicians are at work at a time.
const LANES: u64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_doubled_lost_or_wrong_however_often_the_server_is_killed() {
    let (kills, seed) = (ground::kills(), ground::seed());
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
    println!(
        "{}",
        verdict.table(kills, ground.home.interrupted(), start.elapsed())
    );
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
