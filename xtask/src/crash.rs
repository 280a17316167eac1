//! The crash and fault battery, which is an integration test of its own.

use anyhow::Result;

use crate::process::Step;

/// `long` is for before a release: a thousand kills instead of fifty.
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
        .hint("the battery is tests/crash; COUNTERSIGN_CRASH_SEED repeats the choices of a run")
        .run()
}
