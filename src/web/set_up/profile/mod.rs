//! What agents may do: a preset to start from.

mod page;
mod server_fns;

pub use page::ProfileStepPage;
#[cfg(test)]
pub use page::{ProfileStepView, ProfileStepViewProps};
