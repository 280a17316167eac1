//! The parts that pages are made of.

mod banner;
mod diff_table;
mod foreign;
mod frame;
mod moment;
mod page;
mod tier_badge;

pub use banner::{Banner, Mood, ProblemBanner};
pub use diff_table::{DiffTable, Keepable, Marks, seen_mark};
pub use foreign::Foreign;
pub use frame::{Frame, capped};
pub use moment::{Moment, absolute, time_of_day};
pub use page::loaded;
pub use tier_badge::{StatusWord, TierBadge};
