//! The battery: everything that could double a write, lose one or say something wrong of one, tried
//! against an IT Glue that keeps the truth. Each part prints a row for `cargo xtask crash`.
//!
//! `COUNTERSIGN_CRASH_LONG=1` tries the second figures; `COUNTERSIGN_CRASH_SEED` repeats the choices
//! of a run, though not the moments at which they meet the server.

#![cfg(debug_assertions)]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests say what they hold by their names, fail by panicking, and print their rows"
)]

mod budget;
mod chance;
mod clock;
mod door;
mod drill;
mod driver;
mod ground;
mod killer;
mod kills;
mod life;
mod persons;
mod points;
mod process;
mod races;
mod report;
mod scene;
mod stopping;
mod verdict;
