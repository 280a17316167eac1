//! The key to IT Glue: tried out first, then kept.

mod page;
mod server_fns;
mod tested;

pub use page::ConnectionStepPage;
#[cfg(test)]
pub use page::{ConnectionStepView, ConnectionStepViewProps};
