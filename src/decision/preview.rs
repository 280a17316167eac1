//! What would be approved with edits, before anybody approves it.

use super::Decision;
use super::approve::Approve;
use super::error::DecisionError;
use super::weigh::stays_with_own_clients;
use crate::access::Technician;
use crate::diff::Diff;
use crate::domain::{Item, Preset, Proposal, ProposalContent, ProposalId};
use crate::draft::{Undoing, compared, undoing};

/// A proposal as an approval with edits would make it. Nothing of it is stored.
#[derive(Clone, Debug)]
pub struct Preview {
    /// With the edits, and the fingerprint that the approval would be bound to.
    pub proposal: Proposal,
    /// What would change, item by item.
    pub diffs: Vec<Diff>,
    /// How well it could be undone.
    pub undoing: Undoing,
}

impl Decision {
    /// Shows what an approval with these edits would write: validated and judged as if it were
    /// approved, on the record as it is now.
    ///
    /// # Errors
    /// [`DecisionError`], as approving would give it, but for reason and proof.
    pub async fn preview_edits(
        &self,
        who: &Technician,
        id: ProposalId,
        approve: Approve,
    ) -> Result<Preview, DecisionError> {
        let proposal = self.find(who, id).await?;
        let now = self.parts.clock.now();
        Self::still_as_shown(&proposal, approve.fingerprint, now)?;
        let weighed = self.weigh(&proposal, &approve).await?;
        stays_with_own_clients(who, &weighed.draft)?;
        let content = self.sealed(&proposal, &weighed, now)?;
        let edited = with_content(proposal, content);
        let diffs = edited
            .items
            .iter()
            .zip(&weighed.snapshots)
            .filter_map(|(item, snapshot)| compared(item, Some(snapshot)))
            .collect();
        let standing = self.parts.store.standing(edited.agent.id, true).await?;
        let rules = standing.map_or_else(|| Preset::ReadOnly.rules(), |standing| standing.rules);
        Ok(Preview {
            undoing: undoing(&edited, &rules),
            proposal: edited,
            diffs,
        })
    }
}

/// The proposal as it would be stored.
fn with_content(proposal: Proposal, content: ProposalContent) -> Proposal {
    let items = proposal
        .items
        .iter()
        .zip(content.items)
        .map(|(item, new)| Item {
            request: new.request,
            sealed_body: new.sealed_body,
            secret_pointers: new.secret_pointers,
            resource: new.resource,
            target_key: new.target_key,
            watched: new.watched,
            pre_image: new.pre_image,
            pre_read_at: new.pre_read_at,
            base_image: new.base_image,
            ..item.clone()
        })
        .collect();
    Proposal {
        tier: content.tier.max(proposal.tier),
        fingerprint: content.fingerprint,
        request: content.request,
        asked: Some(content.asked),
        operation: content.operation,
        group: content.group,
        verdict: content.verdict,
        resource: content.resource,
        clients: content.clients,
        warnings: content.warnings,
        items,
        ..proposal
    }
}
