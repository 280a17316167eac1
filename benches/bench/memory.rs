//! What the server holds in memory after ten thousand proposals, against its start.

use std::sync::Arc;

use crate::figures::Figure;
use crate::ground::Ground;
use crate::intake;
use crate::process::Process;

const PROPOSALS: usize = 10_000;

pub async fn measure() -> Vec<Figure> {
    let ground = Arc::new(Ground::prepare().await);
    let process = Process::start(&ground, &[]);
    let before = process.resident_kilobytes() / 1024.0;
    let address = process.address.clone();
    let proposing = Arc::clone(&ground);
    intake::send(0, PROPOSALS, move |n| proposing.propose(&address, n)).await;
    let after = process.resident_kilobytes() / 1024.0;
    vec![Figure::new("memory, 10,000 proposals later", "MB", after).against(before)]
}
