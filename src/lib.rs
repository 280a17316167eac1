//! Countersign: the approval gate between AI agents and IT Glue.

pub mod diff;
pub mod domain;
