//! The real program, started as an operator starts it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is tests, helpers included"
)]

mod program;

mod audit;
mod backup;
mod connections;
mod demo;
mod errors;
mod keys;
mod listening;
mod people;
mod serving;
mod upkeep;
