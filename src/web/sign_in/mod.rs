//! Getting in, and out again.

mod page;
mod server_fns;

pub use page::SignInPage;
pub use server_fns::SignOut;
