//! The first step: the code that was printed, and who the first administrator is.

mod page;
mod server_fns;

pub use page::FoundingPage;
#[cfg(test)]
pub use page::{FoundingView, FoundingViewProps};
