//! Getting in, and out again.

mod page;
mod server_fns;

#[cfg(test)]
pub use page::SignInForm;
pub use page::SignInPage;
pub use server_fns::SignOut;
