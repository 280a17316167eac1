//! How fast it is, how much it holds, how large it is. Where a machine's speed would blur a figure,
//! it stands as a ratio to something plain that is measured in the same run.
//!
//! Run by `cargo xtask bench [NAME …]`; prints a table and writes `target/bench.json`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "benchmarks print what they found, and end by panicking where they cannot go on"
)]

mod decision;
mod figures;
mod gateway;
mod ground;
mod intake;
mod memory;
mod process;
mod queue;
mod replay;
mod size;
mod waiting;

use std::path::Path;

use figures::Figure;
use mimalloc::MiMalloc;
use serde_json::{Map, Value};

/// That of the program.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() {
    // Cargo adds a flag that is meant for its own harness.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut figures: Vec<Figure> = Vec::new();
    if is_wanted("intake") {
        figures.extend(runtime.block_on(intake::measure()));
    }
    if is_wanted("queue") {
        figures.extend(runtime.block_on(queue::measure()));
    }
    if is_wanted("decision") {
        figures.extend(runtime.block_on(decision::measure()));
    }
    if is_wanted("replay") {
        figures.extend(runtime.block_on(replay::measure()));
    }
    if is_wanted("gateway") {
        figures.extend(runtime.block_on(gateway::measure()));
    }
    if is_wanted("waiting") {
        figures.extend(runtime.block_on(waiting::measure()));
    }
    if is_wanted("memory") {
        figures.extend(runtime.block_on(memory::measure()));
    }
    if is_wanted("size") {
        figures.extend(size::measure());
    }
    println!("{}", figures::table(&figures));
    let document: Map<String, Value> = figures.iter().map(Figure::document).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench.json");
    let text = serde_json::to_string_pretty(&document).unwrap();
    std::fs::write(&file, text + "\n").unwrap();
    println!("written to {}", file.display());
}
