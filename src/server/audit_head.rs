//! Writes the head of the audit chain to the log now and then, so that a tail that was cut off is
//! missed by whoever keeps the log.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::secrets::{Purpose, Vault};
use crate::store::{AuditHead, Store};

const LOOK: Duration = Duration::from_secs(30);
/// A head is written after so many rows, or after so much time.
const ROWS: i64 = 256;
const TIME: Duration = Duration::from_mins(15);

/// Looks at the head until the server stops, and writes it a last time then.
pub(super) async fn watch(store: Store, vault: Vault, stopping: CancellationToken) {
    let mut written = (0, Instant::now());
    loop {
        let is_last = tokio::select! {
            () = stopping.cancelled() => true,
            () = tokio::time::sleep(LOOK) => false,
        };
        match store.audit_head().await {
            Ok(head) => {
                let is_due = head.number >= written.0 + ROWS || written.1.elapsed() >= TIME;
                if head.number > written.0 && (is_due || is_last) {
                    write(&head, &vault);
                    written = (head.number, Instant::now());
                }
            }
            Err(error) => tracing::warn!(%error, "the head of the audit chain cannot be read"),
        }
        if is_last {
            return;
        }
    }
}

fn write(head: &AuditHead, vault: &Vault) {
    let mut message = head.number.to_be_bytes().to_vec();
    message.extend(head.hash);
    let mac = hex(&vault.mac(Purpose::AuditHead, &message));
    let hash = hex(&head.hash);
    tracing::info!(number = head.number, hash, mac, "head of the audit chain");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot go wrong.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
