//! The first agent and its token.

mod page;
mod server_fns;

pub use page::AgentStepPage;
#[cfg(test)]
pub use page::{AgentStepView, AgentStepViewProps};
