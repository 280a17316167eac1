//! From nothing to the first decided proposal, step by step. The first step is open to whoever has
//! the printed code, and only while there is no administrator; the others belong to administrators,
//! and stay open until something was decided.

mod agent;
mod connection;
mod first;
mod founding;
mod profile;
mod steps;
#[cfg(test)]
mod tests;

pub use agent::AgentStepPage;
pub use connection::ConnectionStepPage;
pub use first::FirstStepPage;
pub use founding::FoundingPage;
pub use profile::ProfileStepPage;
pub use steps::{Step, steps};
