//! A server in demo mode to try things against, which ends with whoever started it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::paths;
use crate::process::Step;

/// One running server, with data of its own.
pub struct Serving {
    child: Child,
    data: PathBuf,
    program: PathBuf,
    demo: Value,
}

impl Serving {
    /// Starts the release build on a free port, with these settings beside those of a demo.
    pub fn start(name: &str, settings: &[(&str, &str)]) -> Result<Self> {
        let data = paths::target().join("tmp").join(name);
        if data.exists() {
            fs::remove_dir_all(&data).context("clearing the data of an earlier run")?;
        }
        let program = paths::binary("release");
        let mut child = Command::new(&program)
            .args(["serve", "--demo", "--json", "--data-dir"])
            .arg(&data)
            .env("COUNTERSIGN_LISTEN", free_address()?)
            .env("COUNTERSIGN_LOG", "warn")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let mut line = String::new();
        let out = child.stdout.take().context("its output is piped")?;
        let heard = BufReader::new(out).read_line(&mut line);
        let mut serving = Self {
            child,
            data,
            program,
            demo: Value::Null,
        };
        heard.context("the server said nothing")?;
        serving.demo = serde_json::from_str(&line).context("the server did not start")?;
        Ok(serving)
    }

    /// Something that it said when it started, such as `/agent/token`.
    pub fn said(&self, pointer: &str) -> Result<&str> {
        self.demo
            .pointer(pointer)
            .and_then(Value::as_str)
            .with_context(|| format!("the demo does not say {pointer}"))
    }

    /// A token of one of its people, `administrator` or `technician`.
    pub fn token_of(&self, person: &str, scopes: &str) -> Result<String> {
        let email = self.said(&format!("/{person}/email"))?;
        let made = Step::new(&self.program)
            .args(["user", "token", "create", "--json", "--name", "tests"])
            .args(["--email", email, "--scope", scopes, "--data-dir"])
            .args([&self.data])
            .output()
            .with_context(|| format!("no token could be made for {email}"))?;
        let made: Value = serde_json::from_str(&made)?;
        let token = made.get("token").and_then(Value::as_str);
        Ok(token.context("there is no token in the answer")?.to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It is a demo: nothing of it is kept, so there is nothing to end in order.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Links name the address, so it has to be known before the server listens.
fn free_address() -> Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}
