//! What the server looks after beside the doors: the key file, which connections answer, and who
//! waits for what was committed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use crate::itglue::Client;
use crate::secrets::Vault;
use crate::store::Store;

/// How often the key file is looked at. `countersign key rotate` counts on it.
pub const KEY_FILE_LOOK: Duration = Duration::from_secs(2);
/// How often is written down which connections have answered.
const ANSWERS_LOOK: Duration = Duration::from_mins(1);
/// How often is looked for what other processes committed; what this one does is handed out at once.
const OTHERS_LOOK: Duration = Duration::from_secs(1);

/// Wakes those who wait for a change, until the server stops: then they are all told so.
pub(super) async fn hand_out_changes(store: Store, stopping: CancellationToken) {
    let mut commits = store.commits();
    while !stopping.is_cancelled() {
        if let Err(error) = store.hand_out_changes().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "those who wait cannot be told what changed");
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            _ = commits.changed() => {}
            () = tokio::time::sleep(OTHERS_LOOK) => {}
        }
    }
    store.end_listening();
}

/// Reads the key file again whenever it has changed, so that what is sealed from then on is under
/// the newest key.
pub(super) async fn watch_key_file(vault: Vault, file: PathBuf, stopping: CancellationToken) {
    let mut seen = stamp(&file);
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(KEY_FILE_LOOK) => {}
        }
        let now = stamp(&file);
        if now == seen {
            continue;
        }
        seen = now;
        match vault.reload() {
            Ok(()) => {
                let key = vault.keys().current().id();
                tracing::info!(%key, "the master key file was read again");
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the master key file cannot be read again");
            }
        }
    }
}

/// What tells one state of a file from another; `None` if it cannot be looked at.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Writes down when connections last answered, at most once a minute.
pub(super) async fn note_answers(
    itglue: Client,
    store: Store,
    clock: Clock,
    stopping: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(ANSWERS_LOOK) => {}
        }
        for connection in itglue.take_answered() {
            if let Err(error) = store.note_success(connection, clock.now()).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "when a connection answered could not be written down"
                );
            }
        }
    }
}
