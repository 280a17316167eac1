//! The review queue: what waits for whom.

mod page;
mod row;

pub use page::QueuePage;

#[cfg(test)]
pub mod tests;
