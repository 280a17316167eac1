//! Where log lines go: to stderr, as text or as JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::settings::{LogFormat, Settings};

/// Sets the log up for the whole process. A second call changes nothing.
///
/// Values in text lines are written with their control characters escaped, so that no value can
/// begin a line of its own.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // An error means that there is a log already, as in tests.
    let _is_first = match settings.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}
