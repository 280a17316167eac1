//! `countersign audit …`

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use super::common::Common;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Audit {
    /// Recompute the chain of audit rows. Ends with 1 and the first bad row if it is broken.
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    #[command(flatten)]
    common: Common,
}

impl Audit {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify(command) => command.run().await,
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        match opened.installation.store.verify_audit().await? {
            Ok(head) => {
                let hash = hex(&head.hash);
                let document = json!({
                    "ok": true,
                    "rows": head.number,
                    "head": { "number": head.number, "hash": hash, "at": head.at },
                });
                let text = format!("All {} rows follow one another. Head: {hash}", head.number);
                opened.output.show(&document, text)?;
                Ok(ExitCode::SUCCESS)
            }
            Err(fault) => {
                let document = json!({
                    "ok": false,
                    "first_bad_row": fault.number,
                    "detail": fault.detail,
                });
                let text = format!(
                    "The chain is broken at row {}: {}. The rows before it are as they were \
                     written; compare with a backup what came after.",
                    fault.number, fault.detail
                );
                opened.output.show(&document, text)?;
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot go wrong.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
