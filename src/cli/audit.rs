//! `countersign audit …`

use std::process::ExitCode;

use serde_json::json;

use super::audit_export::Export;
use super::common::{Common, Opened};
use crate::domain::Fingerprint;
use crate::store::{AuditFault, AuditHead};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Audit {
    /// Recompute the chain of audit rows. Ends with 1 and the first bad row if it is broken.
    Verify(Verify),
    /// Write the rows to standard output, the oldest first.
    Export(Export),
}

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// A head of the chain as the log has it, to find out whether the end was cut off since
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Audit {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify(command) => command.run().await,
            Self::Export(command) => command.run().await,
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let store = &opened.installation.store;
        let verified = match (store.verify_audit().await?, &self.head) {
            (Ok(found), Some(head)) => store.find_audit_head(head).await??.map(|()| found),
            (verified, _) => verified,
        };
        match verified {
            Ok(head) => is_whole(&opened, &head),
            Err(fault) => is_broken(&opened, &fault),
        }
    }
}

fn is_whole(opened: &Opened, head: &AuditHead) -> anyhow::Result<ExitCode> {
    let hash = Fingerprint(head.hash).to_string();
    let document = json!({
        "ok": true,
        "rows": head.number,
        "head": { "number": head.number, "hash": hash, "at": head.at },
    });
    let text = format!("All {} rows follow one another. Head: {head}", head.number);
    opened.output.show(&document, text)?;
    Ok(ExitCode::SUCCESS)
}

fn is_broken(opened: &Opened, fault: &AuditFault) -> anyhow::Result<ExitCode> {
    let document = json!({
        "ok": false,
        "first_bad_row": fault.number,
        "detail": fault.detail,
    });
    let text = format!(
        "The chain is broken at row {}: {}. The rows before it are as they were written; compare \
         with a backup what came after.",
        fault.number, fault.detail
    );
    opened.output.show(&document, text)?;
    Ok(ExitCode::FAILURE)
}
