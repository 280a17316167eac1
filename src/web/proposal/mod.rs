//! One proposal: what it would do, who says so, and what becomes of it.

mod agent_words;
mod approve_page;
mod bar;
mod confirmation;
mod edit;
mod facts;
mod outcome;
mod page;
mod past;
mod reject_page;
mod resolve_page;
mod revert_page;
mod send_back_page;
mod server_fns;
mod standing;
mod teamwork;
mod trail;
mod undoing;
mod warnings;
mod words;

pub use approve_page::ApprovePage;
pub use edit::{ConfirmEditPage, EditPage};
pub use page::ProposalPage;
pub use reject_page::RejectPage;
pub use resolve_page::ResolvePage;
pub use revert_page::RevertPage;
pub use send_back_page::SendBackPage;
pub use teamwork::{claim_form, claimed};
pub use undoing::proposer;
pub use words::{Headline, count, written_fields};

#[cfg(test)]
pub mod tests;
