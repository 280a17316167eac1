//! Waiting for the first proposal, and how it was decided.

mod page;
mod server_fns;

pub use page::FirstStepPage;
#[cfg(test)]
pub use page::{FirstStepView, FirstStepViewProps};
