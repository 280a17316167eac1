//! Access profiles: what agents may do, and what a change of that would mean before it is saved.
//!
//! A draft lives in the address: every check is a page of its own, and nothing is lost on the way.

mod add_page;
mod bar;
mod compare;
mod done;
mod draft;
mod list_page;
mod matrix;
mod page;
mod question;
mod remove_page;
mod save_page;
#[expect(
    clippy::too_many_arguments,
    reason = "a server function takes one for each field of its form"
)]
mod server_fns;
mod trial;
mod what_if;
mod words;

pub use add_page::AddProfilePage;
pub use list_page::ProfilesPage;
pub use page::ProfilePage;
pub use remove_page::RemoveProfilePage;
pub use save_page::SaveProfilePage;
pub use words::preset_word;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
