//! The document that describes the API, as the program prints it and as it is committed.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::paths;
use crate::process::Step;

const COMMITTED: &str = "docs/openapi.json";

/// Rewrites the committed document.
pub fn write() -> Result<()> {
    let printed = printed()?;
    fs::write(paths::root().join(COMMITTED), &printed)?;
    eprintln!("xtask: {COMMITTED} has {} kB", printed.len() / 1000);
    Ok(())
}

/// Fails if the committed document is not the one that the program prints.
pub fn check() -> Result<()> {
    let committed = fs::read_to_string(paths::root().join(COMMITTED)).unwrap_or_default();
    if committed == printed()? {
        eprintln!("xtask: {COMMITTED} is up to date");
        return Ok(());
    }
    bail!("{COMMITTED} is out of date; run `cargo xtask openapi` and commit the result")
}

fn printed() -> Result<String> {
    Step::cargo()
        .args([
            "build",
            "--features",
            "ssr",
            "--locked",
            "--bin",
            "countersign",
        ])
        .run()?;
    Step::new(paths::binary("debug"))
        .args(["openapi"])
        .output()
        .context("`countersign openapi` failed")
}
