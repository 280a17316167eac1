//! People: who may decide for which clients.

mod action_page;
mod actions;
mod card;
mod forms_read;
mod invite_page;
mod link_page;
mod page;
mod server_fns;
#[cfg(test)]
mod tests;
mod user_page;

pub use action_page::UserActionPage;
pub use invite_page::InvitePage;
pub use link_page::UserLinkPage;
pub use page::UsersPage;
pub use user_page::UserPage;
