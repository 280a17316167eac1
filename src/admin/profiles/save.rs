//! Saving a profile: over the version that was looked at, and with what more freedom takes.

use serde_json::{Value, json};

use crate::access::{Administrator, ProvenAdministrator};
use crate::admin::{Admin, AdminError, Kind, Ref};
use crate::domain::{
    AccessLevel, AuditAction, GroupRules, Name, PermissionGroup, Preset, ProfileId,
};
use crate::policy::differences;
use crate::store::{ProfileContent, ProfileDetails, StoreError};

/// How long a reason can be, in characters.
pub const LONGEST_REASON: usize = 2_000;

/// What a profile is to say, by somebody who looked at one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileDraft {
    /// Another name; none: it keeps its own.
    pub name: Option<Name>,
    /// Where it starts from, if that is another preset now.
    pub preset: Option<Preset>,
    /// What it is to say, group by group.
    pub rules: GroupRules,
    /// The version that was looked at.
    pub version: i64,
    /// Why; needed where it gives more freedom.
    pub reason: Option<String>,
    /// The groups whose names were typed because deletes are switched on there.
    pub typed: Vec<PermissionGroup>,
}

/// How often a change is tried again when somebody else was faster.
const TRIES: usize = 3;
/// Stands in the audit where a change of single settings came without a reason.
const UNSAID: &str = "no reason was given";

/// What is to be different in a profile; what is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// In this group; none: in all of them.
    pub group: Option<PermissionGroup>,
    /// The access level.
    pub access: Option<AccessLevel>,
    /// Whether a technician is asked before a write.
    pub ask: Option<bool>,
    /// Whether deletes may be proposed.
    pub delete: Option<bool>,
    /// Why; none: nothing but that nobody said so.
    pub reason: Option<String>,
}

impl ProfileChange {
    const fn is_empty(&self) -> bool {
        self.access.is_none() && self.ask.is_none() && self.delete.is_none()
    }

    /// These rules with the change made.
    pub fn apply_to(&self, rules: &GroupRules) -> GroupRules {
        let mut changed = rules.clone();
        let is_meant = |group: &&PermissionGroup| self.group.is_none_or(|only| only == **group);
        for group in PermissionGroup::ALL.iter().filter(is_meant) {
            let rule = changed.of_mut(*group);
            rule.access = self.access.unwrap_or(rule.access);
            rule.ask = self.ask.unwrap_or(rule.ask);
            rule.delete = self.delete.unwrap_or(rule.delete);
        }
        changed
    }
}

impl Admin {
    /// Changes name and rules of a profile, if it is still the version that was looked at. It holds
    /// from the next request of each of its agents on. More freedom takes a reason and a fresh
    /// proof; a group in which deletes can be proposed from now on has to be typed.
    ///
    /// # Errors
    /// [`AdminError`]: `ProfileMoved`, `ReasonMissing`, `StepUpRequired`, `GroupNotTyped` and
    /// `NameTaken` among them.
    pub async fn save_profile(
        &self,
        by: &Administrator,
        profile: &Ref<ProfileId>,
        draft: ProfileDraft,
    ) -> Result<ProfileDetails, AdminError> {
        let profile = self.profile_of(profile).await?;
        if profile.version != draft.version {
            return Err(self.moved(profile.id).await?);
        }
        let freedom = self.freedom(by, &profile, &draft)?;
        let content = ProfileContent {
            name: draft.name.map_or_else(|| profile.name.clone(), Name::into),
            preset: draft.preset.unwrap_or(profile.preset),
            rules: draft.rules,
        };
        if content == content_of(&profile) {
            return Ok(profile);
        }
        let details = told(&profile, &content, &freedom);
        let event = self
            .event(by, AuditAction::ProfileChanged, details)
            .on("profile", profile.id);
        let store = &self.0.store;
        match store
            .change_profile(profile.id, profile.version, &content, &event)
            .await
        {
            Ok(()) => Ok(ProfileDetails {
                id: profile.id,
                name: content.name,
                preset: content.preset,
                rules: content.rules,
                version: profile.version + 1,
                updated_at: event.at,
            }),
            Err(StoreError::Changed) => Err(self.moved(profile.id).await?),
            Err(error) => Err(AdminError::of_store(error, Kind::Profile, &content.name)),
        }
    }

    /// Changes some of what a profile says, for those who named each setting: no group has to be
    /// typed once more.
    ///
    /// # Errors
    /// [`AdminError`], `Missing` and `NothingToChange` among them.
    pub async fn set_profile(
        &self,
        by: &ProvenAdministrator,
        name: &Name,
        change: ProfileChange,
    ) -> Result<ProfileDetails, AdminError> {
        if change.is_empty() {
            return Err(AdminError::NothingToChange);
        }
        for _ in 0..TRIES {
            let profile = self.profile_named(name).await?;
            let draft = ProfileDraft {
                name: None,
                preset: None,
                rules: change.apply_to(&profile.rules),
                version: profile.version,
                reason: Some(change.reason.clone().unwrap_or_else(|| UNSAID.to_owned())),
                typed: PermissionGroup::ALL.to_vec(),
            };
            match self.save_profile(by, &Ref::Id(profile.id), draft).await {
                Err(AdminError::ProfileMoved { .. }) => {}
                saved => return saved,
            }
        }
        Err(AdminError::Changed)
    }

    /// Whether it gives more freedom, with everything that takes, and why.
    fn freedom(
        &self,
        by: &Administrator,
        profile: &ProfileDetails,
        draft: &ProfileDraft,
    ) -> Result<FreedomGiven, AdminError> {
        let differences = differences(&profile.rules, &draft.rules);
        let given = FreedomGiven {
            is_more: differences.gives_more(),
            reason: reason(draft.reason.as_deref())?,
        };
        if !given.is_more {
            return Ok(given);
        }
        if given.reason.is_none() {
            return Err(AdminError::ReasonMissing);
        }
        let opened = differences.opened_deletes();
        if let Some(group) = opened.iter().find(|group| !draft.typed.contains(group)) {
            return Err(AdminError::GroupNotTyped(*group));
        }
        by.proven(self.0.clock.now())
            .map_err(|_| AdminError::StepUpRequired)?;
        Ok(given)
    }

    /// That somebody else was faster, and how the profile is now.
    async fn moved(&self, id: ProfileId) -> Result<AdminError, AdminError> {
        let profile = self.profile_of(&Ref::Id(id)).await?;
        let now = Box::new(self.overview_of(profile).await?);
        Ok(AdminError::ProfileMoved { now })
    }
}

/// A reason that says something.
fn reason(text: Option<&str>) -> Result<Option<String>, AdminError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if text.chars().count() > LONGEST_REASON => Err(AdminError::ReasonTooLong),
        text => Ok(text.map(str::to_owned)),
    }
}

fn content_of(profile: &ProfileDetails) -> ProfileContent {
    ProfileContent {
        name: profile.name.clone(),
        preset: profile.preset,
        rules: profile.rules.clone(),
    }
}

/// Whether a change gives more freedom, and why it is made.
struct FreedomGiven {
    is_more: bool,
    reason: Option<String>,
}

/// What the audit keeps of a change.
fn told(before: &ProfileDetails, after: &ProfileContent, freedom: &FreedomGiven) -> Value {
    let renamed_from = (before.name != after.name).then_some(&before.name);
    let preset = (before.preset != after.preset).then_some(after.preset);
    let facts = [
        ("name", Some(json!(after.name))),
        ("renamed_from", renamed_from.map(|name| json!(name))),
        ("preset", preset.map(|preset| json!(preset))),
        ("changed", Some(changed(&before.rules, &after.rules))),
        ("more_freedom", Some(json!(freedom.is_more))),
        (
            "reason",
            freedom.reason.as_ref().map(|reason| json!(reason)),
        ),
    ];
    facts
        .into_iter()
        .filter_map(|(name, fact)| Some((name.to_owned(), fact?)))
        .collect()
}

/// The groups whose rules differ, before and after.
pub(super) fn changed(before: &GroupRules, after: &GroupRules) -> Value {
    PermissionGroup::ALL
        .iter()
        .filter(|group| before.of(**group) != after.of(**group))
        .map(|group| {
            let rules = json!({ "before": before.of(*group), "after": after.of(*group) });
            (group.as_str().to_owned(), rules)
        })
        .collect()
}
