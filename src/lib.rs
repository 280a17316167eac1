//! Countersign: the approval gate between AI agents and IT Glue.

#[cfg(feature = "ssr")]
pub mod simulator;
