//! A draft, ready to be stored: secrets encrypted, the whole bound by a fingerprint.

use secrecy::ExposeSecret;

use super::bodies::{Bound, BoundItem, fingerprint_of, protect};
use super::sealed::{OpenError, Place};
use super::vault::Vault;
use crate::diff::Prepared;
use crate::domain::{
    Clients, Clock, ItemId, NewItem, Proposal, ProposalContent, ProposalId, ProposedWrite,
    Snapshot, Timestamp,
};
use crate::draft::{Asked, Draft, body_of, target_key};

/// What was read for a draft, and when.
#[derive(Clone, Copy, Debug)]
pub struct Readings<'a> {
    /// One for each item.
    pub snapshots: &'a [Snapshot],
    /// When they were taken.
    pub at: Timestamp,
    /// What was read when the agent proposed, one for each item; none if that was now.
    pub base: Option<&'a [Snapshot]>,
}

/// Makes a draft ready to be stored.
///
/// # Errors
/// Never for a draft that was just sealed; the type says so because the fingerprint is computed
/// from what will be stored, by the same way as later.
pub fn seal_draft(
    vault: &Vault,
    clock: &dyn Clock,
    bound: Bound,
    asked: &Asked,
    draft: &Draft,
    readings: Readings<'_>,
) -> Result<ProposalContent, OpenError> {
    let items: Vec<NewItem> = draft
        .items
        .iter()
        .zip(readings.snapshots)
        .enumerate()
        .map(|(position, (item, snapshot))| {
            let base = readings.base.and_then(|base| base.get(position));
            seal_item(
                vault,
                ItemId(clock.new_id()),
                bound,
                item,
                Images { snapshot, base },
                readings.at,
            )
        })
        .collect();
    let fingerprint = fingerprint_of(vault, bound, items.iter().map(BoundItem::from))?;
    Ok(ProposalContent {
        tier: draft.judgement.tier,
        fingerprint,
        request: ProposedWrite {
            method: asked.method,
            path: asked.path.clone(),
            body: body_of(items.iter().map(|item| item.request.body.as_ref())),
            traits: asked.traits,
        },
        asked: seal_asked(vault, bound.proposal, asked),
        operation: draft.operation,
        group: draft.group,
        verdict: draft.judgement.verdict.clone(),
        resource: draft.resource.clone(),
        clients: Clients::of(&draft.facts),
        warnings: draft.warnings.clone(),
        items,
    })
}

/// What was asked for, exactly. `None`: it was erased after the proposal had ended.
///
/// # Errors
/// If it cannot be opened: wrong key, or changed by hand.
pub fn open_asked(vault: &Vault, proposal: &Proposal) -> Result<Option<Asked>, OpenError> {
    let Some(sealed) = &proposal.asked else {
        return Ok(None);
    };
    let text = vault.open(place(&proposal.id), sealed)?;
    serde_json::from_str(text.expose_secret())
        .map(Some)
        .map_err(|_| OpenError::Tampered)
}

fn seal_asked(vault: &Vault, id: ProposalId, asked: &Asked) -> Vec<u8> {
    let text = zeroize::Zeroizing::new(
        serde_json::to_string(asked).expect("its keys are strings, so it always serializes"),
    );
    vault.seal(place(&id), &text)
}

fn place(id: &ProposalId) -> Place<'_> {
    Place::new("proposals", "asked", id.0.as_bytes())
}

/// The record as it was read now, and when the agent proposed.
#[derive(Clone, Copy)]
struct Images<'a> {
    snapshot: &'a Snapshot,
    base: Option<&'a Snapshot>,
}

fn seal_item(
    vault: &Vault,
    id: ItemId,
    bound: Bound,
    item: &Prepared,
    images: Images<'_>,
    read_at: Timestamp,
) -> NewItem {
    let (request, sealed_body) = protect(vault, id, &item.request, &item.secret_pointers);
    NewItem {
        id,
        request,
        sealed_body,
        secret_pointers: item.secret_pointers.clone(),
        resource: item.resource.clone(),
        target_key: target_key(bound.connection, item),
        watched: item.watched.clone(),
        pre_image: images.snapshot.clone(),
        pre_read_at: read_at,
        base_image: images.base.filter(|base| *base != images.snapshot).cloned(),
    }
}

impl<'a> From<&'a NewItem> for BoundItem<'a> {
    fn from(item: &'a NewItem) -> Self {
        Self {
            id: item.id,
            request: &item.request,
            sealed_body: item.sealed_body.as_deref(),
            secret_pointers: &item.secret_pointers,
            watched: &item.watched,
        }
    }
}
