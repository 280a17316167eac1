//! Writes the head of the audit chain to the log now and then, so that a tail that was cut off is
//! missed by whoever keeps the log: `countersign audit verify --head` compares.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::domain::Fingerprint;
use crate::secrets::{Purpose, Vault};
use crate::store::{AuditHead, Store};

const LOOK: Duration = Duration::from_secs(1);
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
                let rows = head.number - written.0;
                if is_due(rows, written.1.elapsed(), is_last) {
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

/// Whether a head is to be written, so many rows and so much time after the last.
fn is_due(rows: i64, since: Duration, is_last: bool) -> bool {
    rows > 0 && (rows >= ROWS || since >= TIME || is_last)
}

fn write(head: &AuditHead, vault: &Vault) {
    let mut message = head.number.to_be_bytes().to_vec();
    message.extend(head.hash);
    let mac = Fingerprint(vault.mac(Purpose::AuditHead, &message));
    tracing::info!(%head, %mac, "head of the audit chain");
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_new(0, Duration::from_hours(1), true, false)]
    #[case::a_few(255, Duration::from_mins(14), false, false)]
    #[case::many(256, Duration::ZERO, false, true)]
    #[case::after_a_while(1, Duration::from_mins(15), false, true)]
    #[case::at_the_end(1, Duration::ZERO, true, true)]
    fn l3_a_head_is_written_after_256_rows_and_15_minutes(
        #[case] rows: i64,
        #[case] since: Duration,
        #[case] is_last: bool,
        #[case] expected: bool,
    ) {
        assert_eq!(is_due(rows, since, is_last), expected);
    }
}
