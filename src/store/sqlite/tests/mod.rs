//! The tables, each test on a file of its own.

mod ground;

mod audit_pages;
mod auditing;
mod changes;
mod changing;
mod claiming;
mod deciding;
mod files;
mod history;
mod listing;
mod own_clients;
mod past;
mod plans;
mod proposing;
mod races;
mod resolving;
mod restoring;
mod revisions;
mod room;
mod same_writes;
mod sweeping;
mod teamwork;
