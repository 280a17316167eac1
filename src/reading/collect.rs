//! The value of a password, handed out once (replay protocol, section 11).
//!
//! It is read when the agent collects it, never at the approval, and never stored. That it was
//! handed out is written down before the answer is: a lost answer means asking again.

use serde_json::{Value, json};

use super::Reading;
use super::error::ReadingError;
use crate::access::{Agent, open_account};
use crate::domain::{
    AuditAction, AuditEvent, COLLECT_SECONDS, Facts, Item, ItemEvent, OrganizationScope, Proposal,
    ProposalStatus, ResultKind, TargetOrganization,
};
use crate::itglue::{Disclosed, Purpose, ReadError};
use crate::policy::Located;
use crate::secrets::{Bound, BoundItem, fingerprint_of};
use crate::store::{ItemChange, ItemEnd};

impl Reading {
    /// Hands out the value that this approved proposal of the agent asks for.
    ///
    /// # Errors
    /// [`ReadingError::NotCollectable`] if it is not approved, too old, paused or was collected
    /// meanwhile. Nothing was handed out.
    pub async fn collect(
        &self,
        agent: &Agent,
        located: &Located,
        proposal: &Proposal,
    ) -> Result<Value, ReadingError> {
        let item = self.collectable(agent, proposal).await?;
        self.refuse(agent, located, None).await?;
        let account = open_account(&self.parts.vault, agent.connection())?;
        let session = self.parts.itglue.session(&account, Purpose::Intake);
        let disclosed = session.disclose(&item.request.route).await?;
        let facts = facts(agent, &disclosed)?;
        self.refuse(agent, located, Some(&facts)).await?;
        self.note_handed_out(agent, item).await?;
        Ok(disclosed.into_document())
    }

    /// The item of an approval that still holds, for exactly what was approved.
    async fn collectable<'a>(
        &self,
        agent: &Agent,
        proposal: &'a Proposal,
    ) -> Result<&'a Item, ReadingError> {
        let now = self.parts.clock.now();
        let decision = proposal.decision.as_ref();
        let decision = decision.filter(|decision| decision.round == proposal.round);
        let is_fresh =
            decision.is_some_and(|decision| now.millis_since(decision.at) < COLLECT_SECONDS * 1000);
        let [item] = proposal.items.as_slice() else {
            return Err(ReadingError::NotCollectable);
        };
        let is_theirs =
            proposal.agent.id == agent.id() && proposal.connection.id == agent.connection().id;
        let is_ready = proposal.status == ProposalStatus::Queued && item.hold_reason.is_none();
        if !is_fresh || !is_theirs || !is_ready {
            return Err(ReadingError::NotCollectable);
        }
        let bound = Bound {
            proposal: proposal.id,
            revision: proposal.revision,
            round: proposal.round,
            connection: proposal.connection.id,
        };
        let items = proposal.items.iter().map(BoundItem::from);
        let stored = fingerprint_of(&self.parts.vault, bound, items)?;
        let approved = decision.map(|decision| decision.fingerprint);
        if approved == Some(stored) && stored == proposal.fingerprint {
            return Ok(item);
        }
        let event = AuditEvent::new(now, agent.actor(), AuditAction::Tampered)
            .on("proposal", proposal.id)
            .from(agent.address().cloned());
        self.parts.store.record_event(&event).await?;
        Err(ReadingError::NotCollectable)
    }

    async fn note_handed_out(&self, agent: &Agent, item: &Item) -> Result<(), ReadingError> {
        let now = self.parts.clock.now();
        let collected = item.progress.step(ItemEvent::Collected);
        let to = collected.map_err(|_| ReadingError::NotCollectable)?;
        let event = AuditEvent::new(now, agent.actor(), AuditAction::SecretHandedOut)
            .on("proposal", item.proposal_id)
            .with(json!({ "request": item.request.route.to_string() }))
            .from(agent.address().cloned());
        let mut change = ItemChange::new(item, to, now, event);
        change.end = Some(ItemEnd {
            result: Some(ResultKind::Applied),
            http_status: Some(200),
            resource_id: item.request.record_id,
            verified: Some(true),
            ..ItemEnd::default()
        });
        // Of two that collect at once, one gets the value.
        if self.parts.store.change_item(&change).await? {
            Ok(())
        } else {
            Err(ReadingError::NotCollectable)
        }
    }
}

/// Whose password it is now: it may have moved since the approval.
fn facts(agent: &Agent, disclosed: &Disclosed) -> Result<Facts, ReadError> {
    if agent.details().organizations == OrganizationScope::All {
        return Ok(Facts::default());
    }
    let organization = disclosed.record()?.organization_id();
    let organization = organization.map_or(TargetOrganization::Unknown, TargetOrganization::Known);
    Ok(Facts {
        organizations: vec![organization],
        ..Facts::default()
    })
}
