//! The history: what was decided, by whom, and what came of it.

mod filter;
mod page;

pub use page::HistoryPage;

#[cfg(test)]
mod tests;
