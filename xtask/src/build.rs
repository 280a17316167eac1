//! The program: front end first, because the server embeds it.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::paths;
use crate::process::Step;
use crate::site::{self, Mode};

/// One self-contained file, `target/release/countersign`.
pub fn build() -> Result<()> {
    site::site(Mode::Release)?;
    server("release")?;
    let size = fs::metadata(paths::binary("release"))?.len();
    eprintln!(
        "xtask: target/release/countersign {:.1} MB, front end {}",
        megabytes(size),
        site::describe()?,
    );
    Ok(())
}

pub fn run(args: &[String]) -> Result<()> {
    build()?;
    start("release", args)
}

pub fn dev(args: &[String]) -> Result<()> {
    site::site(Mode::Debug)?;
    server("debug")?;
    start("debug", args)
}

fn server(profile: &str) -> Result<()> {
    let step = Step::cargo().args([
        "build",
        "--features",
        "ssr",
        "--locked",
        "--bin",
        "countersign",
    ]);
    match profile {
        // Read at compile time by `server/site.rs`: a new front end is a reason to embed again.
        "release" => step
            .args(["--release"])
            .env("COUNTERSIGN_SITE", site::hash()?)
            .run(),
        // A debug build reads the front end from the folder when it starts.
        _ => step.run(),
    }
}

/// Becomes the server, so that Ctrl-C and exit codes are its own.
fn start(profile: &str, args: &[String]) -> Result<()> {
    let program = paths::binary(profile);
    let mut command = Command::new(&program);
    command
        .args(["serve", "--demo"])
        .args(args)
        .current_dir(paths::root());
    Err(command.exec()).with_context(|| format!("{} could not be started", program.display()))
}

#[expect(clippy::cast_precision_loss, reason = "a size for people to read")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
