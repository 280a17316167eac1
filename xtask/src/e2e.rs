//! The browser tests: journeys through the release build, with and without script.

use anyhow::Result;

use crate::process::Step;
use crate::{build, ground, paths};

pub fn e2e(args: &[String]) -> Result<()> {
    build::build()?;
    browse(args)
}

/// The tests alone, against the binary that is already there.
pub fn browse(args: &[String]) -> Result<()> {
    ground::npm_packages(&paths::end2end())?;
    let chromium = ground::chromium()?;
    Step::new("npx")
        .args(["--no-install", "playwright", "test"])
        .args(args)
        .env("CHROMIUM", chromium)
        .env("E2E_BINARY", paths::binary("release"))
        .within(&paths::end2end())
        .hint("screenshots and traces of what failed are in end2end/test-results")
        .run()
}
