//! What the step of the profile may ask for.

use leptos::prelude::*;
use secrecy::SecretString;

use crate::domain::{Name, Preset};
use crate::web::context;
use crate::web::error::WebError;
use crate::web::forms::{self, Failure, Reading, typed};

const PAGE: &str = "/setup/profile";
const NEXT: &str = "/setup/agent";

/// Adds a profile that starts as this preset.
#[server(prefix = "/web", endpoint = "setup_profile")]
pub async fn choose_profile(
    name: String,
    #[server(default)] preset: String,
    #[server(default)] proof: String,
) -> Result<(), WebError> {
    let typed = typed(&[("name", &name), ("preset", &preset)]);
    let result = chosen(&name, &preset, proof.into()).await;
    forms::answer(result, PAGE, typed).await;
    Ok(())
}

async fn chosen(name: &str, preset: &str, proof: SecretString) -> Result<String, Failure> {
    let proven = context::proven(Some(proof)).await?;
    let mut reading = Reading::default();
    let name = reading.field::<Name>("name", name);
    let preset = reading.field::<Preset>("preset", preset);
    let (Some(name), Some(preset)) = (name, preset) else {
        return Err(reading.failure());
    };
    let admin = context::handles()?.admin;
    admin.create_profile(&proven, &name, preset).await?;
    Ok(NEXT.to_owned())
}
