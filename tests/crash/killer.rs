//! Ends the server again and again, at moments nobody has chosen.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::process::{Home, Process};

/// Starts a server and kills it, so many times; then starts the one that may stay.
pub async fn kill(
    home: &Home,
    kills: u32,
    mut chance: Chance,
    announce: &watch::Sender<Option<String>>,
) -> Process {
    for _ in 0..kills {
        let mut server = Process::start(home);
        if chance.percent(15) {
            // In the middle of its start, where recovery is at work.
            sleep(Duration::from_millis(chance.between(0, 250))).await;
        } else {
            announce.send_replace(Some(address_of(&mut server, home).await));
            sleep(time_to_live(&mut chance)).await;
        }
        announce.send_replace(None);
        server.kill();
    }
    let mut server = Process::start(home);
    announce.send_replace(Some(address_of(&mut server, home).await));
    server
}

async fn address_of(server: &mut Process, home: &Home) -> String {
    let address = server.address().await;
    address.unwrap_or_else(|| panic!("the server did not start: {}", home.last_words()))
}

/// Mostly short; now and then long enough for what is unclear to settle.
fn time_to_live(chance: &mut Chance) -> Duration {
    let millis = if chance.percent(10) {
        chance.between(2000, 4000)
    } else {
        chance.between(50, 600)
    };
    Duration::from_millis(millis)
}
