//! IT Glue's REST API: reading records, and sending one approved write exactly once.
//!
//! Reads may be repeated; a write never is. Every ending of a write is given one meaning by
//! [`classify`], and what is not clear is [`Ending::Unknown`]. The key of an account leaves only in
//! the header `x-api-key`, only to the account's own host: no redirect is followed, no proxy used.
//! Answers are not trusted: they are limited in size and depth, and secrets are taken out before
//! anything else sees them.

mod account;
mod answer;
mod budget;
mod cache;
mod census;
mod client;
mod conceal;
mod ending;
mod exclusive;
#[cfg(test)]
mod fake_reader;
mod header;
#[cfg(any(test, fuzzing))]
pub mod laws;
mod names;
mod pages;
mod preflight;
mod read_error;
mod record;
mod remote_error;
mod schema;
mod scrub;
mod snapshot;
mod template;
#[cfg(test)]
mod test_server;
mod transport;

pub use account::{Account, ApiKey, BadApiKey, BadBaseUrl, BaseUrl, Region};
pub use answer::{Answer, Disclosed};
pub use budget::{BadRate, Budget, BudgetExhausted, BudgetUse, Purpose, Rate};
pub use cache::Cache;
pub use client::{Client, ClientSettings, Reads, Session, StartError};
pub use ending::{DoneBody, Ending, EndingKind, NotSentCause, UnknownCause, classify};
pub use exclusive::{Exclusive, SendReport};
pub use preflight::preflight;
pub use read_error::ReadError;
pub use remote_error::{RemoteError, errors_of};
pub use scrub::{hide_traits, redacted, scrub_whole};
pub use snapshot::{Kinds, resource_ref, snapshot, snapshots};
pub use transport::BodyCut;
