//! Puts it together: settings, state, the doors behind one front, background tasks, an end in order.

mod audit_head;
pub mod clock;
pub mod core_dumps;
mod csrf;
pub mod demo;
pub mod demo_proposals;
pub mod headers;
mod health;
mod installation;
mod listener;
mod lock;
pub mod logging;
mod metrics;
mod pages;
mod request;
mod restored;
mod router;
pub mod settings;
mod signals;
pub mod site;
mod start;
mod state;
mod unfit;
pub mod upkeep;
mod watching;

pub use crate::api::document_text as openapi_text;
pub use health::Health;
pub use installation::{Installation, OpenError};
pub use lock::{LockError, is_served};
pub use metrics::Metrics;
pub use signals::StopSignal;
pub use start::{Prepared, Running, Server};
pub use state::AppState;
