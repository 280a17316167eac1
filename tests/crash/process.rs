//! The program as a process: started, killed, told to stop.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use countersign::server::settings::{Environment, Settings, SettingsArgs};
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::{JoinHandle, spawn_blocking};

/// A folder with the data of one installation, and the settings that go with it.
pub struct Home {
    folder: TempDir,
    variables: BTreeMap<&'static str, String>,
}

/// A server at work.
pub struct Process {
    child: Child,
    first_line: Option<JoinHandle<String>>,
}

impl Home {
    /// With settings other than usual here.
    pub fn with(other: &[(&'static str, &str)]) -> Self {
        let all = variables().into_iter().chain(other.iter().copied());
        Self {
            folder: TempDir::new().unwrap(),
            variables: all.map(|(key, value)| (key, value.to_owned())).collect(),
        }
    }

    pub fn settings(&self) -> Settings {
        let environment: Environment = self
            .variables
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        Settings::load(&SettingsArgs::default(), &environment, self.path()).unwrap()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command to its end, which has to be a good one.
    #[track_caller]
    pub fn succeeds(&self, args: &[&str]) {
        let output = self.command(args).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {out}{err}");
    }

    /// Runs a command that has to end badly; gives what it says to the person.
    #[track_caller]
    pub fn fails(&self, args: &[&str]) -> String {
        let output = self.command(args).output().unwrap();
        assert!(!output.status.success(), "{args:?} has ended well");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// How many writes a start has found in the middle of being carried out.
    pub fn interrupted(&self) -> usize {
        self.written()
            .matches("an interrupted item was found")
            .count()
    }

    /// The end of what the servers wrote to standard error.
    pub fn last_words(&self) -> String {
        let log = self.written();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }

    fn written(&self) -> String {
        std::fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    fn log(&self) -> File {
        let mut options = OpenOptions::new();
        let options = options.create(true).append(true);
        options.open(self.path().join("log")).unwrap()
    }
}

fn variables() -> [(&'static str, &'static str); 10] {
    [
        ("COUNTERSIGN_LISTEN", "127.0.0.1:0"),
        ("COUNTERSIGN_LOG", "warn"),
        ("COUNTERSIGN_HOLD_SECONDS", "0"),
        ("COUNTERSIGN_SETTLE_SECONDS", "2"),
        ("COUNTERSIGN_REQUEST_TIMEOUT", "1"),
        // The longer the window, the later after a start the first reads.
        ("COUNTERSIGN_ITGLUE_RATE", "10000/1s"),
        ("COUNTERSIGN_TOKEN_RATE", "600000/60s"),
        ("COUNTERSIGN_TOKEN_WAITING", "100000"),
        ("COUNTERSIGN_ALLOW_BASE_URL", "1"),
        ("COUNTERSIGN_SECOND_FACTOR", "off"),
    ]
}

impl Process {
    pub fn start(home: &Home) -> Self {
        let mut child = home
            .command(&["serve", "--json"])
            .stdout(Stdio::piped())
            .stderr(home.log())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let first_line = spawn_blocking(move || {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            line
        });
        Self {
            child,
            first_line: Some(first_line),
        }
    }

    /// Where it listens, once it does; none if it ended before.
    pub async fn address(&mut self) -> Option<String> {
        let line = self.first_line.take()?.await.unwrap();
        let document: Value = serde_json::from_str(&line).ok()?;
        document["address"].as_str().map(str::to_owned)
    }

    /// Ends it in the middle of whatever it does: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end; gives its exit code.
    pub async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        let ended = spawn_blocking(move || self.child.wait().unwrap().code());
        ended.await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already unless a test failed.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
