//! Countersign: the approval gate between AI agents and IT Glue.

pub mod domain;
pub mod policy;

#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod secrets;
#[cfg(feature = "ssr")]
pub mod store;
