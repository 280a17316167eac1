//! Access profiles.

mod save;

use serde_json::json;

pub use save::{LONGEST_REASON, ProfileChange, ProfileDraft};

use super::{Admin, AdminError, Kind, Ref};
use crate::access::{Administrator, ProvenAdministrator};
use crate::domain::{AgentRef, AuditAction, Name, Preset, ProfileId};
use crate::store::{NewProfile, ProfileDetails, ProfileEditor, StoreError};

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
        let profiles = self.0.store.profiles().await?;
        let mut overviews = Vec::with_capacity(profiles.len());
        let ids: Vec<ProfileId> = profiles.iter().map(|profile| profile.id).collect();
        let mut editors = self.0.store.profile_editors(&ids).await?;
        for profile in profiles {
            overviews.push(ProfileOverview {
                agents: self.0.store.agents_of_profile(profile.id).await?,
                changed_by: editors.remove(&profile.id).map(editor_name),
                profile,
            });
        }
        Ok(overviews)
    }

    /// One profile, with who uses it.
    ///
    /// # Errors
    /// [`AdminError::Missing`] names those that there are.
    pub async fn profile_overview(
        &self,
        _by: &Administrator,
        profile: &Ref<ProfileId>,
    ) -> Result<ProfileOverview, AdminError> {
        let profile = self.profile_of(profile).await?;
        self.overview_of(profile).await
    }

    /// Removes a profile that no agent uses.
    ///
    /// # Errors
    /// [`AdminError::ProfileInUse`] names the agents.
    pub async fn remove_profile(
        &self,
        by: &ProvenAdministrator,
        profile: &Ref<ProfileId>,
    ) -> Result<(), AdminError> {
        let profile = self.profile_of(profile).await?;
        let details = json!({ "name": profile.name, "rules": profile.rules });
        let event = self
            .event(by, AuditAction::ProfileRemoved, details)
            .on("profile", profile.id);
        match self.0.store.remove_profile(profile.id, &event).await {
            Err(StoreError::Changed) => {
                let agents = self.0.store.agents_of_profile(profile.id).await?;
                let names = agents.into_iter().map(|agent| agent.name).collect();
                Err(AdminError::ProfileInUse(names))
            }
            removed => Ok(removed?),
        }
    }

    pub(super) async fn profile_of(
        &self,
        profile: &Ref<ProfileId>,
    ) -> Result<ProfileDetails, AdminError> {
        let store = &self.0.store;
        let found = match profile {
            Ref::Id(id) => store.profile(*id).await?,
            Ref::Name(name) => store.profile_by_name(name.as_str()).await?,
        };
        if let Some(profile) = found {
            return Ok(profile);
        }
        let profiles = store.profiles().await?;
        Err(AdminError::Missing {
            kind: Kind::Profile,
            name: profile.to_string(),
            known: profiles.into_iter().map(|profile| profile.name).collect(),
        })
    }

    pub(super) async fn profile_named(&self, name: &Name) -> Result<ProfileDetails, AdminError> {
        self.profile_of(&Ref::Name(name.clone())).await
    }

    async fn overview_of(&self, profile: ProfileDetails) -> Result<ProfileOverview, AdminError> {
        let mut editors = self.0.store.profile_editors(&[profile.id]).await?;
        Ok(ProfileOverview {
            agents: self.0.store.agents_of_profile(profile.id).await?,
            changed_by: editors.remove(&profile.id).map(editor_name),
            profile,
        })
    }
}

fn editor_name(editor: ProfileEditor) -> String {
    match editor {
        ProfileEditor::Person(name) => name,
        ProfileEditor::Operator => "the operator of the machine".to_owned(),
    }
}

#[cfg(test)]
mod tests;
