//! What is known about a send of unknown outcome, for the person who has to tell.

use super::{Review, ReviewError};
use crate::access::open_account;
use crate::diff::{Question, Reading, with_schema};
use crate::domain::{
    Item, ItemRequest, ItemState, Proposal, ProposalStatus, Record, RecordId, Snapshot, Timestamp,
};
use crate::itglue::{Purpose, ReadError, Session, snapshot};
use crate::policy::catalogue;
use crate::secrets::exact_body;
use crate::store::{PastAttempt, PastEvidence, Said};

/// How many readings are shown of one item: the last ones.
const READINGS: u32 = 20;
/// Where addresses of records may lead.
const ITGLUE: &str = ".itglue.com";

/// What happened to one item, and what can be seen of it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// The place of the item, from 0.
    pub position: u32,
    /// The attempt the item is at.
    pub attempt: u32,
    /// Each send, and how it ended.
    pub attempts: Vec<PastAttempt>,
    /// What was found, first to last.
    pub evidence: Vec<PastEvidence>,
    /// What people said of it.
    pub said: Vec<Said>,
    /// What reading shows at this moment, if a person has to tell.
    pub now: Option<Sight>,
}

/// What reading shows at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// This.
    Read {
        /// When.
        at: Timestamp,
        /// What it says, in words.
        finding: String,
        /// Records that the send may have made: new ones of its name.
        candidates: Vec<Candidate>,
    },
    /// IT Glue could not be read.
    Unreadable(String),
}

/// A record that a send may have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: RecordId,
    /// What it is called.
    pub name: Option<String>,
    /// Where it is found in IT Glue.
    pub url: Option<String>,
    /// Whether it shows all that was sent and can be read.
    pub is_as_sent: bool,
}

impl Review {
    /// What is known of each item of a proposal that came to no clear end, and of those that are
    /// unresolved the record as it is now, in their places.
    pub(super) async fn trails(
        &self,
        proposal: &Proposal,
    ) -> Result<(Vec<Trail>, Vec<Option<Snapshot>>), ReviewError> {
        let mut snapshots: Vec<Option<Snapshot>> = vec![None; proposal.items.len()];
        let is_unclear = matches!(
            proposal.status,
            ProposalStatus::NeedsAttention
                | ProposalStatus::ClosedUnknown
                | ProposalStatus::PartlyApplied
        );
        let mut trails = Vec::new();
        if !is_unclear {
            return Ok((trails, snapshots));
        }
        for (item, place) in proposal.items.iter().zip(&mut snapshots) {
            let mut trail = Trail {
                position: item.position,
                attempt: item.progress.attempt,
                attempts: self.store.attempts_of(item.id).await?,
                evidence: self.store.evidence_of(item.id, READINGS).await?,
                said: self.store.resolutions_of(item.id).await?,
                now: None,
            };
            if item.progress.state == ItemState::Unresolved {
                let (sight, snapshot) = self.look(proposal, item).await?;
                trail.now = Some(sight);
                *place = snapshot;
            }
            trails.push(trail);
        }
        Ok((trails, snapshots))
    }

    async fn look(
        &self,
        proposal: &Proposal,
        item: &Item,
    ) -> Result<(Sight, Option<Snapshot>), ReviewError> {
        let (Some(connection), Some(kind)) = (
            self.store.connection(proposal.connection.id).await?,
            catalogue::resource(&item.request.resource),
        ) else {
            return Err(ReviewError::NotFound);
        };
        let baseline = self
            .store
            .baseline(item.id, item.progress.attempt)
            .await?
            .unwrap_or_default();
        let request = ItemRequest {
            body: exact_body(&self.vault, item)?,
            ..item.request.clone()
        };
        let account = open_account(&self.vault, &connection)?;
        let session = self.itglue.session(&account, Purpose::Intake);
        let reading = match read(&session, &request, item).await {
            Ok(reading) => reading,
            Err(error) => return Ok((Sight::Unreadable(error.to_string()), None)),
        };
        let before = baseline.before.as_ref();
        // Looking at a page is no reason to have IT Glue show a password: none is read.
        let question = Question::new(kind, &request, item, before, baseline.date_offset);
        let finding = question.answer(&reading).words;
        let snapshot = match reading {
            Reading::Snapshot(snapshot) => Some(*snapshot),
            Reading::NotThere => None,
        };
        let candidates = snapshot.as_ref().map_or_else(Vec::new, |snapshot| {
            let (as_sent, new) = (question.candidates(snapshot), question.newcomers(snapshot));
            let found = snapshot.census.iter();
            let found = found.filter(|record| new.contains(&record.id));
            found
                .map(|record| candidate(record, as_sent.contains(&record.id)))
                .collect()
        });
        let sight = Sight::Read {
            at: self.clock.now(),
            finding,
            candidates,
        };
        Ok((sight, snapshot))
    }
}

async fn read(session: &Session, request: &ItemRequest, item: &Item) -> Result<Reading, ReadError> {
    match snapshot(session, &catalogue::resource, request).await {
        Ok(snapshot) => Ok(Reading::Snapshot(Box::new(with_schema(snapshot, item)))),
        Err(ReadError::NotFound) => Ok(Reading::NotThere),
        Err(error) => Err(error),
    }
}

fn candidate(record: &Record, is_as_sent: bool) -> Candidate {
    Candidate {
        id: record.id,
        name: record.display_name(),
        url: record.text("resource-url").and_then(own_address),
        is_as_sent,
    }
}

/// The address, if it leads to IT Glue and nowhere else.
fn own_address(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let host = rest.split('/').next()?;
    let is_plain = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    (is_plain && host.ends_with(ITGLUE)).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://acme.itglue.com/2/contacts/501", true)]
    #[case("https://acme.eu.itglue.com/2/contacts/501", true)]
    #[case("http://acme.itglue.com/2", false)]
    #[case("https://itglue.com.evil.example/2", false)]
    #[case("https://evil.example/.itglue.com", false)]
    #[case("https://x@evil.example#.itglue.com", false)]
    #[case("https://evil.example\\.itglue.com/", false)]
    #[case("javascript:alert(1)//.itglue.com", false)]
    fn only_addresses_of_it_glue_become_links(#[case] url: &str, #[case] is_own: bool) {
        assert_eq!(own_address(url).is_some(), is_own);
    }
}
