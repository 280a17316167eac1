//! The benchmarks.

use anyhow::Result;

use crate::process::Step;

pub fn bench(args: &[String]) -> Result<()> {
    Step::cargo()
        .args(["bench", "--features", "ssr", "--locked", "--benches", "--"])
        .args(args)
        .run()
}
