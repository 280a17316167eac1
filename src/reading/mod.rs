//! Reads for agents: request → policy → IT Glue → an answer without secrets, of nobody else's
//! records.
//!
//! Nothing is stored here but refusals, and a secret value is handed out only where a technician has
//! approved it. A read takes the budget of intake, never the share of replay.

mod collect;
mod error;
mod scope;

use std::sync::Arc;

use crate::access::{Agent, open_account};
use crate::domain::json::Tree;
use crate::domain::{Clock, Facts, VerdictKind};
use crate::itglue::{Client, Purpose};
use crate::policy::{Located, Reach, Subject, judge, keep_readable, locate, needs, underscored};
use crate::secrets::Vault;
use crate::store::Store;

pub use error::ReadingError;

/// What reading is made of.
#[derive(Clone)]
pub struct ReadingParts {
    /// The tables.
    pub store: Store,
    /// Opens keys.
    pub vault: Vault,
    /// Reads from IT Glue.
    pub itglue: Client,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Reads for agents. Cheap to clone.
#[derive(Clone)]
pub struct Reading {
    parts: ReadingParts,
}

impl Reading {
    /// Over these parts.
    pub const fn new(parts: ReadingParts) -> Self {
        Self { parts }
    }

    /// What a read asks for.
    ///
    /// # Errors
    /// [`ReadingError::UnknownEndpoint`], or [`ReadingError::InvalidQuery`] for a query that IT Glue
    /// would ignore in part.
    pub fn locate(&self, path: &str) -> Result<Located, ReadingError> {
        Ok(locate("GET", &underscored(path))?)
    }

    /// Reads for this agent what its profile lets it read, as JSON, without the related items that lead
    /// to what it may not. Links in the document point at IT Glue; whoever hands it on may `adapt` them
    /// before it is written.
    ///
    /// # Errors
    /// [`ReadingError`]: nothing of the answer may be handed out.
    pub async fn read(
        &self,
        agent: &Agent,
        located: Located,
        adapt: impl FnOnce(&mut Tree<'_>) + Send,
    ) -> Result<Vec<u8>, ReadingError> {
        let located = located.limited_to(&agent.details().organizations);
        self.refuse(agent, &located, None).await?;
        let account = open_account(&self.parts.vault, agent.connection())?;
        let session = self.parts.itglue.session(&account, Purpose::Intake);
        let rules = &agent.details().profile.rules;
        let readable = |document: &mut Tree<'_>| {
            keep_readable(rules, &located, document);
            adapt(document);
        };
        let document = session.relay(&located.route, readable).await?;
        if let Some(facts) = scope::facts(&session, agent, &located, &document).await? {
            self.refuse(agent, &located, Some(&facts)).await?;
        }
        Ok(document)
    }

    /// Answers and writes down a refusal, if the policy gives one.
    async fn refuse(
        &self,
        agent: &Agent,
        located: &Located,
        facts: Option<&Facts>,
    ) -> Result<(), ReadingError> {
        let subject = subject(agent);
        let verdict = judge(&subject, located, facts).verdict;
        // Whose record it is, is known once it was read.
        let may_become_known = facts.is_none()
            && located.reach == Reach::OneRecord
            && verdict.rule == "organization.unknown";
        if verdict.kind != VerdictKind::Refused || may_become_known {
            return Ok(());
        }
        let event = agent.refusal(self.parts.clock.now(), &verdict.rule, &located.route);
        self.parts.store.record_event(&event).await?;
        Err(ReadingError::Refused {
            need: needs(&subject, located, facts),
            verdict,
        })
    }
}

fn subject(agent: &Agent) -> Subject<'_> {
    Subject {
        rules: &agent.details().profile.rules,
        scope: &agent.details().organizations,
    }
}
