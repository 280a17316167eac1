//! Countersign: the approval gate between AI agents and IT Glue.

pub mod domain;

#[cfg(feature = "ssr")]
pub mod itglue;
