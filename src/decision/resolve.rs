//! What a person says of a send that reading could not tell anything about (replay protocol,
//! section 8).

use super::Decision;
use super::approve::said;
use super::error::DecisionError;
use super::saying::Saying;
use crate::access::{StepUp, Technician};
use crate::domain::{
    Case, CrashPoint, FieldError, FollowUp, Item, ItemState, NoRuling, Progress, Proposal,
    ProposalId, ProposalStatus, RecordId, Resolution, Ruling, Timestamp, Word,
};
use crate::store::{Said, StoreError};

/// What a person says of one item.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// The place of the item among the proposal's, from 0.
    pub item: u32,
    /// The attempt that was shown; none says that whatever there is now is meant.
    pub attempt: Option<u32>,
    /// What is said.
    pub word: Word,
    /// The record, where it is there and was created.
    pub resource_id: Option<RecordId>,
    /// Why.
    pub reason: String,
}

impl Decision {
    /// Ends the doubt about an item, or leaves the rest of a proposal. Saying it again gives the
    /// first answer.
    ///
    /// # Errors
    /// [`DecisionError`]: nothing was changed.
    pub async fn resolve(
        &self,
        who: &Technician,
        id: ProposalId,
        resolve: Resolve,
    ) -> Result<Proposal, DecisionError> {
        let proposal = self.find(who, id).await?;
        let item = item_of(&proposal, &resolve)?;
        if self.is_repeated(who, item, &resolve).await? {
            return Ok(proposal);
        }
        self.require_shown(item, &resolve).await?;
        self.require_accepted()?;
        let saying = Saying {
            who,
            proposal: &proposal,
            item,
            resolve: &resolve,
            reason: self.may_say(who, &proposal, &resolve).await?,
            at: self.parts.clock.now(),
        };
        let resolution = match rule(&proposal, &resolve, saying.at, false) {
            Ok(ruling) => self.weigh_word(&saying, ruling).await?,
            Err(refusal) => return Err(self.told_why(&proposal, item, refusal).await?),
        };
        match self.parts.store.record_resolution(&resolution).await {
            Ok(()) => {
                CrashPoint::Resolved.pass(item.position).await;
                self.parts.wake.notify_one();
                self.find(who, id).await
            }
            Err(StoreError::Changed) => {
                let now = self.find(who, id).await?;
                let item = item_of(&now, &resolve)?;
                let refusal = NoRuling::NotUnresolved(item.progress.state);
                Err(self.told_why(&now, item, refusal).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The reason, of a person who may say this.
    async fn may_say(
        &self,
        who: &Technician,
        proposal: &Proposal,
        resolve: &Resolve,
    ) -> Result<String, DecisionError> {
        let now = self.parts.clock.now();
        let reason = said(Some(&resolve.reason)).ok_or(DecisionError::ReasonMissing)?;
        self.may_decide(who, proposal, Some(&reason), proposal.tier, now)
            .await?;
        if resolve.word == Word::SendAgain && who.step_up(now) == StepUp::Missing {
            return Err(DecisionError::StepUpRequired);
        }
        Ok(reason)
    }

    async fn is_repeated(
        &self,
        who: &Technician,
        item: &Item,
        resolve: &Resolve,
    ) -> Result<bool, DecisionError> {
        let is_open = item.progress.state == ItemState::Unresolved && is_shown(item, resolve);
        if is_open && !matches!(resolve.word, Word::SkipRest | Word::Resume) {
            return Ok(false);
        }
        let said = self.parts.store.resolutions_of(item.id).await?;
        let mut of_attempt = said.iter().filter(|said| {
            resolve
                .attempt
                .is_none_or(|attempt| attempt == said.attempt)
        });
        Ok(of_attempt.next_back().is_some_and(|last| {
            last.person == who.person().id()
                && Word::of(last.resolution, last.then) == Some(resolve.word)
                && last.resource_id == resolve.resource_id
        }))
    }

    /// A word about an attempt says nothing of a later one.
    async fn require_shown(&self, item: &Item, resolve: &Resolve) -> Result<(), DecisionError> {
        if is_shown(item, resolve) {
            return Ok(());
        }
        let said = self.parts.store.resolutions_of(item.id).await?.pop();
        let detail = said.map_or_else(
            || "This is not the attempt that it is at; look at it again.".to_owned(),
            |last| resolved(&last),
        );
        Err(DecisionError::ChangedSinceShown { detail })
    }

    /// Why a word brings about nothing: somebody else was faster, or it does not fit.
    async fn told_why(
        &self,
        proposal: &Proposal,
        item: &Item,
        refusal: NoRuling,
    ) -> Result<DecisionError, DecisionError> {
        let is_late = match refusal {
            NoRuling::NoSuchItem => return Ok(no_such_item()),
            NoRuling::NotSettled => {
                return Ok(DecisionError::NotSettled {
                    until: item.settle_until,
                });
            }
            NoRuling::NotUnresolved(_) | NoRuling::NothingLeft => self
                .parts
                .store
                .resolutions_of(item.id)
                .await?
                .pop()
                .map(|last| DecisionError::ChangedSinceShown {
                    detail: resolved(&last),
                }),
        };
        Ok(is_late.unwrap_or_else(|| match (proposal.status, refusal) {
            (ProposalStatus::NeedsAttention, NoRuling::NothingLeft) => invalid(
                "/resolution",
                "There is no rest to skip or to go on with. What was sent before is not skipped: let \
                 the rest go on.",
            ),
            (ProposalStatus::NeedsAttention, _) => invalid(
                "/item",
                &format!(
                    "This item is {}. Only an unresolved one can be resolved.",
                    item.progress.state
                ),
            ),
            (status, _) => DecisionError::WrongState(status),
        }))
    }
}

/// Whether the attempt that was shown is the last one.
fn is_shown(item: &Item, resolve: &Resolve) -> bool {
    resolve
        .attempt
        .is_none_or(|attempt| attempt == item.progress.attempt)
}

fn item_of<'a>(proposal: &'a Proposal, resolve: &Resolve) -> Result<&'a Item, DecisionError> {
    usize::try_from(resolve.item)
        .ok()
        .and_then(|place| proposal.items.get(place))
        .ok_or_else(no_such_item)
}

fn no_such_item() -> DecisionError {
    invalid("/item", "The proposal has no such item.")
}

pub(super) fn invalid(pointer: &str, detail: &str) -> DecisionError {
    DecisionError::Invalid(vec![FieldError::new(pointer, detail)])
}

/// What the word brings about where the items stand now.
pub(super) fn rule(
    proposal: &Proposal,
    resolve: &Resolve,
    now: Timestamp,
    reading_agrees: bool,
) -> Result<Ruling, NoRuling> {
    let items: Vec<Progress> = proposal.items.iter().map(|item| item.progress).collect();
    let position = usize::try_from(resolve.item).unwrap_or(usize::MAX);
    let item = proposal.items.get(position).ok_or(NoRuling::NoSuchItem)?;
    if proposal.status != ProposalStatus::NeedsAttention {
        return Err(NoRuling::NotUnresolved(item.progress.state));
    }
    Case {
        items: &items,
        position,
        is_settled: item.settle_until.is_none_or(|until| until <= now),
        reading_agrees,
    }
    .rule(resolve.word)
}

/// Who said what, and when.
fn resolved(said: &Said) -> String {
    let what = match (said.resolution, said.then) {
        (Resolution::Applied, _) => "said that it is there",
        (Resolution::NotApplied, Some(FollowUp::SendAgain)) => "had it sent again",
        (Resolution::NotApplied, Some(FollowUp::Close) | None) => "closed it as not carried out",
        (Resolution::GiveUp, _) => "gave it up",
        (Resolution::SkipRest, _) => "left the rest",
        (Resolution::Resume, _) => "let the rest go on",
    };
    format!("{} {what} at {}.", said.name, said.at)
}
