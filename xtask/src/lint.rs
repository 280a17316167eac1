//! Formatting, lints, documentation and the dependency check.

use anyhow::Result;

use crate::process::Step;
use crate::{deny, ground};

pub fn lint() -> Result<()> {
    format()?;
    clippy()?;
    docs()?;
    deny::check()
}

pub fn format() -> Result<()> {
    Step::cargo()
        .args(["fmt", "--all", "--check"])
        .hint("`cargo fmt --all` repairs it")
        .run()
}

/// The server, the browser code and this tool are three builds, so each is linted alone.
pub fn clippy() -> Result<()> {
    ground::wasm_target()?;
    let builds: [&[&str]; 3] = [
        &["--features", "ssr", "--all-targets"],
        &[
            "--features",
            "hydrate",
            "--target",
            "wasm32-unknown-unknown",
            "--lib",
        ],
        &["--package", "xtask", "--all-targets"],
    ];
    for build in builds {
        Step::cargo()
            .args(["clippy", "--locked"])
            .args(build)
            .args(["--", "--deny", "warnings"])
            .run()?;
    }
    Ok(())
}

pub fn docs() -> Result<()> {
    Step::cargo()
        .args([
            "doc",
            "--no-deps",
            "--features",
            "ssr",
            "--locked",
            "--document-private-items",
        ])
        .env("RUSTDOCFLAGS", "--deny warnings")
        .run()
}
