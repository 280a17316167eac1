//! Running other programs: what is run is printed, what failed is named, with what to do next.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::paths;

/// A command to run from the root of the repository.
pub struct Step {
    command: Command,
    hint: Option<String>,
}

/// What a command printed, and whether it ended well.
pub struct Heard {
    pub lines: Vec<String>,
    pub is_good: bool,
}

impl Heard {
    /// The one after the other.
    pub fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
        self.is_good &= other.is_good;
    }
}

impl Step {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(paths::root());
        Self {
            command,
            hint: None,
        }
    }

    /// The cargo that runs xtask, so that the same toolchain is used throughout.
    pub fn cargo() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut step = Self::new(cargo);
        // Set by `cargo run` for xtask itself. Some build scripts watch these, and would compile
        // their crate anew each time xtask and plain cargo take turns.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                step.command.env_remove(&name);
            }
        }
        step
    }

    pub fn args<I, S>(mut self, args: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What a person can do when this fails.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn run(mut self) -> Result<()> {
        let line = self.line();
        eprintln!("$ {line}");
        let status = self
            .command
            .status()
            .with_context(|| format!("`{line}` could not be started"))?;
        if status.success() {
            return Ok(());
        }
        match self.hint {
            Some(hint) => bail!("`{line}` failed ({status})\n  {hint}"),
            None => bail!("`{line}` failed ({status}); its own words are above"),
        }
    }

    /// Runs it to its end, good or bad, showing what it prints and keeping it.
    pub fn listen(mut self) -> Result<Heard> {
        let line = self.line();
        eprintln!("$ {line}");
        let failed = || format!("`{line}` could not be started");
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(failed)?;
        let mut lines = Vec::new();
        for line in child
            .stdout
            .take()
            .into_iter()
            .flat_map(|out| BufReader::new(out).lines())
        {
            let line = line?;
            println!("{line}");
            lines.push(line);
        }
        let is_good = child.wait()?.success();
        Ok(Heard { lines, is_good })
    }

    /// Whether it succeeds; its output is not shown.
    pub fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// What it prints, or nothing if it fails.
    pub fn output(mut self) -> Option<String> {
        let output = self.command.stderr(Stdio::null()).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn line(&self) -> String {
        let program = Path::new(self.command.get_program());
        let name = program.file_name().unwrap_or(program.as_os_str());
        let mut line = name.to_string_lossy().into_owned();
        for arg in self.command.get_args() {
            line.push(' ');
            line.push_str(&arg.to_string_lossy());
        }
        line
    }
}
