//! What the pages of profiles may ask for.

use std::collections::BTreeMap;

use leptos::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::done::Done;
use super::draft::{Cells, Draft, rules_of};
use crate::access::Administrator;
use crate::admin::{AdminError, ProfileDraft, Ref};
use crate::domain::{Name, PermissionGroup, Preset, ProfileId};
use crate::web::error::WebError;
use crate::web::forms::{Failure, answer, given, typed};
use crate::web::{context, links};

/// Adds a profile that starts as a preset.
#[server(prefix = "/web", endpoint = "add_profile")]
pub async fn add_profile(
    name: String,
    #[server(default)] preset: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let kept = typed(&[("name", &name), ("preset", &preset)]);
    let result = add(&name, &preset, proof.into()).await;
    answer(result, links::ADD_PROFILE, kept).await;
    Ok(())
}

/// Saves what a profile is to say. More freedom is confirmed on a page of its own first.
#[server(prefix = "/web", endpoint = "save_profile")]
pub async fn save_profile(
    id: String,
    version: i64,
    name: String,
    preset: Preset,
    rules: BTreeMap<String, String>,
    #[server(default)] reason: String,
    #[server(default)] typed: BTreeMap<String, String>,
    #[server(default)] proof: String,
    #[server(default)] is_confirmed: bool,
) -> Result<(), WebError> {
    let form = SaveForm {
        id: read_id(&id)?,
        draft: read_draft(version, name, preset, &rules)?,
        reason,
        typed,
        is_confirmed,
    };
    let result = form.save(proof.into()).await;
    form.answer(result).await;
    Ok(())
}

/// Removes a profile that no agent uses.
#[server(prefix = "/web", endpoint = "remove_profile")]
pub async fn remove_profile(id: String, #[server(default)] proof: String) -> Result<(), WebError> {
    let id = read_id(&id)?;
    let result = remove(id, proof.into()).await;
    answer(result, &links::remove_profile(id), Vec::new()).await;
    Ok(())
}

/// The field in which a group's name is typed.
pub fn typed_field(group: PermissionGroup) -> String {
    format!("typed[{group}]")
}

/// A profile as it is to be saved, and what was said about it.
struct SaveForm {
    id: ProfileId,
    draft: Draft,
    reason: String,
    typed: BTreeMap<String, String>,
    is_confirmed: bool,
}

/// What becomes of saving, beside a failure.
enum Saved {
    /// It is saved.
    Done,
    /// Somebody else was faster: both are shown.
    Moved,
    /// It gives more freedom, which is confirmed first.
    Unconfirmed,
}

impl SaveForm {
    async fn save(&self, proof: SecretString) -> Result<Saved, Failure> {
        let administrator = proven_if_given(proof).await?;
        let draft = ProfileDraft {
            name: Some(read_name(&self.draft.name)?),
            preset: Some(self.draft.preset),
            rules: self.draft.rules.clone(),
            version: self.draft.version,
            reason: given(&self.reason).map(ToOwned::to_owned),
            typed: self.typed_groups(),
        };
        let admin = context::handles()?.admin;
        let saved = admin
            .save_profile(&administrator, &Ref::Id(self.id), draft)
            .await;
        match saved {
            Ok(_) => Ok(Saved::Done),
            Err(AdminError::ProfileMoved { .. }) => Ok(Saved::Moved),
            Err(
                AdminError::ReasonMissing
                | AdminError::GroupNotTyped(_)
                | AdminError::StepUpRequired,
            ) if !self.is_confirmed => Ok(Saved::Unconfirmed),
            Err(error) => Err(beside_its_field(error)),
        }
    }

    async fn answer(&self, result: Result<Saved, Failure>) {
        let editor = links::profile(self.id);
        let confirmation = self.draft.address(&links::save_profile(self.id));
        let back = if self.is_confirmed {
            confirmation.clone()
        } else {
            self.draft.address(&editor)
        };
        let result = result.map(|saved| match saved {
            Saved::Done => links::stating(&editor, Done::Saved),
            Saved::Moved => self.draft.address(&editor),
            Saved::Unconfirmed => confirmation,
        });
        let mut kept = typed(&[("reason", &self.reason)]);
        kept.extend(self.typed.iter().map(|(group, text)| {
            let field = format!("typed[{group}]");
            (field, text.clone())
        }));
        answer(result, &back, kept).await;
    }

    /// The groups whose names were typed, whatever the case.
    fn typed_groups(&self) -> Vec<PermissionGroup> {
        let is_typed = |group: &PermissionGroup| {
            let text = self.typed.get(group.as_str());
            text.is_some_and(|text| text.trim().eq_ignore_ascii_case(group.label()))
        };
        let groups = PermissionGroup::ALL.iter().copied();
        groups.filter(is_typed).collect()
    }
}

async fn add(name: &str, preset: &str, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let name = read_name(name)?;
    let preset = preset
        .parse()
        .map_err(|_| Failure::field("preset", "Choose where it starts from."))?;
    let admin = context::handles()?.admin;
    let profile = admin.create_profile(&administrator, &name, preset).await?;
    Ok(links::stating(&links::profile(profile.id), Done::Added))
}

async fn remove(id: ProfileId, proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    let admin = context::handles()?.admin;
    admin.remove_profile(&administrator, &Ref::Id(id)).await?;
    Ok(links::stating(links::PROFILES, Done::Removed))
}

/// Less freedom takes no proof; one that came along has to be right.
async fn proven_if_given(proof: SecretString) -> Result<Administrator, WebError> {
    if proof.expose_secret().is_empty() {
        return context::administrator().await;
    }
    let proven = context::proven(Some(proof)).await?;
    Ok(Administrator::clone(&proven))
}

fn beside_its_field(error: AdminError) -> Failure {
    let AdminError::GroupNotTyped(group) = error else {
        return error.into();
    };
    let label = group.label();
    Failure::field(
        &typed_field(group),
        format!("Nothing was saved. Type “{label}” to let deletes be proposed there."),
    )
}

fn read_name(name: &str) -> Result<Name, Failure> {
    name.parse()
        .map_err(|error| Failure::field("name", format!("The name {error}. Nothing was saved.")))
}

fn read_id(id: &str) -> Result<ProfileId, WebError> {
    id.parse().map_err(|_| WebError::Malformed)
}

fn read_draft(
    version: i64,
    name: String,
    preset: Preset,
    cells: &Cells,
) -> Result<Draft, WebError> {
    Ok(Draft {
        version,
        name,
        preset,
        rules: rules_of(cells).ok_or(WebError::Malformed)?,
    })
}
