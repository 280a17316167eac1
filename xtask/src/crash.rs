//! The crash and fault battery, which is an integration test of its own.

use anyhow::Result;

use crate::process::Step;

/// `long` is for before a release: more seeds, more kill points.
pub fn crash(long: bool) -> Result<()> {
    Step::cargo()
        .args([
            "test",
            "--features",
            "ssr",
            "--locked",
            "--test",
            "crash",
            "--",
            "--nocapture",
        ])
        .env("COUNTERSIGN_CRASH_LONG", if long { "1" } else { "0" })
        .hint("the battery is tests/crash; a failing case prints the seed that repeats it")
        .run()
}
