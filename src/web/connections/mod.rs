//! Connections to IT Glue: how each does, and its key, which goes in and never comes out again.

mod add_page;
mod budget;
mod done;
mod health;
mod key_page;
mod list_page;
mod page;
mod remove_page;
mod server_fns;
mod trial;

pub use add_page::AddConnectionPage;
pub use key_page::RotateKeyPage;
pub use list_page::ConnectionsPage;
pub use page::ConnectionPage;
pub use remove_page::RemoveConnectionPage;

#[cfg(test)]
mod tests;
