//! The whole program through its real doors: a server, its worker, the stand-in IT Glue, HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they hold by their names, and fail by panicking"
)]

mod conformance;
mod ground;

mod admin;
mod agents;
mod bad_input;
mod browser_rights;
mod deciding;
mod edit_limits;
mod editing;
mod events;
mod faults;
mod gateway;
mod gateway_scope;
mod gateway_secrets;
mod gateway_upstream;
mod gateway_writes;
mod history;
mod own_clients;
mod own_proposals;
mod proposing;
mod reference;
mod resolving;
mod restoring;
mod reverting;
mod rights;
mod surface;
mod teamwork;
