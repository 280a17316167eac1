//! Who is asking: tokens, sign-in, sessions, roles → a typed proof of a right.
//!
//! A right is an argument. Deciding takes a [`Technician`], looking a [`Reviewer`], proposing an
//! [`Agent`]; only this folder can make them, so that an agent cannot decide is a compile error and
//! not a check that someone may forget.

mod account;
mod agent;
mod error;
mod factor;
mod guessing;
mod links;
mod own_account;
mod own_tokens;
mod person;
mod presented;
mod service;
mod set_up;
mod sign_in;
mod step_up;

pub use account::{AccountError, key_place, open_account};
pub use agent::Agent;
pub use error::{
    AccessError, ChangePasswordError, FactorError, Forbidden, LinkError, SetUpError, SignInError,
};
pub use factor::{Enrolled, Enroller, Offer};
pub use guessing::is_closed;
pub use links::{LinkView, UseLink};
pub use own_account::{Account, SessionView};
pub use person::{
    Administrator, Credential, Person, ProvenAdministrator, Reviewer, StepUp, Technician,
};
pub use presented::presented_token;
pub use service::{Access, AccessParts, AccessSettings};
pub use set_up::Found;
pub use sign_in::{SignIn, SignedIn, Unfinished};
pub use step_up::Proof;

#[cfg(test)]
mod tests;
