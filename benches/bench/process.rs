//! The server as a process of its own, so that its memory is its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::ground::{Ground, variables};

/// Ends when it is dropped.
pub struct Process {
    child: Child,
    pub address: String,
}

impl Process {
    /// Serves what stands on this ground, with these variables beside the usual ones.
    pub fn start(ground: &Ground, more: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--json"])
            .current_dir(ground.path())
            .env_clear()
            .envs(variables())
            .envs(more.iter().copied())
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

    pub fn resident_kilobytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A port on which nobody listens.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
