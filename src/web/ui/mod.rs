//! The parts that pages are made of.

mod banner;
mod choices;
mod diff_table;
mod field;
mod foreign;
mod form;
mod frame;
mod moment;
mod once;
mod page;
mod sheet;
mod tier_badge;

pub use banner::{Banner, Mood, ProblemBanner};
#[expect(unused_imports, reason = "the pages that use them come next")]
pub use choices::{Choice, RadioGroup, Select, Tick, TickGroup};
pub use diff_table::{DiffTable, Keepable, Marks, seen_mark};
#[expect(unused_imports, reason = "the pages that use them come next")]
pub use field::{Field, FieldState, Input};
pub use foreign::Foreign;
#[expect(unused_imports, reason = "the pages that use them come next")]
pub use form::{FormProblems, StepUpFields};
pub use frame::{Frame, capped};
pub use moment::{Moment, absolute, time_of_day};
#[expect(unused_imports, reason = "the pages that use them come next")]
pub use once::ShownSecret;
pub use page::loaded;
pub use sheet::{Fact, Sheet, StateWord};
pub use tier_badge::{StatusWord, TierBadge};
