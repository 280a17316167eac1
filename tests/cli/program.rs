//! Starts the program in a folder of its own, with an environment of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The key that the simulator takes.
pub const KEY: &str = "ITG.simulator.5f1c0de00000000000000000000000d0";

/// A machine with nothing on it but the program.
pub struct Home {
    folder: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

/// A command that has ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: vec![("COUNTERSIGN_ALLOW_BASE_URL", "1")],
        }
    }

    /// Without any settings.
    pub fn bare() -> Self {
        Self {
            variables: Vec::new(),
            ..Self::new()
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, "")
    }

    /// With this on standard input.
    pub fn run_with(&self, args: &[&str], input: &str) -> Ended {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that does not read has closed it already.
        let _written = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one document of a command that works.
    pub fn json(&self, args: &[&str]) -> Value {
        self.json_with(args, "")
    }

    pub fn json_with(&self, args: &[&str], input: &str) -> Value {
        let ended = self.run_with(&[args, &["--json"]].concat(), input);
        assert_eq!(ended.code, 0, "{args:?}: {}", ended.err);
        ended.document()
    }

    /// A command that goes on, and the document it begins with.
    pub fn start(&self, args: &[&str]) -> Started {
        let mut child = self
            .command(&[args, &["--json"]].concat())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let document = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut err = String::new();
            let _read = child.stderr.take().unwrap().read_to_string(&mut err);
            panic!("{args:?} did not start: {err}");
        });
        Started { child, document }
    }

    pub fn simulator(&self) -> Started {
        self.start(&["simulate-itglue", "--listen", "127.0.0.1:0"])
    }

    pub fn serve(&self) -> Started {
        self.start(&["serve", "--listen", "127.0.0.1:0"])
    }

    /// The connection `main` to this simulator.
    pub fn connect(&self, simulator: &Started) -> Value {
        let address = simulator.text("address");
        let args = [
            "connection",
            "create",
            "--name",
            "main",
            "--region",
            "us",
            "--base-url",
            address,
            "--api-key-stdin",
        ];
        self.json_with(&args, &format!("{KEY}\n"))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Ended {
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// That the command ended with 1 and these words.
    #[track_caller]
    pub fn complains(&self, words: &[&str]) {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "no `{word}` in: {}", self.err);
        }
    }
}

/// A command that goes on until it is told to stop, or dropped.
pub struct Started {
    child: Child,
    pub document: Value,
}

impl Started {
    pub fn text(&self, member: &str) -> &str {
        self.document[member].as_str().unwrap()
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM; gives the exit code and how long it took.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let start = Instant::now();
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        let status = self.child.wait().unwrap();
        (status.code(), start.elapsed())
    }

    /// Sends SIGTERM; gives what was written to standard error.
    pub fn stop_and_read_log(mut self) -> String {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        let mut log = String::new();
        let mut err = self.child.stderr.take().unwrap();
        err.read_to_string(&mut log).unwrap();
        log
    }

    /// Status and body of a request to its address.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.request(&format!("GET {path} HTTP/1.1"), "", "")
    }

    /// Status and body of a proposal made with an agent's token.
    pub fn propose(&self, token: &str, proposal: &Value) -> (u16, String) {
        let body = proposal.to_string();
        let headers = format!(
            "authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        self.request("POST /api/v1/proposals HTTP/1.1", &headers, &body)
    }

    fn request(&self, line: &str, headers: &str, body: &str) -> (u16, String) {
        let address = self.text("address").strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{line}\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
        (status, body)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}
