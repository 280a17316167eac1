//! Answering for a database that was restored from a backup.

mod page;
mod server_fns;
#[cfg(test)]
mod tests;

pub use page::RestorePage;
