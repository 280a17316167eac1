//! Why somebody is not let in.

use crate::domain::{Role, Scope, SignInStage};
use crate::secrets::{OpenError, PasswordError, WeakPassword};
use crate::store::StoreError;

/// Why a token or a session opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// None, unknown, expired or revoked: one answer for all four.
    #[error("not signed in")]
    Unauthenticated,
    /// The sign-in has not come to its end: a code or a second factor is missing.
    #[error("the sign-in is not complete")]
    Unfinished(SignInStage),
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
    #[error("the person has to prove again who they are")]
    StepUp,
}

/// Why a sign-in did not work.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Unknown address, wrong password, wrong code, account off: one answer for all of them.
    #[error("what was given does not fit")]
    Refused,
    /// Too many wrong tries before this one. It was not looked at.
    #[error("the next try is looked at in {seconds} s")]
    Wait {
        /// How long to wait.
        seconds: u32,
    },
    /// Wrong too often: an administrator or a reset link opens the account again.
    #[error("the account is closed after too many wrong tries")]
    Closed,
    /// Too many people sign in at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// The password hash could not be checked.
    #[error("the password could not be checked")]
    Password(#[source] PasswordError),
    /// The seed of the second factor does not open.
    #[error("the second factor could not be checked")]
    Factor(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PasswordError> for SignInError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Unreadable | PasswordError::Hashing(_) | PasswordError::Interrupted => {
                Self::Password(error)
            }
        }
    }
}

/// Why a second factor was not changed. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// The code is not the one of now, or no seed was offered.
    #[error("the code does not fit")]
    Refused,
    /// The person has to prove again who they are.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The role of this person needs a second factor; it can be replaced, not removed.
    #[error("a second factor is required of this person")]
    Required,
    /// There is no second factor.
    #[error("there is no second factor")]
    Missing,
    /// The session has ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// The seed does not open.
    #[error("the seed of the second factor cannot be opened")]
    Sealed(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The present password was not given, or given wrongly too often.
    #[error(transparent)]
    Current(#[from] SignInError),
    /// The new one would be guessed.
    #[error("the new password is too weak")]
    Weak(Vec<WeakPassword>),
}

impl From<StoreError> for ChangePasswordError {
    fn from(error: StoreError) -> Self {
        Self::Current(error.into())
    }
}

/// Why a link did not set a password.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Unknown, used, expired or replaced by a newer one: one answer for all four.
    #[error("the link is no longer valid")]
    Gone,
    /// The password would be guessed. The link can be used again.
    #[error("the password is too weak")]
    Weak(Vec<WeakPassword>),
    /// Too many people sign in at once. The link can be used again.
    #[error("too many sign-ins at once")]
    Busy,
    /// The password could not be hashed.
    #[error("the password could not be kept")]
    Password(#[source] PasswordError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PasswordError> for LinkError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Unreadable | PasswordError::Hashing(_) | PasswordError::Interrupted => {
                Self::Password(error)
            }
        }
    }
}

/// Why the first administrator was not made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// There is an administrator already.
    #[error("the set-up is done")]
    Closed,
    /// Not the code that was printed last, or it is older than an hour.
    #[error("the set-up code does not fit")]
    WrongCode,
    /// Too many wrong codes before this one. It was not looked at.
    #[error("the next code is looked at in {seconds} s")]
    Wait {
        /// How long to wait.
        seconds: u32,
    },
    /// The password would be guessed.
    #[error("the password is too weak")]
    Weak(Vec<WeakPassword>),
    /// Somebody who is no administrator has this address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Too many people sign in at once.
    #[error("too many sign-ins at once")]
    Busy,
    /// The password could not be hashed.
    #[error("the password could not be kept")]
    Password(#[source] PasswordError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PasswordError> for SetUpError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            PasswordError::Unreadable | PasswordError::Hashing(_) | PasswordError::Interrupted => {
                Self::Password(error)
            }
        }
    }
}
