//! The parts that pages are made of.

mod relative_time;

pub use relative_time::RelativeTime;
