//! What was decided, for people to look up: those of their clients alone.

use super::{Key, Review, ReviewError};
use crate::access::Reviewer;
use crate::domain::{AgentId, Claim, Proposal, ProposalId, UserId};
use crate::store::{HistoryCursor, HistoryEntry, HistoryFilter, Page};
use crate::store::{PastDecision, PastRevision};

/// What became of a proposal before this round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// What the agent had proposed, before it or a technician changed it, the oldest first.
    pub revisions: Vec<PastRevision>,
    /// What was decided, in all rounds, the oldest first.
    pub decisions: Vec<PastDecision>,
}

/// Those whom a search can name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The agents, by name.
    pub agents: Vec<(AgentId, String)>,
    /// The people, by name.
    pub people: Vec<(UserId, String)>,
}

impl Review {
    /// Agents and people, by name. Which clients there are is not told by it.
    ///
    /// # Errors
    /// The tables.
    pub async fn known(&self, _: &Reviewer) -> Result<Known, ReviewError> {
        Ok(Known {
            agents: self.store.agent_names().await?,
            people: self.store.person_names().await?,
        })
    }

    /// A page of what was decided, the newest first. It may be short, or empty, and still have a
    /// next one.
    ///
    /// # Errors
    /// The tables.
    pub async fn history(
        &self,
        who: &Reviewer,
        filter: &HistoryFilter,
        from: Option<HistoryCursor>,
        limit: u32,
    ) -> Result<Page<HistoryEntry, HistoryCursor>, ReviewError> {
        let own = who.person().organizations();
        Ok(self.store.history(own, filter, from, limit).await?)
    }

    /// Who is on which of these proposals: number, claim.
    ///
    /// # Errors
    /// The tables.
    pub async fn claims(&self, proposals: &[Proposal]) -> Result<Vec<(i64, Claim)>, ReviewError> {
        let numbers: Vec<i64> = proposals.iter().map(|proposal| proposal.number).collect();
        Ok(self.store.claims_of(&numbers).await?)
    }

    /// A proposal as it is stored, without looking at IT Glue, and who is on it.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`], or the tables.
    pub async fn stands(
        &self,
        who: &Reviewer,
        id: ProposalId,
    ) -> Result<(Proposal, Option<Claim>), ReviewError> {
        let proposal = self.find(who, Key::Id(id)).await?;
        let claim = self.claim(&proposal).await?;
        Ok((proposal, claim))
    }

    pub(super) async fn claim(&self, proposal: &Proposal) -> Result<Option<Claim>, ReviewError> {
        let claims = self.claims(std::slice::from_ref(proposal)).await?;
        Ok(claims.into_iter().next().map(|(_, claim)| claim))
    }

    pub(super) async fn past(&self, proposal: &Proposal) -> Result<Past, ReviewError> {
        Ok(Past {
            revisions: self.store.revisions_of(proposal.id).await?,
            decisions: self.store.decisions_of(proposal.id).await?,
        })
    }
}
