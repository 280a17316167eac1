//! `countersign openapi`

use std::process::ExitCode;

use serde_json::Value;

use super::output::Output;
use crate::server::openapi_text;

/// Prints the document that describes the API, as it is committed.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let text = openapi_text();
    Output { is_json: false }.show(&Value::Null, text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
