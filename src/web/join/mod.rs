//! Where the link of an invitation or a reset leads: choosing a password.

mod page;
mod server_fns;
#[cfg(test)]
mod tests;

pub use page::JoinPage;
