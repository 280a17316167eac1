//! How the operator says that it is enough.

use std::io;

/// Waits for SIGTERM or SIGINT (Ctrl-C).
///
/// # Errors
/// If the process cannot listen for signals.
#[cfg(unix)]
pub async fn told_to_stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C.
///
/// # Errors
/// If the process cannot listen for it.
#[cfg(not(unix))]
pub async fn told_to_stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
