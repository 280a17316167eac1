//! One proposal: what it would do, who says so, and what becomes of it.

mod agent_words;
mod approve_page;
mod bar;
mod confirmation;
mod decline_page;
mod edit;
mod facts;
mod outcome;
mod page;
mod past;
mod resolve_page;
mod revert_page;
#[expect(
    clippy::too_many_arguments,
    reason = "a server function takes one for each field of its form"
)]
mod server_fns;
mod standing;
mod teamwork;
mod trail;
mod undoing;
mod warnings;
mod words;

pub use approve_page::ApprovePage;
pub use decline_page::{RejectPage, SendBackPage};
pub use edit::{ConfirmEditPage, EditPage};
pub use page::ProposalPage;
pub use resolve_page::ResolvePage;
pub use revert_page::RevertPage;
pub use teamwork::claim_line;
pub use undoing::proposer;
pub use words::{Headline, count, written_fields};

#[cfg(test)]
pub mod tests;
