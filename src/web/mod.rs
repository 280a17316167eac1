//! The browser's door: pages as server HTML and forms, islands where a page gains by script.
//!
//! Invariant: a page works without any island awake. The pages are therefore server code alone; what
//! goes into the browser is `islands/` and nothing else.

pub mod islands;

#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod account;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
#[expect(
    clippy::too_many_arguments,
    reason = "a server function takes one for each field of its form"
)]
mod agents;
#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod connections;
#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod forms;
#[cfg(feature = "ssr")]
mod handoff;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod history;
#[cfg(feature = "ssr")]
mod join;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
mod pause;
#[cfg(feature = "ssr")]
#[expect(
    clippy::unused_async,
    reason = "server functions are asynchronous, need it or not"
)]
mod preferences;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod profiles;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod proposal;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod queue;
#[cfg(feature = "ssr")]
#[expect(
    clippy::unused_async,
    reason = "server functions are asynchronous, need it or not"
)]
mod recovery_codes;
#[cfg(feature = "ssr")]
mod restore;
#[cfg(feature = "ssr")]
mod searched;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod set_up;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod settings;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod ui;
#[cfg(feature = "ssr")]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]
mod users;
#[cfg(feature = "ssr")]
mod wording;

#[cfg(feature = "ssr")]
pub use app::{App, shell};
#[cfg(feature = "ssr")]
pub use context::{Handles, Limits, Site};
#[cfg(feature = "ssr")]
pub use error::WebError;
#[cfg(feature = "ssr")]
pub use handoff::Handoff;
#[cfg(all(test, feature = "ssr"))]
#[cfg(test)]
mod samples;
#[cfg(all(test, feature = "ssr"))]
mod upkeep_samples;
