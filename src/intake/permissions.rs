//! What a token may do, and what would become of a request.

use serde_json::Value;

use super::Intake;
use super::error::IntakeError;
use super::submit::subject;
use crate::access::Agent;
use crate::domain::{GroupRules, Judgement, OrganizationScope, TraitsMode};
use crate::draft::Asked;
use crate::policy::{Call, Floor, Need, classify, floors, judge, locate, needs};

/// What an agent's token may do.
#[derive(Clone, Debug)]
pub struct Permissions {
    /// The name of its profile.
    pub profile: String,
    /// What the profile says.
    pub rules: GroupRules,
    /// The organizations it is limited to.
    pub organizations: OrganizationScope,
    /// What no profile lifts.
    pub floors: &'static [Floor],
}

/// What would become of a request.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Verdict, rule and tier.
    pub judgement: Judgement,
    /// Whether the tier means "at least", because body or record were not looked at.
    pub is_at_least: bool,
    /// What would be needed, if it is refused.
    pub need: Option<Need>,
}

impl Intake {
    /// What this token may do.
    pub fn permissions(&self, agent: &Agent) -> Permissions {
        let details = agent.details();
        Permissions {
            profile: details.profile.name.clone(),
            rules: details.profile.rules.clone(),
            organizations: details.organizations.clone(),
            floors: floors(),
        }
    }

    /// What would become of a request. With a body, the record is read and the answer is exact;
    /// without, or if IT Glue cannot be read, the tier means "at least". Nothing is stored.
    ///
    /// # Errors
    /// [`IntakeError`] where proposing it would give the same.
    pub async fn check(
        &self,
        agent: &Agent,
        method: &str,
        path: &str,
        body: Option<&Value>,
        traits: TraitsMode,
    ) -> Result<Checked, IntakeError> {
        self.count(agent)?;
        let subject = subject(agent);
        let Some(body) = body else {
            let located = locate(method, path)?;
            return Ok(Checked {
                judgement: judge(&subject, &located, None),
                is_at_least: true,
                need: needs(&subject, &located, None),
            });
        };
        let classified = classify(&Call {
            method,
            path,
            body: Some(body),
        })?;
        let asked = Asked {
            method: classified.located.route.method,
            path: path.to_owned(),
            body: Some(body.clone()),
            traits,
            keep: Vec::new(),
        };
        match self.read_and_draft(agent, &classified, asked).await {
            Ok(ready) => Ok(Checked {
                judgement: ready.draft.judgement,
                is_at_least: false,
                need: None,
            }),
            Err(IntakeError::Refused { .. } | IntakeError::Unavailable { .. }) => Ok(Checked {
                judgement: judge(&subject, &classified.located, None),
                is_at_least: true,
                need: needs(&subject, &classified.located, None),
            }),
            Err(error) => Err(error),
        }
    }
}
