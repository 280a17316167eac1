//! A draft of a profile, tried on what its agents proposed lately.

use super::{Admin, AdminError, Ref};
use crate::access::Administrator;
use crate::domain::{GroupRules, OrganizationId, ProfileId, Timestamp};

/// How far back a trial looks, in days.
pub const TRIAL_DAYS: u32 = 30;
/// How many proposals a trial looks at, the newest first.
pub const TRIAL_LIMIT: u32 = 2_000;

/// How many proposals, and the numbers of some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// The numbers of the newest of them.
    pub examples: Vec<i64>,
}

/// A client, and how many proposals would pass by themselves there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchedOrganization {
    /// The organization; none where it is not known or the record belongs to none.
    pub id: Option<OrganizationId>,
    /// Its name.
    pub name: Option<String>,
    /// How many.
    pub count: u32,
}

/// What a draft would have meant for past proposals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// From when on proposals were looked at.
    pub since: Timestamp,
    /// How many were looked at.
    pub looked_at: u32,
    /// Whether there were more, which were not looked at.
    pub is_capped: bool,
    /// Those that pass by themselves under the saved rules.
    pub pass_now: Tally,
    /// Those that would pass by themselves under the draft.
    pub would_pass: Tally,
    /// Of those that would pass, the ones that people had rejected or sent back.
    pub refused_by_people: Tally,
    /// Those that the draft would refuse and the saved rules do not.
    pub newly_refused: Tally,
    /// Those of which not enough is kept to judge them; they count as not passing.
    pub unclear: Tally,
    /// The clients of those that would pass, the ones with most of them first.
    pub organizations: Vec<TouchedOrganization>,
}

impl Admin {
    /// Judges the proposals that a profile's agents made in the last [`TRIAL_DAYS`] days, at most
    /// [`TRIAL_LIMIT`], again under a draft. Nothing is changed.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` among them.
    pub async fn try_profile(
        &self,
        _by: &Administrator,
        _profile: &Ref<ProfileId>,
        _draft: &GroupRules,
    ) -> Result<Trial, AdminError> {
        unimplemented!()
    }
}
