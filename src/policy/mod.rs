//! What a request is and whether it may be: the endpoint catalogue, one strict reading of what an
//! agent asks for, and the one pure function that judges it.
//!
//! The way through: [`locate()`] matches method and path against the catalogue, [`classify()`] also
//! takes the body apart, [`judge()`] gives verdict and tier.
//!
//! Invariants: nothing in here does I/O or asks a clock. Every address that leaves is built from a
//! template of the catalogue and parsed numbers, never from an agent's text. What is not known is
//! refused.

mod body;
pub mod catalogue;
mod cells;
mod children;
mod classify;
mod floors;
mod freedom;
mod items;
mod judge;
#[cfg(any(test, fuzzing))]
pub mod laws;
mod locate;
mod part;
mod path;
mod query;
mod reading;
mod rejection;
mod related;
mod rule;
mod template;
mod tier;
mod usual;
mod ways;

#[cfg(test)]
mod tests;

pub use cells::{Cell, Column, cell};
pub use classify::{Call, Classified, classify};
pub use floors::{Floor, floors};
pub use freedom::{Change, Differences, Freedom, differences, preset_of};
pub use judge::{Need, Subject, judge, needs};
pub use locate::{Located, Reach, locate};
pub use reading::{Home, homes, underscored};
pub use rejection::Rejection;
pub use related::keep_readable;
pub use usual::{usual_call, usual_operations};
pub use ways::{Way, way_to, way_to_several};
