//! What is kept: the only way to the tables.
//!
//! Methods are named by intent, take and return domain types, and each change of state is one
//! transaction together with its audit rows. `sqlite/` holds every line of SQL. There is one
//! implementation, so there is no trait; the day PostgreSQL comes, its methods become one.

mod error;
mod input;
mod sqlite;

pub use error::StoreError;
pub use input::{
    AgentAccount, AgentDetails, Approval, AttemptEnd, AttemptStart, Baseline, ConnectionDetails,
    ConnectionPause, Due, Evidence, ItemChange, ItemEnd, Lane, LaneCounts, NewAgent, NewConnection,
    NewProfile, NewProposal, NewSession, NewToken, NewUser, Page, PastReading, PauseKind,
    ProfileDetails, ProposalFilter, QueueCursor, Recorded, Returned, Session, TokenDetails,
    TokenOwner, UserDetails,
};
pub use sqlite::{AuditFault, AuditHead, InstanceDetails, Revision, Store};
