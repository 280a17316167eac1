//! After a restore: the worker waits for an administrator's word.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::replay::Replay;
use crate::store::{RestoreSign, Store};

/// How often it is looked whether the restore was accepted, here or by a command.
const LOOK: Duration = Duration::from_secs(1);

/// Says in the log what was found and what to do.
pub(super) fn warn(sign: RestoreSign) {
    tracing::error!(
        %sign,
        "the database was restored from a backup; nothing is sent to IT Glue until an \
         administrator accepts it in the browser, or `countersign check --accept-restore` does"
    );
}

/// Works once the restore is accepted. What was interrupted before the backup is among what
/// accepting it has doubted, so nothing is left to recover.
pub(super) async fn run(store: Store, replay: Replay, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        match store.is_still_held().await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(%error, "it cannot be told whether the restore was accepted");
            }
        }
    }
    tracing::info!("the restored database was accepted; the worker begins");
    replay.run(stopping).await;
}
