//! The crash and fault battery: what was tried, what was found, and whether it holds.

use anyhow::{Result, bail};

use crate::process::{Heard, Step};

/// What stands before a row of the table in the output of a test.
const ROW: &str = "battery | ";

/// The rows that there have to be, and the test that each comes from.
const ROWS: &[(&str, &str)] = &[
    ("model", "keeps_its_invariants"),
    ("naive model", "retries_what_is_unclear_is_found_out"),
    ("crash points", "wherever_the_process_dies"),
    ("kills", "however_often_the_server_is_killed"),
    ("deciders", "of_64_deciders"),
    ("races", "of_two_at_once"),
    ("restore drill", "of_a_restored_database"),
    ("budget", "within_the_budget"),
    ("clock", "a_clock_that_jumps"),
    ("full disk", "while_the_disk_is_full"),
    ("stopping", "sigterm_ends_in_order"),
    ("persons asked", "with_one_fault_in_a_hundred"),
];

/// Parts that are unit tests; the others are the integration test.
const UNIT_TESTS: [&str; 3] = [
    "domain::tests::histories",
    "store::sqlite::tests::races",
    "replay::tests::full_disk",
];

/// `long` is for before a release: the second figures, which take about a day.
pub fn crash(long: bool) -> Result<()> {
    let mut heard = part(long, &["--lib"], &UNIT_TESTS)?;
    heard.append(part(long, &["--test", "crash"], &[])?);
    let mut missed = Vec::new();
    println!("\n{:<14} {:<6} tried and found", "part", "holds");
    println!("{}", "-".repeat(100));
    for (name, test) in ROWS {
        let start = format!("{ROW}{name} | ");
        let found = heard
            .lines
            .iter()
            .find_map(|line| Some(line.split_once(&start)?.1));
        let has_failed = heard
            .lines
            .iter()
            .any(|line| line.contains(test) && line.ends_with("FAILED"));
        let holds = found.is_some() && !has_failed;
        let word = if holds { "yes" } else { "NO" };
        println!(
            "{name:<14} {word:<6} {}",
            found.unwrap_or("it did not come to an end")
        );
        if !holds {
            missed.push(*name);
        }
    }
    if !missed.is_empty() || !heard.is_good {
        bail!(
            "the battery does not hold: {}\n  COUNTERSIGN_CRASH_SEED repeats the choices of a run",
            missed.join(", ")
        );
    }
    println!("every row holds");
    Ok(())
}

fn part(long: bool, target: &[&str], filters: &[&str]) -> Result<Heard> {
    Step::cargo()
        .args(["test", "--features", "ssr", "--locked", "--no-fail-fast"])
        .args(target)
        .args(["--", "--nocapture"])
        .args(filters)
        .env("COUNTERSIGN_CRASH_LONG", if long { "1" } else { "0" })
        .listen()
}
