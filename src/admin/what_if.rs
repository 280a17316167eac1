//! What would be, if: one made-up call, judged under the saved rules and under a draft of them.

use super::{Admin, AdminError, Ref};
use crate::access::Administrator;
use crate::domain::{
    AgentId, AgentRef, GroupRules, Judgement, Operation, OrganizationId, PermissionGroup,
    ProfileId, RecordId, Route,
};
use crate::policy::Need;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The agent that would ask, with the organizations it is limited to; none: one that is
    /// limited to nothing.
    pub agent: Option<AgentId>,
    /// The call.
    pub topic: Topic,
    /// The record it would be about; none: any.
    pub record: Option<RecordId>,
    /// The client the record belongs to; none: nothing is said about that.
    pub organization: Option<OrganizationId>,
}

/// The call that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The usual call of this kind in this group.
    Usual {
        /// The group.
        group: PermissionGroup,
        /// What it would do.
        operation: Operation,
    },
    /// Exactly this call.
    Call {
        /// The method.
        method: String,
        /// IT Glue's path, with or without query.
        path: String,
    },
}

/// What the policy says to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The verdict with its rule, and the tier, which means "at least": the body is not known.
    pub judgement: Judgement,
    /// What would be needed, if it is refused.
    pub need: Option<Need>,
}

/// The answers side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// The call that was judged.
    pub route: Route,
    /// The groups it needs, the one that rules it first.
    pub groups: Vec<PermissionGroup>,
    /// The agent that would ask.
    pub agent: Option<AgentRef>,
    /// Under the rules as they are saved.
    pub saved: Answer,
    /// Under the draft.
    pub draft: Answer,
}

impl Admin {
    /// Judges a made-up call under the saved rules of a profile and under a draft of them. Nothing
    /// is stored and nothing is read from IT Glue.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `NoSuchCall` among them.
    pub async fn what_if(
        &self,
        _by: &Administrator,
        _profile: &Ref<ProfileId>,
        _draft: &GroupRules,
        _question: &Question,
    ) -> Result<WhatIf, AdminError> {
        unimplemented!()
    }
}
