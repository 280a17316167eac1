//! The review queue: what waits for whom.

mod filter;
mod page;
mod row;

pub use page::QueuePage;
pub use row::Row;

#[cfg(test)]
pub mod tests;
