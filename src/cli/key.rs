//! `countersign key …`: the master key.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::common::{Common, Opened};
use crate::admin::Rewrapped;
use crate::server::is_served;
use crate::server::upkeep::KEY_FILE_LOOK;

/// A record that was sealed before a running server knew of the new key is stored within this time.
const STORED_WITHIN: Duration = Duration::from_secs(45);

#[derive(Debug, clap::Subcommand)]
pub(super) enum Key {
    /// Put a new master key in front of the key file and wrap everything anew under it. A server
    /// may run meanwhile.
    Rotate(Rotate),
}

#[derive(Debug, clap::Args)]
pub(super) struct Rotate {
    /// Drop the older keys from the file once nothing is sealed under them any more
    #[arg(long)]
    drop_old: bool,
    #[command(flatten)]
    common: Common,
}

impl Key {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Rotate(command) => command.run().await,
        }
    }
}

impl Rotate {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let Opened {
            admin, operator, ..
        } = &opened;
        let key = admin.rotate_master_key(operator).await?;
        let mut done = admin.rewrap(operator).await?;
        if is_served(&opened.installation.settings.database_path) {
            // The server seals under the key before until it has read the file again.
            let wait = if self.drop_old {
                STORED_WITHIN
            } else {
                KEY_FILE_LOOK * 2
            };
            tokio::time::sleep(wait).await;
            let Rewrapped { rows, unreadable } = admin.rewrap(operator).await?;
            done.rows += rows;
            done.unreadable = unreadable;
        }
        let under = admin.sealed_under(operator).await?;
        let left: u64 = under
            .iter()
            .filter(|key| !key.is_current)
            .map(|key| key.rows)
            .sum();
        let dropped = if self.drop_old {
            admin.drop_older_keys(operator).await?
        } else {
            0
        };
        let document = json!({
            "key": key,
            "rewrapped": done.rows,
            "unreadable": done.unreadable,
            "left": left,
            "dropped": dropped,
        });
        let text = format!(
            "The master key is {key} now. {} records were wrapped anew, {left} are left under \
             older keys, {dropped} older keys were dropped.\nMake a backup of the key file: the \
             one before does not open what is sealed from now on.",
            done.rows
        );
        opened.output.show(&document, text)?;
        Ok(if left == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}
