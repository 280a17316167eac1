//! What is kept: the only way to the tables.
//!
//! Methods are named by intent, take and return domain types, and each change of state is one
//! transaction together with its audit rows. `sqlite/` holds every line of SQL. There is one
//! implementation, so there is no trait; the day PostgreSQL comes, its methods become one.

mod accounts;
mod error;
mod gauges;
mod history;
mod listening;
mod people;
mod proposals;
mod resolutions;
mod restore;
mod sqlite;

pub use accounts::{
    AgentAccount, AgentDetails, AgentEdit, ConnectionDetails, ConnectionNotes, ConnectionPause,
    NewAgent, NewConnection, NewProfile, NewToken, PastProposal, PauseKind, ProfileContent,
    ProfileDetails, ProfileEditor, Removal, StoredSetting, TokenDetails, TokenOwner, TokenUse,
    Uses,
};
pub use error::StoreError;
pub use gauges::{Gauges, HappenedSince, Pool};
pub use history::{HistoryCursor, HistoryEntry, HistoryFilter, PastDecision, PastRevision};
pub use listening::{Listener, StatusChange, Topic, Woken};
pub use people::{
    CountedGuess, GuessCount, GuessKey, GuessKind, KeepAdministrator, Lasting, LinkDetails,
    NewFactor, NewLink, NewSession, NewUser, RenewedSession, Session, SessionDetails, StoredFactor,
    UsedCode, UserDetails,
};
pub use proposals::{
    Approval, AttemptEnd, AttemptStart, Baseline, Commented, Due, DueRead, Evidence, Intention,
    ItemChange, ItemEnd, Lane, LaneCounts, NewProposal, Page, PastReading, ProposalFilter,
    QueueCursor, QueueFilter, Recorded, Returned, Reverting, Standing, WriteDigest,
};
pub use resolutions::{NewResolution, PastAttempt, PastEvidence, Rebase, Said};
pub use restore::{Accepted, RestoreSign};
pub use sqlite::{
    AuditFault, AuditHead, Backup, BackupError, BadHead, InstanceDetails, Revision, SealedColumn,
    SealedCount, SealedRow, Store,
};
