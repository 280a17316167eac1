//! The browser's door: pages as server HTML and forms, islands where a page gains by script.
//!
//! Invariant: a page works without any island awake. The pages are therefore server code alone; what
//! goes into the browser is `islands/` and nothing else.

pub mod islands;

#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
mod context;
#[cfg(feature = "ssr")]
mod error;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
mod preferences;
#[cfg(feature = "ssr")]
mod proposal;
#[cfg(feature = "ssr")]
mod queue;
#[cfg(feature = "ssr")]
mod sign_in;
#[cfg(feature = "ssr")]
mod ui;

#[cfg(feature = "ssr")]
pub use app::{App, shell};
#[cfg(feature = "ssr")]
pub use context::{Handles, Site};
#[cfg(feature = "ssr")]
pub use error::WebError;
#[cfg(all(test, feature = "ssr"))]
#[cfg(all(test, feature = "ssr"))]
mod samples;
