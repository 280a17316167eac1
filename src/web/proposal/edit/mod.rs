//! Editing before approving: a form with what would change, field by field, and the confirmation
//! that shows what comes of it.

mod confirm_page;
mod fields;
mod form_page;
#[expect(
    clippy::too_many_arguments,
    reason = "a server function takes one for each field of its form"
)]
mod server_fns;

pub use confirm_page::ConfirmEditPage;
pub use form_page::EditPage;

#[cfg(test)]
mod tests;
