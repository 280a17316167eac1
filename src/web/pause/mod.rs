//! Stopping every write at once, and letting them go on.

mod page;
mod server_fns;
#[cfg(test)]
mod tests;

pub use page::PausePage;
