//! One proposal, with its record as it stands now.

use serde_json::json;

use super::history::Past;
use super::rebuild::Rebuilt;
use super::trail::Trail;
use super::{Review, ReviewError};
use crate::access::{Reviewer, open_account};
use crate::diff::Diff;
use crate::domain::{
    AuditAction, AuditEvent, Claim, Comment, Preset, Proposal, ProposalId, ProposalStatus,
    Snapshot, Tier, Timestamp,
};
use crate::draft::{Undoing, compared, has_moved, undoing};
use crate::itglue::{Purpose, ReadError, snapshots};
use crate::policy::catalogue;
use crate::store::Reverting;

/// How a proposal is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// By the number people use.
    Number(i64),
    /// By its id.
    Id(ProposalId),
}

/// A proposal as a person is shown it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// As it is stored now.
    pub proposal: Proposal,
    /// What changes, item by item.
    pub diffs: Vec<Diff>,
    /// When the record was read for this; none if it was not, and then it cannot be approved.
    pub live_read_at: Option<Timestamp>,
    /// What is remarkable about the reading.
    pub notice: Option<Notice>,
    /// How well it can be undone.
    pub undoing: Undoing,
    /// The proposals that revert it, the newest first.
    pub reverts: Vec<Reverting>,
    /// What is known of its items, if it came to no clear end.
    pub trails: Vec<Trail>,
    /// Who is on it.
    pub claim: Option<Claim>,
    /// What people said of it among themselves, the oldest first.
    pub comments: Vec<Comment>,
    /// What became of it before.
    pub past: Past,
    /// When it was opened.
    pub at: Timestamp,
}

/// What is remarkable about reading the record anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The record had moved; this is the proposal put together anew.
    Rebuilt,
    /// The record had moved, and what was proposed no longer fits it.
    NoLongerFits(Vec<crate::domain::FieldError>),
    /// The record no longer exists.
    RecordGone,
    /// IT Glue could not be read; what is shown was read earlier.
    Unreachable(String),
}

impl Review {
    /// Opens a proposal: reads the record, puts the proposal together anew if that has moved, and
    /// shows what would change.
    ///
    /// # Errors
    /// [`ReviewError::NotFound`], or what is stored cannot be read.
    pub async fn open(&self, who: &Reviewer, key: Key) -> Result<Opened, ReviewError> {
        let proposal = self.find(who, key).await?;
        if proposal.tier == Tier::Critical && proposal.status == ProposalStatus::Pending {
            let event =
                AuditEvent::new(self.clock.now(), who.person().actor(), AuditAction::Viewed)
                    .on("proposal", proposal.id)
                    .with(json!({ "round": proposal.round }))
                    .from(who.person().address().cloned());
            self.store.record_event(&event).await?;
        }
        if proposal.status != ProposalStatus::Pending {
            return self.open_decided(who, proposal).await;
        }
        match self.read_live(&proposal).await? {
            Ok(snapshots) => self.compare(who, proposal, snapshots).await,
            Err(ReadError::NotFound | ReadError::ForbiddenRecord { .. }) => {
                self.opened(proposal, None, Some(Notice::RecordGone)).await
            }
            Err(error) => {
                let notice = Notice::Unreachable(error.to_string());
                self.opened(proposal, None, Some(notice)).await
            }
        }
    }

    /// One that no longer waits: what was proposed, and of what came to no clear end the record as
    /// it is now.
    async fn open_decided(
        &self,
        who: &Reviewer,
        proposal: Proposal,
    ) -> Result<Opened, ReviewError> {
        let (trails, snapshots) = self.trails(&proposal).await?;
        for snapshot in snapshots.iter().flatten() {
            are_still_theirs(who, std::slice::from_ref(snapshot))?;
        }
        let diffs = proposal
            .items
            .iter()
            .zip(&snapshots)
            .filter_map(|(item, snapshot)| compared(item, snapshot.as_ref()))
            .collect();
        Ok(Opened {
            diffs,
            trails,
            ..self.opened(proposal, None, None).await?
        })
    }

    /// The proposal, if it is about this person's clients. Another's is as if it were not there.
    pub(super) async fn find(&self, who: &Reviewer, key: Key) -> Result<Proposal, ReviewError> {
        let found = match key {
            Key::Number(number) => self.store.proposal_by_number(number).await?,
            Key::Id(id) => self.store.proposal(id).await?,
        };
        let own = who.person().organizations();
        found
            .filter(|proposal| proposal.clients.are_within(own))
            .ok_or(ReviewError::NotFound)
    }

    async fn read_live(
        &self,
        proposal: &Proposal,
    ) -> Result<Result<Vec<Snapshot>, ReadError>, ReviewError> {
        let Some(connection) = self.store.connection(proposal.connection.id).await? else {
            return Err(ReviewError::NotFound);
        };
        let account = open_account(&self.vault, &connection)?;
        let session = self.itglue.session(&account, Purpose::Intake);
        let requests = proposal.items.iter().map(|item| &item.request);
        Ok(snapshots(&session, &catalogue::resource, requests).await)
    }

    async fn compare(
        &self,
        who: &Reviewer,
        proposal: Proposal,
        snapshots: Vec<Snapshot>,
    ) -> Result<Opened, ReviewError> {
        let read_at = self.clock.now();
        let has_moved = proposal.is_stale || has_moved(&proposal.items, &snapshots);
        if !has_moved {
            are_still_theirs(who, &snapshots)?;
            return self
                .opened(proposal, Some((read_at, snapshots)), None)
                .await;
        }
        match self.rebuild(&proposal, &snapshots, read_at).await? {
            Rebuilt::Anew => {
                let proposal = self.find(who, Key::Id(proposal.id)).await?;
                self.opened(proposal, Some((read_at, snapshots)), Some(Notice::Rebuilt))
                    .await
            }
            Rebuilt::NoLongerFits(errors) => {
                are_still_theirs(who, &snapshots)?;
                self.opened(proposal, None, Some(Notice::NoLongerFits(errors)))
                    .await
            }
            Rebuilt::Meanwhile => {
                let proposal = self.find(who, Key::Id(proposal.id)).await?;
                self.opened(proposal, None, None).await
            }
        }
    }

    async fn opened(
        &self,
        proposal: Proposal,
        live: Option<(Timestamp, Vec<Snapshot>)>,
        notice: Option<Notice>,
    ) -> Result<Opened, ReviewError> {
        let (live_read_at, snapshots) =
            live.map_or((None, Vec::new()), |(at, snapshots)| (Some(at), snapshots));
        let diffs = proposal
            .items
            .iter()
            .enumerate()
            .filter_map(|(position, item)| compared(item, snapshots.get(position)))
            .collect();
        // What a revert would be judged by.
        let standing = self.store.standing(proposal.agent.id, true).await?;
        let rules = standing.map_or_else(|| Preset::ReadOnly.rules(), |standing| standing.rules);
        Ok(Opened {
            undoing: undoing(&proposal, &rules),
            reverts: self.store.reverts_of(proposal.id).await?,
            claim: self.claim(&proposal).await?,
            comments: self.store.comments_of(proposal.id).await?,
            past: self.past(&proposal).await?,
            proposal,
            diffs,
            live_read_at,
            notice,
            trails: Vec::new(),
            at: self.clock.now(),
        })
    }
}

/// A record can move to another client without the proposal following it there. What it holds there
/// is not shown to whoever is limited to the client it came from.
fn are_still_theirs(who: &Reviewer, snapshots: &[Snapshot]) -> Result<(), ReviewError> {
    let own = who.person().organizations();
    let are_own = snapshots
        .iter()
        .filter_map(|snapshot| snapshot.record.as_ref()?.organization_id())
        .all(|organization| own.covers(organization));
    are_own.then_some(()).ok_or(ReviewError::NotFound)
}
