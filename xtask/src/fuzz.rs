//! Fuzzing, a minute for each target. Needs a nightly toolchain, which nothing else here does.

use std::fs;

use anyhow::{Result, bail};

use crate::paths;
use crate::process::Step;

/// What is fuzzed, and where it has to begin to get anywhere.
const TARGETS: [(&str, &[&str]); 4] = [
    (
        "classify",
        &[
            "GET\n/contacts?filter[id]=1&include=passwords",
            "PATCH\n/flexible_assets/7\n{\"data\":{\"type\":\"flexible-assets\",\"attributes\":{\"traits\":{\"a\":1}}}}",
            "DELETE\n/contacts\n{\"data\":[{\"type\":\"contacts\",\"attributes\":{\"id\":7}}]}",
        ],
    ),
    (
        "body",
        &[
            "\0\x01{\"data\":{\"type\":\"contacts\",\"attributes\":{\"first-name\":\"x\",\"organization-id\":2}}}",
        ],
    ),
    (
        "filter",
        &[
            "\0\x01filter[name]=x&page[size]=5&sort=-name&include=passwords",
            "\0\x02show_password=true",
        ],
    ),
    (
        "upstream_json",
        &[
            "\0{\"data\":{\"id\":\"7\",\"type\":\"passwords\",\"attributes\":{\"password\":\"x\"}},\"links\":{\"next\":\"https://x/y\"}}",
        ],
    ),
];

/// `seconds` for each target.
pub fn fuzz(seconds: u32) -> Result<()> {
    if !Step::new("rustup")
        .args(["run", "nightly", "rustc", "--version"])
        .succeeds()
    {
        println!(
            "fuzzing is skipped: it needs a nightly toolchain (rustup toolchain install nightly)"
        );
        println!("the same laws are property tests of `cargo xtask test`");
        return Ok(());
    }
    install()?;
    let mut failed = Vec::new();
    for (target, seeds) in TARGETS {
        let corpus = paths::target().join("fuzz/corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number}")), seed)?;
        }
        let done = Step::new("rustup")
            .args([
                "run",
                "nightly",
                "cargo",
                "fuzz",
                "run",
                "--sanitizer",
                "none",
            ])
            .args(["--target-dir".into(), paths::target().join("fuzz")])
            .args([target])
            .args([&corpus])
            .args(["--".into(), format!("-max_total_time={seconds}")])
            .args(["-max_len=4096", "-print_final_stats=1"])
            // cargo-fuzz adds its own; what .cargo/config.toml says would be lost.
            .env("RUSTFLAGS", "--cfg erase_components")
            .hint("the input that broke it is in fuzz/artifacts")
            .run();
        if let Err(error) = done {
            eprintln!("xtask: {error:#}");
            failed.push(target);
        }
    }
    if !failed.is_empty() {
        bail!("broken: {}", failed.join(", "));
    }
    println!("{} targets hold", TARGETS.len());
    Ok(())
}

fn install() -> Result<()> {
    if Step::cargo().args(["fuzz", "--version"]).succeeds() {
        return Ok(());
    }
    eprintln!("xtask: cargo-fuzz is missing, installing it");
    Step::cargo()
        .args(["install", "cargo-fuzz", "--locked"])
        .run()
}
