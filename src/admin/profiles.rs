//! Access profiles.

use serde_json::json;

use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{
    AccessLevel, AgentRef, AuditAction, GroupRules, Name, PermissionGroup, Preset, ProfileId,
};
use crate::store::{NewProfile, ProfileDetails, StoreError};

/// How often a change is tried again when somebody else was faster.
const TRIES: usize = 3;

/// What is to be different in a profile; what is not named stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// In this group; none: in all of them.
    pub group: Option<PermissionGroup>,
    /// The access level.
    pub access: Option<AccessLevel>,
    /// Whether a technician is asked before a write.
    pub ask: Option<bool>,
    /// Whether deletes may be proposed.
    pub delete: Option<bool>,
}

impl ProfileChange {
    const fn is_empty(self) -> bool {
        self.access.is_none() && self.ask.is_none() && self.delete.is_none()
    }

    fn apply_to(self, rules: &GroupRules) -> GroupRules {
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

/// How long a reason can be, in characters.
pub const LONGEST_REASON: usize = 2_000;

/// What a profile is to say, by somebody who looked at one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileDraft {
    /// Another name; none: it keeps its own.
    pub name: Option<Name>,
    /// What it is to say, group by group.
    pub rules: GroupRules,
    /// The version that was looked at.
    pub version: i64,
    /// Why; needed where it gives more freedom.
    pub reason: Option<String>,
    /// The groups whose names were typed because deletes are switched on there.
    pub typed: Vec<PermissionGroup>,
}

/// A profile, with who uses it and who changed it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileOverview {
    /// The profile.
    pub profile: ProfileDetails,
    /// The agents that use it, by name.
    pub agents: Vec<AgentRef>,
    /// Who changed it last, in words; none where nobody can tell any more.
    pub changed_by: Option<String>,
}

impl Admin {
    /// Adds a profile that starts as this preset.
    ///
    /// # Errors
    /// [`AdminError`], `NameTaken` among them.
    pub async fn create_profile(
        &self,
        by: &ProvenAdministrator,
        name: &Name,
        preset: Preset,
    ) -> Result<ProfileDetails, AdminError> {
        let profile = NewProfile {
            id: ProfileId(self.0.clock.new_id()),
            name: name.as_str().to_owned(),
            preset,
            rules: preset.rules(),
        };
        let details = json!({ "name": profile.name, "preset": preset });
        let event = self
            .event(by, AuditAction::ProfileCreated, details)
            .on("profile", profile.id);
        self.0
            .store
            .create_profile(&profile, &event)
            .await
            .map_err(|error| AdminError::of_store(error, Kind::Profile, &profile.name))?;
        Ok(ProfileDetails {
            id: profile.id,
            name: profile.name,
            preset,
            rules: profile.rules,
            version: 1,
            updated_at: event.at,
        })
    }

    /// All profiles, by name.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn list_profiles(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<ProfileDetails>, AdminError> {
        Ok(self.0.store.profiles().await?)
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// [`AdminError::Missing`] names those that there are.
    pub async fn show_profile(
        &self,
        _by: &Administrator,
        name: &Name,
    ) -> Result<ProfileDetails, AdminError> {
        self.profile_named(name).await
    }

    /// All profiles, by name, with who uses them.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn profile_overviews(
        &self,
        _by: &Administrator,
    ) -> Result<Vec<ProfileOverview>, AdminError> {
        unimplemented!()
    }

    /// One profile, with who uses it.
    ///
    /// # Errors
    /// [`AdminError::Missing`] names those that there are.
    pub async fn profile_overview(
        &self,
        _by: &Administrator,
        _profile: &Ref<ProfileId>,
    ) -> Result<ProfileOverview, AdminError> {
        unimplemented!()
    }

    /// Changes name and rules of a profile, if it is still the version that was looked at. It holds
    /// from the next request of each of its agents on. More freedom takes a reason and a fresh
    /// proof; a group in which deletes can be proposed from now on has to be typed.
    ///
    /// # Errors
    /// [`AdminError`]: `ProfileMoved`, `ReasonMissing`, `StepUpRequired`, `GroupNotTyped` and
    /// `NameTaken` among them.
    pub async fn save_profile(
        &self,
        _by: &Administrator,
        _profile: &Ref<ProfileId>,
        _draft: ProfileDraft,
    ) -> Result<ProfileDetails, AdminError> {
        unimplemented!()
    }

    /// Removes a profile that no agent uses.
    ///
    /// # Errors
    /// [`AdminError::ProfileInUse`] names the agents.
    pub async fn remove_profile(
        &self,
        _by: &ProvenAdministrator,
        _profile: &Ref<ProfileId>,
    ) -> Result<(), AdminError> {
        unimplemented!()
    }

    /// Changes what a profile says. It holds from the next request of each of its agents on.
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
            let rules = change.apply_to(&profile.rules);
            if rules == profile.rules {
                return Ok(profile);
            }
            let details =
                json!({ "name": profile.name, "changed": changed(&profile.rules, &rules) });
            let event = self
                .event(by, AuditAction::ProfileChanged, details)
                .on("profile", profile.id);
            let store = &self.0.store;
            match store
                .change_profile(profile.id, profile.version, &rules, &event)
                .await
            {
                Ok(()) => return self.profile_named(name).await,
                Err(StoreError::Changed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AdminError::Changed)
    }

    pub(super) async fn profile_named(&self, name: &Name) -> Result<ProfileDetails, AdminError> {
        if let Some(profile) = self.0.store.profile_by_name(name.as_str()).await? {
            return Ok(profile);
        }
        let profiles = self.0.store.profiles().await?;
        Err(AdminError::Missing {
            kind: Kind::Profile,
            name: name.to_string(),
            known: profiles.into_iter().map(|profile| profile.name).collect(),
        })
    }
}

/// The groups whose rules differ, before and after.
fn changed(before: &GroupRules, after: &GroupRules) -> serde_json::Value {
    PermissionGroup::ALL
        .iter()
        .filter(|group| before.of(**group) != after.of(**group))
        .map(|group| {
            let rules = json!({ "before": before.of(*group), "after": after.of(*group) });
            (group.as_str().to_owned(), rules)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_touches_what_it_names_and_nothing_else() {
        let before = Preset::ReadOnly.rules();
        let change = ProfileChange {
            group: Some(PermissionGroup::Contacts),
            access: Some(AccessLevel::ReadWrite),
            ..ProfileChange::default()
        };
        let after = change.apply_to(&before);
        assert_eq!(after.contacts.access, AccessLevel::ReadWrite);
        assert!(after.contacts.ask && !after.contacts.delete);
        assert_eq!(after.documents, before.documents);
        let said = changed(&before, &after);
        assert_eq!(said.as_object().unwrap().len(), 1);
        assert_eq!(said["contacts"]["after"]["access"], "read-write");
    }

    #[test]
    fn without_a_group_all_of_them_change() {
        let change = ProfileChange {
            ask: Some(false),
            ..ProfileChange::default()
        };
        let after = change.apply_to(&Preset::FullAccess.rules());
        assert!(
            PermissionGroup::ALL
                .iter()
                .all(|group| !after.of(*group).ask)
        );
    }
}
