//! The browser's door: pages as server HTML, islands where a page gains by script.
//!
//! Invariant: a page works without any island awake.

mod app;
pub mod ui;

pub use app::{App, shell};
