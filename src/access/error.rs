//! Why somebody is not let in.

use crate::domain::{Role, Scope};
use crate::store::StoreError;

/// Why a token or a session opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// None, unknown, expired or revoked: one answer for all four.
    #[error("not signed in")]
    Unauthenticated,
    /// The agent was paused by an administrator.
    #[error("the agent is paused")]
    AgentPaused,
    /// A token of the wrong kind for this door.
    #[error("this kind of token has no rights here")]
    WrongKind,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is missing for a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// The person's role does not include it.
    #[error("the role {0} is needed")]
    Role(Role),
    /// The token's scopes do not include it.
    #[error("the token needs the scope {0}")]
    Scope(Scope),
    /// The person has to prove again who they are.
    #[error("the password has to be given again")]
    StepUp,
}

/// Why a sign-in did not work.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown address, wrong password, account off: one answer for all three.
    #[error("address and password do not fit")]
    Refused,
    /// Too many people sign in at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// The password hash could not be checked.
    #[error("the password could not be checked")]
    Password(#[source] crate::secrets::PasswordError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
