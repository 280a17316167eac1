//! Why a decision does not take effect, by what the person would do about it.

use std::time::Duration;

use crate::access::AccountError;
use crate::domain::{
    DecidedBy, Decision, DecisionVerdict, FieldError, Proposal, ProposalStatus, Timestamp, Verdict,
};
use crate::intake::IntakeError;
use crate::itglue::ReadError;
use crate::secrets::OpenError;
use crate::store::StoreError;

/// Why a decision does not take effect. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// There is no such proposal.
    #[error("no such proposal")]
    NotFound,
    /// It is no longer what was shown.
    #[error("changed since shown: {detail}")]
    ChangedSinceShown {
        /// What has changed, in a sentence.
        detail: String,
    },
    /// It is past the state in which this can be done.
    #[error("the proposal is {0}")]
    WrongState(ProposalStatus),
    /// Nobody decided in time.
    #[error("the proposal has expired")]
    Expired,
    /// A reason is required.
    #[error("a reason is required")]
    ReasonMissing,
    /// The reason is too long.
    #[error("the reason is longer than 2,000 characters")]
    ReasonTooLong,
    /// The person has to prove again who they are.
    #[error("the password has to be given again")]
    StepUpRequired,
    /// A critical proposal of the person, or of their own agent, and somebody else could decide it.
    #[error("a critical proposal of one's own is decided by somebody else")]
    OwnAgent,
    /// What was sent may still take effect, so "it is not there" cannot be said yet.
    #[error("what was sent may still take effect")]
    NotSettled {
        /// From when it can be said.
        until: Option<Timestamp>,
    },
    /// The database was restored from a backup and that is not accepted yet, so what looks unsent
    /// may have been sent since.
    #[error("a restored database is not accepted yet")]
    HeldAfterRestore,
    /// Only the one who decided, or an administrator, can undo.
    #[error("only the one who decided or an administrator can undo")]
    NotYours,
    /// The policy as it is now says no.
    #[error("refused by {}", .0.rule)]
    RefusedByPolicy(Verdict),
    /// What the technician changed does not fit.
    #[error("the edits do not fit")]
    Invalid(Vec<FieldError>),
    /// Required traits would be erased: keep them or fill them in.
    #[error("required fields would be erased")]
    ErasesRequired(Vec<String>),
    /// The record no longer exists.
    #[error("the record no longer exists in IT Glue")]
    RecordGone,
    /// Nothing is left to take back, or it takes somebody in IT Glue.
    #[error("nothing to revert: {detail}")]
    NothingToRevert {
        /// Why, in whole sentences.
        detail: String,
    },
    /// Others have changed what a revert would set, so it would take that away.
    #[error("others have changed {} since the revert was proposed", .0.join(", "))]
    Overtaken(Vec<String>),
    /// A person proposed it, so there is no agent to send it back to.
    #[error("there is no agent to send it back to")]
    NobodyToAnswer,
    /// The revert was not taken in.
    #[error("the revert was not taken in")]
    Revert(#[from] IntakeError),
    /// IT Glue could not be read, so nobody can say whether the record is still as shown.
    #[error("IT Glue could not be read")]
    Unreachable {
        /// When to try again.
        retry_after: Duration,
        /// Why.
        #[source]
        cause: ReadError,
    },
    /// The connection's key cannot be opened.
    #[error("the connection cannot be used")]
    Account(#[from] AccountError),
    /// What was stored cannot be opened.
    #[error("stored secrets cannot be opened")]
    Secrets(#[from] OpenError),
    /// The tables.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DecisionError {
    /// That the proposal is no longer as shown, with who decided what and when.
    pub(super) fn changed(proposal: &Proposal) -> Self {
        let detail = match (&proposal.decision, proposal.status) {
            (Some(decision), _) => decided(decision),
            (None, ProposalStatus::Pending) => format!(
                "It was put together anew (round {}); look at it again before you decide.",
                proposal.round
            ),
            (None, ProposalStatus::Expired) => return Self::Expired,
            (None, status) => format!("It is {status} now."),
        };
        Self::ChangedSinceShown { detail }
    }
}

fn decided(decision: &Decision) -> String {
    let what = match decision.verdict {
        DecisionVerdict::Approved => "approved",
        DecisionVerdict::ApprovedWithEdits => "approved with edits",
        DecisionVerdict::SentBack => "sent back",
        DecisionVerdict::Rejected => "rejected",
    };
    let who = match decision.by {
        DecidedBy::Person => decision.name.as_str(),
        DecidedBy::Policy => "the profile",
    };
    format!("It was {what} by {who} at {}.", decision.at)
}

impl From<ReadError> for DecisionError {
    fn from(cause: ReadError) -> Self {
        const TRY_AGAIN: Duration = Duration::from_secs(15);
        match cause {
            ReadError::NotFound | ReadError::ForbiddenRecord { .. } => Self::RecordGone,
            ReadError::BudgetExhausted { retry_after } => Self::Unreachable { retry_after, cause },
            ReadError::RateLimited { retry_after } => Self::Unreachable {
                retry_after: retry_after.unwrap_or(TRY_AGAIN),
                cause,
            },
            ReadError::KeyRefused { .. }
            | ReadError::Refused { .. }
            | ReadError::Unavailable { .. }
            | ReadError::Unintelligible { .. }
            | ReadError::NoAddress { .. } => Self::Unreachable {
                retry_after: TRY_AGAIN,
                cause,
            },
        }
    }
}
