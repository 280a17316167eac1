//! The stages as this door sees them, and what their errors mean to a person.

use serde_json::Value;

use super::error::WebError;
use crate::access::{Reviewer, Technician};
use crate::diff::Diff;
use crate::domain::{FieldError, Fingerprint, Proposal, ProposalId, Timestamp};
use crate::store::{Lane, LaneCounts, QueueCursor, StoreError};

/// What a person is shown.
#[derive(Clone)]
pub struct Review;

/// A page of the queue.
pub struct QueuePage {
    /// The entries.
    pub proposals: Vec<Proposal>,
    /// Where the next page begins.
    pub next: Option<QueueCursor>,
    /// How much each lane holds.
    pub counts: LaneCounts,
    /// When it was read.
    pub at: Timestamp,
}

/// A proposal to be looked at.
pub struct Opened {
    /// As it is now.
    pub proposal: Proposal,
    /// What each item would change.
    pub diffs: Vec<Diff>,
    /// When IT Glue was read for it; none if it could not be.
    pub live_read_at: Option<Timestamp>,
    /// When it was opened.
    pub at: Timestamp,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such proposal.
    #[error("no such proposal")]
    NotFound,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[expect(clippy::unused_async, reason = "the stage reads the store and IT Glue")]
impl Review {
    /// A page of a lane.
    pub async fn queue(
        &self,
        _who: &Reviewer,
        _lane: Lane,
        _from: Option<QueueCursor>,
        _limit: u32,
    ) -> Result<QueuePage, ReviewError> {
        Err(ReviewError::NotFound)
    }

    /// One proposal, read anew.
    pub async fn open(&self, _who: &Reviewer, _number: i64) -> Result<Opened, ReviewError> {
        Err(ReviewError::NotFound)
    }
}

/// What a person says.
#[derive(Clone)]
pub struct Decision;

/// An approval.
pub struct Approve {
    /// What was shown.
    pub fingerprint: Fingerprint,
    /// Why.
    pub reason: Option<String>,
    /// Traits to be kept that would be erased.
    pub keep: Vec<String>,
    /// An edited body.
    pub body: Option<Value>,
    /// What is left out.
    pub omit: Vec<String>,
}

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
#[expect(dead_code, reason = "the stage makes them")]
pub enum DecisionError {
    /// There is no such proposal.
    #[error("no such proposal")]
    NotFound,
    /// What was shown is no longer true.
    #[error("changed since it was shown: {detail}")]
    ChangedSinceShown {
        /// What changed.
        detail: String,
    },
    /// It no longer waits.
    #[error("not in a state for this")]
    WrongState {},
    /// A reason is needed.
    #[error("a reason is needed")]
    ReasonMissing,
    /// The password is needed again.
    #[error("a fresh proof of who decides is needed")]
    StepUpRequired,
    /// The person answers for the agent.
    #[error("one's own agent")]
    OwnAgent,
    /// Too late.
    #[error("expired")]
    Expired,
    /// IT Glue could not be read.
    #[error("IT Glue could not be read")]
    Unreachable {},
    /// The result would not be valid.
    #[error("not valid")]
    Invalid(Vec<FieldError>),
    /// Required traits would be erased.
    #[error("required traits would be erased")]
    ErasesRequired(Vec<String>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[expect(clippy::unused_async, reason = "the stage reads the store and IT Glue")]
impl Decision {
    /// Yes.
    pub async fn approve(
        &self,
        _who: &Technician,
        _id: ProposalId,
        _approve: Approve,
    ) -> Result<Proposal, DecisionError> {
        Err(DecisionError::NotFound)
    }

    /// No.
    pub async fn reject(
        &self,
        _who: &Technician,
        _id: ProposalId,
        _fingerprint: Fingerprint,
        _reason: String,
    ) -> Result<Proposal, DecisionError> {
        Err(DecisionError::NotFound)
    }

    /// Not after all.
    pub async fn undo(
        &self,
        _who: &Technician,
        _id: ProposalId,
    ) -> Result<Proposal, DecisionError> {
        Err(DecisionError::NotFound)
    }
}

impl From<ReviewError> for WebError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::NotFound => Self::NotFound,
            ReviewError::Store(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<DecisionError> for WebError {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::NotFound => Self::NotFound,
            DecisionError::ChangedSinceShown { .. } => Self::ChangedSinceShown,
            DecisionError::WrongState { .. } => Self::WrongState,
            DecisionError::ReasonMissing => Self::ReasonMissing,
            DecisionError::StepUpRequired => Self::StepUpRequired,
            DecisionError::OwnAgent => Self::OwnAgent,
            DecisionError::Expired => Self::Expired,
            DecisionError::Unreachable { .. } => Self::Unreachable,
            DecisionError::Invalid(_) => Self::Invalid,
            DecisionError::ErasesRequired(_) => Self::ErasesRequired,
            DecisionError::Store(cause) => Self::unavailable(&cause),
        }
    }
}
