//! Agents: who may propose, with which tokens, and how one is stopped at once.

mod add_page;
mod change_page;
mod done;
mod fields;
mod list_page;
mod page;
mod remove_page;
mod revoke_page;
mod rotate_page;
mod server_fns;
mod snippets;
mod standing;
mod token_page;
mod tokens;

pub use add_page::AddAgentPage;
pub use change_page::ChangeAgentPage;
pub use list_page::AgentsPage;
pub use page::AgentPage;
pub use remove_page::RemoveAgentPage;
pub use revoke_page::RevokeTokenPage;
pub use rotate_page::RotateTokenPage;
pub use token_page::{NewTokenPage, TokenMadePage};

#[cfg(test)]
mod tests;
