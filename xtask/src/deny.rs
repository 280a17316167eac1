//! The dependency check: banned crates, licences, sources. Needs no database; known holes are
//! looked up by a nightly run, because that does.

use anyhow::Result;

use crate::paths;
use crate::process::Step;

const VERSION: &str = "0.20.2";

pub fn check() -> Result<()> {
    let tool = paths::tools().join("bin/cargo-deny");
    if !has_right_version(&tool) {
        install()?;
    }
    Step::new(tool)
        .args(["--locked", "check", "--hide-inclusion-graph"])
        .args(["bans", "licenses", "sources"])
        .hint("deny.toml says what is allowed, and why")
        .run()
}

fn has_right_version(tool: &std::path::Path) -> bool {
    Step::new(tool)
        .args(["--version"])
        .output()
        .is_some_and(|printed| printed.trim() == format!("cargo-deny {VERSION}"))
}

/// Unoptimised, because building it costs minutes more than it ever saves here.
fn install() -> Result<()> {
    eprintln!("xtask: cargo-deny {VERSION} is missing, installing it into target/tools");
    Step::cargo()
        .args(["install", "--locked", "--debug", "--root"])
        .args([paths::tools()])
        .args(["--target-dir"])
        .args([paths::tools().join("build")])
        .args([format!("cargo-deny@{VERSION}")])
        .run()
}
