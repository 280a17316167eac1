//! Agents that ask for more than IT Glue allows, and a server that keeps being killed, so that its
//! bucket is lost each time: an IT Glue that counts a sliding window has no reason to answer 429.
//!
//! The window is shrunk so that several of them fit; where there is time, it is IT Glue's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign::simulator;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::driver::Lane;
use crate::ground::{self, Ground};
use crate::report::{is_long, row};
use crate::scene::Scene;

const LANES: u64 = 8;

/// What is tried.
struct Plan {
    rate: &'static str,
    requests: u32,
    window: Duration,
    restarts: u32,
    /// Between two restarts.
    every: Duration,
}

impl Plan {
    const fn short() -> Self {
        Self {
            rate: "120/5s",
            requests: 120,
            window: Duration::from_secs(5),
            restarts: 15,
            every: Duration::from_secs(4),
        }
    }

    const fn long() -> Self {
        Self {
            rate: "3000/300s",
            requests: 3000,
            window: Duration::from_mins(5),
            restarts: 30,
            every: Duration::from_mins(1),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_often_it_restarts_it_stays_within_the_budget() {
    let plan = if is_long() {
        Plan::long()
    } else {
        Plan::short()
    };
    let simulator = simulator::Settings {
        requests_per_window: plan.requests,
        window: plan.window,
        ..simulator::Settings::default()
    };
    let settings = [("COUNTERSIGN_ITGLUE_RATE", plan.rate)];
    let ground = Ground::prepare_before(simulator, &settings).await;
    let mut scene = Scene::on(ground).await;
    let door = Arc::new(scene.second_door());
    let is_over = Arc::new(AtomicBool::new(false));
    let mut lanes = JoinSet::new();
    for number in 0..LANES {
        let lane = Lane {
            number,
            contacts: scene.contacts.clone(),
            assets: ground::assets(scene.control()),
            chance: Chance::new(number),
            door: Arc::clone(&door),
        };
        lanes.spawn(lane.work(Arc::clone(&is_over)));
    }
    let (begun, first) = (Instant::now(), scene.control().requests().len());
    for _ in 0..plan.restarts {
        sleep(plan.every).await;
        scene.crash().await;
        scene.begin().await;
    }
    let (took, asked) = (begun.elapsed(), scene.control().requests().len() - first);
    is_over.store(true, Ordering::Relaxed);
    let writes: usize = lanes.join_all().await.iter().map(Vec::len).sum();
    let requests = scene.control().requests();
    let refused = requests
        .iter()
        .filter(|one| one.status == Some(429))
        .count();
    // The bucket fills at nine tenths of the rate.
    let allowed = took.as_secs_f64() / plan.window.as_secs_f64() * f64::from(plan.requests) * 0.9;
    let share = f64::from(u32::try_from(asked).unwrap()) / allowed * 100.0;
    row(
        "budget",
        &[
            ("s", usize::try_from(took.as_secs()).unwrap()),
            ("restarts", plan.restarts as usize),
            ("writes", writes),
            ("requests", asked),
            ("% of the budget used", whole(share)),
            ("answers of 429", refused),
        ],
    );
    assert_eq!(refused, 0);
    assert!(share > 50.0, "not saturated: {share} %");
    scene.end_whole().await;
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share in per cent"
)]
fn whole(share: f64) -> usize {
    share as usize
}
