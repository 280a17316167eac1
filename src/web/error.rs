//! What can go wrong at this door. The only place that knows the errors of the stages.
//!
//! An error travels to the next page in its address, so it holds nothing but its name: the texts
//! stand in `wording`, and nobody can put others in front of a technician by a crafted link.

use std::error::Error;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use super::context;
use crate::access::{AccessError, Forbidden, SignInError};
use crate::admin::AdminError;
use crate::decision::DecisionError;
use crate::domain::{Role, Scope, SignInStage, named_enum};
use crate::review::ReviewError;

named_enum! {
    /// Why a page cannot be shown or a form was not carried out.
    pub enum WebError {
        /// Nobody is signed in.
        SignedOut = "signed-out",
        /// The password was right; a code of the second factor is due.
        CodeDue = "code-due",
        /// The password was right; a second factor has to be set up.
        EnrolmentDue = "enrolment-due",
        /// Address and password do not fit.
        SignInRefused = "sign-in-refused",
        /// Too many people sign in at once.
        Busy = "busy",
        /// The role does not include it.
        Forbidden = "forbidden",
        /// It takes the role administrator.
        AdministratorsOnly = "administrators-only",
        /// Too many wrong passwords or codes: wait.
        TooManyTries = "too-many-tries",
        /// Wrong too often: somebody has to open the account again.
        AccountClosed = "account-closed",
        /// There is nothing at this address.
        NotFound = "not-found",
        /// Proposal, record or policy moved after they were shown.
        ChangedSinceShown = "changed-since-shown",
        /// The proposal no longer waits for this.
        WrongState = "wrong-state",
        /// What was sent may still take effect.
        NotSettled = "not-settled",
        /// A reason is needed.
        ReasonMissing = "reason-missing",
        /// The reason is too long.
        ReasonTooLong = "reason-too-long",
        /// Not every changed field was marked as seen.
        NotSeen = "not-seen",
        /// The typed name is not the one asked for.
        NameDiffers = "name-differs",
        /// A proof of who one is is needed again.
        StepUpRequired = "step-up-required",
        /// The password or code given again is wrong.
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

impl WebError {
    /// For causes that concern nobody but the operator: logged here, once.
    pub fn unavailable(cause: &(dyn Error + 'static)) -> Self {
        let request = context::request_id();
        tracing::error!(error = cause, request.id = request, "a page failed");
        Self::Unavailable
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
            AccessError::Unauthenticated | AccessError::AgentPaused | AccessError::WrongKind => {
                Self::SignedOut
            }
            AccessError::Unfinished(stage) => match stage {
                SignInStage::Complete => Self::SignedOut,
                SignInStage::Code => Self::CodeDue,
                SignInStage::Enrolment => Self::EnrolmentDue,
            },
            AccessError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<Forbidden> for WebError {
    fn from(missing: Forbidden) -> Self {
        match missing {
            Forbidden::Role(Role::Administrator) | Forbidden::Scope(Scope::Admin) => {
                Self::AdministratorsOnly
            }
            Forbidden::Role(_) | Forbidden::Scope(_) => Self::Forbidden,
            Forbidden::StepUp => Self::StepUpRequired,
        }
    }
}

impl From<SignInError> for WebError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::SignInRefused,
            SignInError::Wait { .. } => Self::TooManyTries,
            SignInError::Closed => Self::AccountClosed,
            SignInError::Busy => Self::Busy,
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
            DecisionError::Expired => Self::Expired,
            DecisionError::ReasonMissing => Self::ReasonMissing,
            DecisionError::ReasonTooLong => Self::ReasonTooLong,
            DecisionError::StepUpRequired => Self::StepUpRequired,
            DecisionError::NotSettled { .. } => Self::NotSettled,
            DecisionError::OwnAgent => Self::OwnAgent,
            DecisionError::NotYours => Self::NotYours,
            DecisionError::RefusedByPolicy(_) => Self::RefusedByPolicy,
            DecisionError::Invalid(_) => Self::Invalid,
            DecisionError::ErasesRequired(_) => Self::ErasesRequired,
            DecisionError::RecordGone => Self::RecordGone,
            DecisionError::WrongState(_)
            | DecisionError::NothingToRevert { .. }
            | DecisionError::Overtaken(_)
            | DecisionError::HeldAfterRestore
            | DecisionError::NobodyToAnswer => Self::WrongState,
            DecisionError::Revert(cause) => Self::unavailable(&cause),
            DecisionError::Unreachable { .. } => Self::Unreachable,
            DecisionError::Account(cause) => Self::unavailable(&cause),
            DecisionError::Secrets(cause) => Self::unavailable(&cause),
            DecisionError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<AdminError> for WebError {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Missing { .. } => Self::NotFound,
            error => Self::unavailable(&error),
        }
    }
}
