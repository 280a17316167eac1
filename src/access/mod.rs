//! Who is asking: tokens, sign-in, sessions, roles → a typed proof of a right.
//!
//! A right is an argument. Deciding takes a [`Technician`], looking a [`Reviewer`], proposing an
//! [`Agent`]; only this folder can make them, so that an agent cannot decide is a compile error and
//! not a check that someone may forget.

mod account;
mod agent;
mod error;
mod person;
mod service;
mod sign_in;

pub use account::{AccountError, key_place, open_account};
pub use agent::Agent;
pub use error::{AccessError, Forbidden, SignInError};
pub use person::{
    Administrator, Credential, Person, ProvenAdministrator, Reviewer, StepUp, Technician,
};
pub use service::Access;
pub use sign_in::{SignIn, SignedIn};
