//! `countersign setup-code`

use std::process::ExitCode;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::common::Common;

#[derive(Debug, clap::Args)]
pub(super) struct SetupCode {
    #[command(flatten)]
    common: Common,
}

impl SetupCode {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open_or_create().await?;
        let code = opened.installation.access().issue_setup_code().await?;
        let code = code.context(
            "there is an administrator already, so the set-up is closed, and they can invite others",
        )?;
        let code = code.expose_secret();
        let url = opened.installation.settings.public_url.with_path("/setup");
        let text = format!(
            "{code}\n\nOpen {url} and give this code within an hour. Earlier codes are void."
        );
        let document = json!({ "code": code, "url": url });
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}
