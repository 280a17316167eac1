//! What the server holds in memory after ten thousand proposals, against its start.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use serde_json::Value;

use crate::figures::Figure;
use crate::ground::{Ground, variables};
use crate::intake;

const PROPOSALS: usize = 10_000;

pub async fn measure() -> Vec<Figure> {
    let ground = Arc::new(Ground::prepare().await);
    let process = Process::start(&ground);
    let before = process.resident_megabytes();
    let address = process.address.clone();
    let proposing = Arc::clone(&ground);
    intake::send(0, PROPOSALS, move |n| proposing.propose(&address, n)).await;
    let after = process.resident_megabytes();
    vec![Figure::new("memory, 10,000 proposals later", "MB", after).against(before)]
}

/// The server as a process of its own, so that its memory is its own.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(ground: &Ground) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--json"])
            .current_dir(ground.path())
            .env_clear()
            .envs(variables())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let document: Value = serde_json::from_str(&line).unwrap();
        let address = document["address"].as_str().unwrap().to_owned();
        Self { child, address }
    }

    fn resident_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
