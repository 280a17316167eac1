//! One's own account.

mod factor_page;
mod page;
mod parts;
mod server_fns;
#[cfg(test)]
mod tests;
mod tokens;

pub use factor_page::AccountFactorPage;
pub use page::AccountPage;
