//! SIGTERM in the middle of thirty writes: the server ends with 0 and in time, the next one goes on,
//! and nothing is doubled. As long as it serves, no second one does.

use std::time::{Duration, Instant};

use countersign::simulator::{Fault, FaultKind};
use reqwest::StatusCode;
use serde_json::json;
use tokio::sync::watch;

use crate::door::Door;
use crate::ground::Ground;
use crate::process::Process;
use crate::report::row;
use crate::scene::new_contact;

const WRITES: usize = 30;
/// When it is told to stop.
const UNDER_WAY: usize = 5;
const IN_TIME: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_in_order_and_a_second_server_is_refused() {
    let ground = Ground::prepare(7).await;
    let control = ground.simulator.control();
    control.fault(Fault {
        times: u32::MAX,
        ..Fault::next(FaultKind::Slow { ms: 600 }).on("POST")
    });
    let (announce, address) = watch::channel(None);
    let door = Door::new(address, &ground.tokens);
    let mut server = Process::start(&ground.home);
    announce.send_replace(server.address().await);
    let refusal = ground.home.fails(&["serve", "--json"]);
    assert!(refusal.contains("another server"), "{refusal}");

    let mut ids = Vec::new();
    for number in 0..WRITES {
        let name = format!("stop-{number}");
        let taken = door.proposes(&name, &new_contact(&name)).await;
        let id = taken.body["id"].as_str().unwrap().to_owned();
        let opened = door.opens(&id).await;
        let approval = json!({"fingerprint": opened["fingerprint"]});
        let approved = door.decides(&id, "approve", &approval).await;
        assert_eq!(approved.status, StatusCode::OK, "{approved:#?}");
        ids.push(id);
    }
    let sent = || {
        let requests = control.requests();
        requests.iter().filter(|one| one.method == "POST").count()
    };
    let deadline = Instant::now() + PATIENCE;
    while sent() < UNDER_WAY {
        assert!(Instant::now() < deadline, "nothing is sent");
        tokio::time::sleep(LOOK).await;
    }
    announce.send_replace(None);
    let begun = Instant::now();
    assert_eq!(server.terminate().await, Some(0));
    let took = begun.elapsed();
    assert!(took < IN_TIME, "{took:?}");
    let before = sent();

    let mut server = Process::start(&ground.home);
    announce.send_replace(server.address().await);
    let deadline = Instant::now() + PATIENCE;
    for id in &ids {
        while door.sees(id).await["status"] != "applied" {
            assert!(Instant::now() < deadline, "{:#}", door.sees(id).await);
            tokio::time::sleep(LOOK).await;
        }
    }
    assert_eq!(sent(), WRITES, "each was sent once");
    assert_eq!(server.terminate().await, Some(0));
    row(
        "stopping",
        &[
            ("writes", WRITES),
            ("sent before SIGTERM took effect", before),
            ("ms to the end", usize::try_from(took.as_millis()).unwrap()),
            ("doubled", 0),
            ("second server refused", 1),
        ],
    );
}
