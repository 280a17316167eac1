//! The benchmarks.

use anyhow::Result;

use crate::ground;
use crate::process::Step;
use crate::site::{self, Mode};

/// All of them, or those that are named. They measure the program as it is delivered, so the front
/// end is packed first.
pub fn bench(names: &[String]) -> Result<()> {
    site::site(Mode::Release)?;
    let step = Step::cargo()
        .args(["bench", "--features", "ssr", "--locked"])
        .args(["--bench", "bench", "--"])
        .args(names)
        .env("COUNTERSIGN_SITE", site::hash()?);
    let compares = names.is_empty() || names.iter().any(|name| name == "gateway");
    match compares.then(ground::nginx).flatten() {
        Some(nginx) => step.env("COUNTERSIGN_NGINX", nginx),
        None => step,
    }
    .run()
}
