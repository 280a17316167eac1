//! What the pages of the settings may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use super::section::{Done, Section};
use crate::domain::SettingKey;
use crate::web::error::WebError;
use crate::web::forms::{Failure, answer, typed};
use crate::web::{context, links};

/// Changes the settings that the form has shown, all of them or none.
#[server(prefix = "/web", endpoint = "change_settings")]
pub async fn change_settings(
    section: Section,
    #[server(default)] shown: Vec<SettingKey>,
    #[server(default)] hold_seconds: String,
    #[server(default)] proposal_ttl: String,
    #[server(default)] session_idle_minutes: String,
    #[server(default)] session_hours: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let value = |key| match key {
        SettingKey::HoldSeconds => &hold_seconds,
        SettingKey::ProposalTtl => &proposal_ttl,
        SettingKey::SessionIdleMinutes => &session_idle_minutes,
        SettingKey::SessionHours => &session_hours,
    };
    let changes = shown.into_iter().map(|key| (key, value(key).clone()));
    let changes: Vec<(SettingKey, String)> = changes.collect();
    let result = change(&changes, proof.into()).await;
    let fields = changes
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()));
    let kept = typed(&fields.collect::<Vec<_>>());
    answer(result, &links::settings_form(section.as_str()), kept).await;
    Ok(())
}

async fn change(changes: &[(SettingKey, String)], proof: SecretString) -> Result<String, Failure> {
    let administrator = context::proven(Some(proof)).await?;
    check(changes)?;
    let admin = context::handles()?.admin;
    admin.change_settings(&administrator, changes).await?;
    Ok(links::stating(links::SETTINGS, Done::Saved))
}

/// Every value that is not accepted, beside its field; the stage would name the first alone.
fn check(changes: &[(SettingKey, String)]) -> Result<(), Failure> {
    let is_refused =
        |key: SettingKey, value: &str| !value.trim().is_empty() && key.read(value).is_none();
    let errors: Vec<(String, String)> = changes
        .iter()
        .filter(|(key, value)| is_refused(*key, value))
        .map(|(key, _)| {
            let text = format!("This is not accepted. Accepted is {}.", key.accepted());
            (key.as_str().to_owned(), text)
        })
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure::Form {
        errors,
        general: None,
    })
}
