//! What can go wrong at this door, in words for people.
//!
//! An error travels to the next page in its address, so it holds nothing but its name: the texts
//! stand here, and nobody can put others in front of a technician by a crafted link.

use std::error::Error;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use super::context;
use crate::access::{AccessError, Forbidden, SignInError};
use crate::decision::DecisionError;
use crate::domain::named_enum;
use crate::review::ReviewError;

named_enum! {
    /// Why a page cannot be shown or a form was not carried out.
    pub enum WebError {
        /// Nobody is signed in.
        SignedOut = "signed-out",
        /// Address and password do not fit.
        SignInRefused = "sign-in-refused",
        /// Too many people sign in at once.
        Busy = "busy",
        /// The role does not include it.
        Forbidden = "forbidden",
        /// There is nothing at this address.
        NotFound = "not-found",
        /// Proposal, record or policy moved after they were shown.
        ChangedSinceShown = "changed-since-shown",
        /// The proposal no longer waits for this.
        WrongState = "wrong-state",
        /// A reason is needed.
        ReasonMissing = "reason-missing",
        /// The reason is too long.
        ReasonTooLong = "reason-too-long",
        /// Not every changed field was marked as seen.
        NotSeen = "not-seen",
        /// The typed name is not the one asked for.
        NameDiffers = "name-differs",
        /// The password is needed again.
        StepUpRequired = "step-up-required",
        /// The password given again is wrong.
        PasswordWrong = "password-wrong",
        /// The person answers for the agent.
        OwnAgent = "own-agent",
        /// Somebody else decided, and takes it back if anyone does.
        NotYours = "not-yours",
        /// The policy as it is now says no.
        RefusedByPolicy = "refused-by-policy",
        /// The record no longer exists.
        RecordGone = "record-gone",
        /// The time to decide is over.
        Expired = "expired",
        /// IT Glue could not be read.
        Unreachable = "unreachable",
        /// What would be written is not valid.
        Invalid = "invalid",
        /// A required field would lose its value.
        ErasesRequired = "erases-required",
        /// The form did not come as this program made it.
        Malformed = "malformed",
        /// Something inside failed; the log says what.
        Unavailable = "unavailable",
    }
}

/// An error as a person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// What failed.
    pub title: &'static str,
    /// What that means, and what was not changed.
    pub meaning: &'static str,
    /// What to do next.
    pub next: &'static str,
}

impl WebError {
    /// For causes that concern nobody but the operator: logged here, once.
    pub fn unavailable(cause: &(dyn Error + 'static)) -> Self {
        let request = context::request_id();
        tracing::error!(error = cause, request.id = request, "a page failed");
        Self::Unavailable
    }

    /// The words for it.
    #[expect(clippy::too_many_lines, reason = "a table: one entry per error")]
    pub const fn wording(self) -> Wording {
        let (title, meaning, next) = match self {
            Self::SignedOut => (
                "You are signed out",
                "Your session has ended. Nothing was decided.",
                "Sign in again; you come back to this place.",
            ),
            Self::SignInRefused => (
                "E-mail and password do not fit",
                "You are not signed in.",
                "Check both and try again. An administrator can set a new password.",
            ),
            Self::Busy => (
                "Too many people sign in right now",
                "Your password was not checked. Nothing was changed.",
                "Try again in a few seconds.",
            ),
            Self::Forbidden => (
                "Your role does not include this",
                "Deciding takes the role technician or administrator. Nothing was changed.",
                "Ask an administrator of Countersign if you should have it.",
            ),
            Self::NotFound => (
                "There is nothing at this address",
                "The proposal does not exist, or the address is mistyped. Nothing was changed.",
                "Look for it in the queue.",
            ),
            Self::ChangedSinceShown => (
                "It changed since it was shown to you",
                "The proposal, the record or the policy moved meanwhile. Nothing was decided and \
                 nothing was written.",
                "Below is how it stands now. Look again, then decide.",
            ),
            Self::WrongState => (
                "This is no longer possible",
                "The proposal does not wait for this any more. Nothing was changed by you.",
                "Below is how it stands now.",
            ),
            Self::ReasonMissing => (
                "A reason is needed",
                "Nothing was decided.",
                "Say in a sentence why, then send the form again.",
            ),
            Self::ReasonTooLong => (
                "The reason is too long",
                "At most 2,000 characters are kept. Nothing was decided.",
                "Shorten it, then send the form again.",
            ),
            Self::NotSeen => (
                "Not every changed field is marked as seen",
                "Nothing was decided.",
                "Mark each changed field, then send the form again.",
            ),
            Self::NameDiffers => (
                "The name you typed is another one",
                "Nothing was decided.",
                "Type the name as it stands beside the field. Upper and lower case do not matter.",
            ),
            Self::StepUpRequired => (
                "Your password is needed again",
                "A critical decision takes a proof of who you are, at most five minutes old. \
                 Nothing was decided.",
                "Give your password in the form below.",
            ),
            Self::PasswordWrong => (
                "That is not your password",
                "Nothing was decided.",
                "Try again.",
            ),
            Self::OwnAgent => (
                "This agent is yours",
                "Critical proposals of an agent are decided by somebody else than the person \
                 answerable for it. Nothing was decided.",
                "Ask a colleague to look at it.",
            ),
            Self::NotYours => (
                "Somebody else approved this",
                "Only they or an administrator can take it back. The approval stands.",
                "Ask one of them.",
            ),
            Self::RefusedByPolicy => (
                "The policy no longer allows this",
                "The agent’s profile was changed after it proposed. Nothing was decided and \
                 nothing was written.",
                "Reject it, or ask an administrator about the profile.",
            ),
            Self::RecordGone => (
                "The record no longer exists in IT Glue",
                "There is nothing left to write to. Nothing was decided.",
                "Reject the proposal and tell the agent.",
            ),
            Self::Expired => (
                "The time to decide is over",
                "The proposal has expired. Nothing was written.",
                "The agent may propose it again.",
            ),
            Self::Unreachable => (
                "IT Glue could not be read",
                "Nobody can tell what the record holds right now, so nothing was decided and \
                 nothing was written.",
                "Try again in a moment.",
            ),
            Self::Invalid => (
                "IT Glue would not accept the result",
                "What would be written breaks a rule of this kind of record. Nothing was decided.",
                "Keep the fields that are needed, or reject it and tell the agent what is missing.",
            ),
            Self::ErasesRequired => (
                "A required field would lose its value",
                "This kind of record cannot be without it. Nothing was decided.",
                "Mark the required fields to be kept, or reject the proposal.",
            ),
            Self::Malformed => (
                "The form could not be read",
                "It did not arrive the way this page made it. Nothing was changed.",
                "Go back, reload the page and try again.",
            ),
            Self::Unavailable => (
                "Something went wrong on our side",
                "Nothing was decided by this request.",
                "Try again. If it stays, give the administrator the request id.",
            ),
        };
        Wording {
            title,
            meaning,
            next,
        }
    }
}

impl FromServerFnError for WebError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Malformed
    }
}

impl From<AccessError> for WebError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::Unauthenticated
            | AccessError::Unfinished(_)
            | AccessError::AgentPaused
            | AccessError::WrongKind => Self::SignedOut,
            AccessError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<Forbidden> for WebError {
    fn from(missing: Forbidden) -> Self {
        match missing {
            Forbidden::Role(_) | Forbidden::Scope(_) => Self::Forbidden,
            Forbidden::StepUp => Self::StepUpRequired,
        }
    }
}

impl From<SignInError> for WebError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::SignInRefused,
            SignInError::Busy | SignInError::Wait { .. } | SignInError::Closed => Self::Busy,
            SignInError::Factor(cause) => Self::unavailable(&cause),
            SignInError::Password(cause) => Self::unavailable(&cause),
            SignInError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<ReviewError> for WebError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NotFound => Self::NotFound,
            ReviewError::Account(cause) => Self::unavailable(&cause),
            ReviewError::Secrets(cause) => Self::unavailable(&cause),
            ReviewError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<DecisionError> for WebError {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::NotFound => Self::NotFound,
            DecisionError::ChangedSinceShown { .. } => Self::ChangedSinceShown,
            DecisionError::WrongState(_) => Self::WrongState,
            DecisionError::Expired => Self::Expired,
            DecisionError::ReasonMissing => Self::ReasonMissing,
            DecisionError::ReasonTooLong => Self::ReasonTooLong,
            DecisionError::StepUpRequired => Self::StepUpRequired,
            DecisionError::OwnAgent => Self::OwnAgent,
            DecisionError::NotYours => Self::NotYours,
            DecisionError::RefusedByPolicy(_) => Self::RefusedByPolicy,
            DecisionError::Invalid(_) => Self::Invalid,
            DecisionError::ErasesRequired(_) => Self::ErasesRequired,
            DecisionError::RecordGone => Self::RecordGone,
            DecisionError::Unreachable { .. } => Self::Unreachable,
            DecisionError::Account(cause) => Self::unavailable(&cause),
            DecisionError::Secrets(cause) => Self::unavailable(&cause),
            DecisionError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_failed_what_was_not_done_and_what_to_do() {
        for error in WebError::ALL {
            let wording = error.wording();
            for text in [wording.meaning, wording.next] {
                assert!(text.ends_with('.'), "{text}");
            }
            assert!(!wording.title.ends_with('.'));
            assert_eq!(error.as_str().parse(), Ok(*error));
        }
    }
}
