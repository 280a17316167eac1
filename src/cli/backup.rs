//! `countersign backup`

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;

use super::common::Common;

#[derive(Debug, clap::Args)]
pub(super) struct BackUp {
    /// The file to write; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    common: Common,
}

impl BackUp {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let file = std::path::absolute(&self.file)?;
        opened.admin.record_backup(&opened.operator, &file).await?;
        let backup = opened.installation.store.back_up(&file).await?;
        let key_file = &opened.installation.settings.master_key_file;
        let document = json!({
            "file": file.display().to_string(),
            "bytes": backup.bytes,
            "proposals": backup.proposals,
            "audit_rows": backup.head.number,
            "audit_head": backup.head.to_string(),
            "master_key_file": key_file.display().to_string(),
            "holds_master_key": false,
        });
        let text = format!(
            "{} holds {} proposals and {} rows of the audit in {} bytes; its pages and its audit \
             chain were looked through.\nThe master key is not in it. Without {} nobody can read \
             the keys and secrets in it: keep a copy of that file, and keep it elsewhere.",
            file.display(),
            backup.proposals,
            backup.head.number,
            backup.bytes,
            key_file.display(),
        );
        opened.output.show(&document, text)?;
        Ok(ExitCode::SUCCESS)
    }
}
