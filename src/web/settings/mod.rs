//! Settings that may change while the server runs, and what else there is to know about it.

mod form_page;
mod licenses_page;
mod page;
mod section;
mod server_fns;

pub use form_page::SettingsFormPage;
pub use licenses_page::LicensesPage;
pub use page::SettingsPage;

#[cfg(test)]
mod tests;
