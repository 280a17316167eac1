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
mod qr_code;
mod search_field;
mod sheet;
mod tier_badge;

pub use banner::{Banner, DoneBanner, Mood};
pub use choices::{Choice, RadioGroup, Select, Tick};
pub use diff_table::{DiffTable, Keepable, Marks, seen_mark};
pub use field::{Field, FieldState, Input};
pub use foreign::Foreign;
pub use form::{FormProblems, NewPasswordField, StepUpFields};
pub use frame::{Frame, capped, preference_form, role_name, role_word};
pub use moment::{Moment, absolute, time_of_day};
pub use once::ShownSecret;
pub use page::loaded;
pub use qr_code::QrCode;
pub use search_field::SearchField;
pub use sheet::{Fact, Sheet, StateWord};
pub use tier_badge::{StatusWord, TierBadge};
