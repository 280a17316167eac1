//! Countersign: the approval gate between AI agents and IT Glue.

pub mod domain;
pub mod policy;
