//! What would be, if: one made-up call, judged under the saved rules and under a draft of them.

use super::{Admin, AdminError, Kind, Ref};
use crate::access::Administrator;
use crate::domain::{
    AgentId, AgentRef, Facts, GroupRules, Judgement, Operation, OrganizationId, OrganizationScope,
    PermissionGroup, ProfileId, RecordId, Route, TargetOrganization,
};
use crate::policy::{Located, Need, Rejection, Subject, judge, locate, needs, usual_call};

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The agent that would ask, with the organizations it is limited to; none: one that is
    /// limited to nothing.
    pub agent: Option<AgentId>,
    /// The call.
    pub topic: Topic,
    /// The record it would be about, where the call does not name one.
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
    /// The groups it needs, in their order.
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
        profile: &Ref<ProfileId>,
        draft: &GroupRules,
        question: &Question,
    ) -> Result<WhatIf, AdminError> {
        let profile = self.profile_of(profile).await?;
        let located = located(question)?;
        let (agent, scope) = self.asker(question.agent).await?;
        let facts = facts(question.organization);
        let answer = |rules| {
            let subject = Subject {
                rules,
                scope: &scope,
            };
            Answer {
                judgement: judge(&subject, &located, facts.as_ref()),
                need: needs(&subject, &located, facts.as_ref()),
            }
        };
        Ok(WhatIf {
            saved: answer(&profile.rules),
            draft: answer(draft),
            groups: located.groups.iter().collect(),
            route: located.route.clone(),
            agent,
        })
    }

    /// The agent that would ask, and what it is limited to.
    async fn asker(
        &self,
        agent: Option<AgentId>,
    ) -> Result<(Option<AgentRef>, OrganizationScope), AdminError> {
        let Some(id) = agent else {
            return Ok((None, OrganizationScope::All));
        };
        let account = self.0.store.agent(id).await?;
        let details = account.ok_or_else(|| AdminError::Missing {
            kind: Kind::Agent,
            name: id.to_string(),
            known: Vec::new(),
        })?;
        let details = details.details;
        Ok((Some(details.agent), details.organizations))
    }
}

fn located(question: &Question) -> Result<Located, AdminError> {
    match &question.topic {
        Topic::Usual { group, operation } => {
            usual_call(*group, *operation, question.record, question.organization).ok_or_else(
                || AdminError::NoSuchCall {
                    detail: format!("Nothing in {} can be done so.", group.label()),
                },
            )
        }
        Topic::Call { method, path } => {
            locate(method, path).map_err(|rejection| AdminError::NoSuchCall {
                detail: words(rejection),
            })
        }
    }
}

/// What is known if nothing is but the client.
fn facts(organization: Option<OrganizationId>) -> Option<Facts> {
    let organization = TargetOrganization::Known(organization?);
    Some(Facts {
        organizations: vec![organization],
        ..Facts::default()
    })
}

fn words(rejection: Rejection) -> String {
    match rejection {
        Rejection::UnknownEndpoint { detail } => detail,
        Rejection::InvalidQuery(errors) | Rejection::Invalid(errors) => {
            let details: Vec<String> = errors.into_iter().map(|error| error.detail).collect();
            details.join(" ")
        }
    }
}
