//! What a write would really change: pre-image × live record × proposed body → fields, warnings.
//!
//! [`prepare()`] takes a proposal apart before it is stored, [`fields()`] shows it to a technician,
//! [`watched()`] and [`drifted()`] tell whether the record moved, [`verify()`] whether IT Glue did what
//! it was asked, [`Question`] what one reading says about a send of unknown outcome. Invariants: nothing in here does I/O or asks a clock, and nothing that leaves it,
//! the prepared request itself aside, holds a secret value.
//!
//! Pointers of fields and secrets lead into the body (`/data/attributes/title`); those of
//! [`FieldError`](crate::domain::FieldError)s lead into what was sent (`/body/data/…`, `/keep/0`).

mod between;
mod body;
mod census;
mod changes;
pub mod deceptive;
mod display;
mod echo;
mod erasure;
mod fields;
mod finding;
mod html;
mod labels;
mod organizations;
mod place;
mod prepare;
mod references;
mod revert;
mod schema;
mod secrets;
mod segments;
mod traits;
mod undo;
mod value_kind;
mod verify;
mod warnings;
mod watched;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod unclear;

pub use between::{Between, between};
pub use census::{candidates, census_growth};
pub use changes::Change;
pub use fields::{Counts, Diff, Display, Field, fields};
pub use finding::{
    Evidenced, Finding, Question, Reading, SecretSight, created_since, listed, updated_at,
    with_schema,
};
pub use prepare::{Prepared, prepare};
pub use revert::{
    PutBack, changed_before_read_back, changed_since, made_anew, overtaken, put_back,
};
pub use secrets::{HIDDEN, redact, secret_pointers};
pub use segments::{Segment, SegmentOp};
pub use traits::keep;
pub use undo::{Undo, UndoClass, Ways, Written, undo};
pub use value_kind::ValueKind;
pub use verify::{Verification, verify};
pub use watched::{already_in_place, drifted, watched};
