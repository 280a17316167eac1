//! The tables, each test on a file of its own.

mod ground;

mod auditing;
mod deciding;
mod files;
mod listing;
mod proposing;
mod races;
mod replaying;
mod sweeping;
